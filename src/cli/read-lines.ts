import type { Tree } from "../model/tree.ts";
import type { ReadLine } from "../report/format.ts";

/** Reads files once, so that a format can quote their lines. A file that cannot be read has no lines. */
export async function lineReader(
  tree: Tree,
  paths: Iterable<string>,
  shown: (path: string) => string,
): Promise<ReadLine> {
  const known = new Set((await tree.list()).filter(({ kind }) => kind === "file").map(({ path }) => path));
  const lines = new Map<string, readonly string[]>();
  const decoder = new TextDecoder();
  for await (const { path, bytes } of tree.readAll([...new Set(paths)].filter((path) => known.has(path)))) {
    lines.set(shown(path), decoder.decode(bytes).split(/\r\n|\n|\r/));
  }
  return (path, line) => lines.get(path)?.[line - 1];
}
