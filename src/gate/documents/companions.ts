import type { ParserName } from "../../model/document-parser.ts";
import type { Tree, TreeEntry } from "../../model/tree.ts";
import { directoryOf, cleanPath } from "../../render/files/scope.ts";
import { findImports } from "../../render/jsonnet/find-imports.ts";

/** The most files that one may import. */
const most = 200;

/** What a file may import, by its format: Jsonnet the files that it names, a text of Protocol Buffers every `.proto` of the tree. */
export async function companionsOf(
  tree: Pick<Tree, "read">,
  parser: ParserName,
  path: string,
  files: ReadonlyMap<string, TreeEntry>,
): Promise<readonly TreeEntry[]> {
  if (parser === "textproto") return [...files.values()].filter((one) => one.path.endsWith(".proto")).slice(0, most);
  return parser === "jsonnet" ? importsOf(tree, path, files) : [];
}

async function importsOf(
  tree: Pick<Tree, "read">,
  main: string,
  files: ReadonlyMap<string, TreeEntry>,
): Promise<readonly TreeEntry[]> {
  const found = new Set([main]);
  for (const path of found) {
    if (found.size > most) break;
    const text = new TextDecoder().decode(await tree.read(path));
    for (const { path: imported } of findImports(text)) {
      for (const directory of [directoryOf(path), directoryOf(main)]) {
        const at = cleanPath(`${directory}/${imported}`);
        if (files.get(at)?.kind === "file") found.add(at);
      }
    }
  }
  return [...found].slice(1).flatMap((path) => files.get(path) ?? []);
}
