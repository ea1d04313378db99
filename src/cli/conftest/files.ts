import { readFileSync } from "node:fs";
import { parserOfPath } from "../../model/parser-of-path.ts";
import type { DocumentsEntry } from "../../model/config.ts";
import type { ParserName } from "../../model/document-parser.ts";
import type { Tree } from "../../model/tree.ts";
import { directoryTree } from "../../tree/directory-tree.ts";
import { memoryTree } from "../../tree/memory-tree.ts";
import { isUnder, namedPaths } from "../paths.ts";
import { UsageError } from "../usage-error.ts";

/** The files that conftest would judge. */
export interface ConftestFiles {
  readonly tree: Tree;
  readonly paths: readonly string[];
  readonly documents: readonly DocumentsEntry[];
  readonly shown: (path: string) => string;
}

/** How files are chosen and read. */
export interface FileChoice {
  /** A regular expression of paths in directories; empty: none. */
  readonly ignore: string;
  readonly parser: ParserName | undefined;
  /** What standard input is called; empty: `-`. */
  readonly stdinFilename: string;
  readonly protoFileDirs: readonly string[];
}

/**
 * Finds the files that conftest would judge: each that is named, and in directories those whose name tells a parser. `-` is
 * standard input, which is YAML unless a parser is named.
 */
export async function conftestFiles(
  given: readonly string[],
  { ignore, parser, stdinFilename, protoFileDirs }: FileChoice,
  cwd: string,
): Promise<ConftestFiles> {
  const named = given.filter((path) => path !== "" && path !== "-");
  const { root, paths, shown } = namedPaths([...named, ...protoFileDirs], cwd);
  const [judged, protos] = [paths.slice(0, named.length), paths.slice(named.length)];
  const isIgnored = regexOf(ignore);
  // Imports of Jsonnet may be anywhere beside what is named.
  const whole = directoryTree(root, { paths: judged.some((path) => path.endsWith(".jsonnet")) ? [""] : paths });
  const entries = (await whole.list()).filter(({ path }) => !path.endsWith(".proto") || isUnder(path, protos));
  const isChosen = (path: string): boolean =>
    judged.includes(path) || (isUnder(path, judged) && parserOfPath(path) !== undefined && !isIgnored(shown(path)));
  const chosen = entries.filter(({ path, kind }) => kind !== "submodule" && isChosen(path)).map(({ path }) => path);
  const onDisk: Tree = { ...whole, list: async () => entries };
  if (!given.includes("-")) {
    if (chosen.length === 0) throw new UsageError("no files found");
    return { tree: onDisk, paths: chosen, documents: [entryOf(["**"], parser)], shown };
  }
  const stdin = stdinFilename === "" ? "-" : stdinFilename;
  return {
    tree: withFile(onDisk, stdin, readFileSync(0)),
    paths: [...chosen, stdin],
    documents: [
      entryOf(chosen.filter((path) => path !== stdin).map(literal), parser),
      entryOf([literal(stdin)], parser ?? "yaml"),
    ],
    shown: (path) => (path === stdin ? stdin : shown(path)),
  };
}

/** The policies of all files are those of the command line. */
function entryOf(files: readonly string[], parser: ParserName | undefined): DocumentsEntry {
  return { files, policies: [], data: [], ...(parser === undefined ? {} : { parser }) };
}

function literal(path: string): string {
  return path.replaceAll(/[\\*?[\]{}!,]/g, (character) => `\\${character}`);
}

function regexOf(ignore: string): (path: string) => boolean {
  if (ignore === "") return () => false;
  try {
    const regex = new RegExp(ignore);
    return (path) => regex.test(path);
  } catch (error) {
    throw new UsageError(`ignore: ${(error as Error).message}`);
  }
}

function withFile(tree: Tree, path: string, bytes: Uint8Array): Tree {
  const added = memoryTree({ [path]: bytes });
  const treeOf = (of: string): Tree => (of === path ? added : tree);
  return {
    name: tree.name,
    list: async () => [...(await tree.list()).filter((entry) => entry.path !== path), ...(await added.list())],
    read: (of) => treeOf(of).read(of),
    async *readAll(paths) {
      for (const of of paths) yield { path: of, bytes: await treeOf(of).read(of) };
    },
  };
}
