import type { Tree, TreeEntry } from "../model/tree.ts";

/** A tree in which some paths are what they are in another one: their content there, or absent as there. */
export function restoredTree(now: Tree, old: Tree, paths: ReadonlySet<string>, name: string): Tree {
  let listed: Promise<readonly TreeEntry[]> | undefined;
  const treeOf = (path: string): Tree => (paths.has(path) ? old : now);
  return {
    name,
    list: () => (listed ??= listBoth(now, old, paths)),
    read: (path) => treeOf(path).read(path),
    async *readAll(asked) {
      const read = {
        now: now.readAll(asked.filter((path) => !paths.has(path)))[Symbol.asyncIterator](),
        old: old.readAll(asked.filter((path) => paths.has(path)))[Symbol.asyncIterator](),
      };
      for (const path of asked) {
        const next = await read[paths.has(path) ? "old" : "now"].next();
        if (next.done === true) throw new Error(`${name} has no file ${path}`);
        yield next.value;
      }
    },
  };
}

async function listBoth(now: Tree, old: Tree, paths: ReadonlySet<string>): Promise<readonly TreeEntry[]> {
  const kept = (await now.list()).filter(({ path }) => !paths.has(path));
  const taken = (await old.list()).filter(({ path }) => paths.has(path));
  return [...kept, ...taken].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}
