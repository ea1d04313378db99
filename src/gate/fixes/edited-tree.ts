import { sha256 } from "../../manifest/sha256.ts";
import type { Tree, TreeEntry } from "../../model/tree.ts";

/** A tree in which files (by path) have other texts. */
export function editedTree(tree: Tree, texts: ReadonlyMap<string, string>): Tree {
  const bytesOf = (path: string): Uint8Array | undefined => {
    const text = texts.get(path);
    return text === undefined ? undefined : new TextEncoder().encode(text);
  };
  let listed: Promise<readonly TreeEntry[]> | undefined;
  const list = async (): Promise<readonly TreeEntry[]> =>
    (await tree.list()).map((entry) => {
      const text = texts.get(entry.path);
      return text === undefined ? entry : { ...entry, id: sha256(text), size: new TextEncoder().encode(text).length };
    });
  return {
    name: `${tree.name} with fixes`,
    list: () => (listed ??= list()),
    read: async (path) => bytesOf(path) ?? tree.read(path),
    async *readAll(paths) {
      const others = tree.readAll(paths.filter((path) => !texts.has(path)))[Symbol.asyncIterator]();
      for (const path of paths) {
        const bytes = bytesOf(path);
        if (bytes !== undefined) yield { path, bytes };
        else {
          const next = await others.next();
          if (next.done !== true) yield next.value;
        }
      }
    },
  };
}
