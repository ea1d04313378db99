import type { Tree, TreeEntry } from "../model/tree.ts";

/** A tree that appears below a path of another. */
export interface Mount {
  readonly path: string;
  readonly tree: Tree;
}

/** A tree with others mounted in it. What it has itself below a mount is hidden, so that it cannot add to what is mounted. */
export function mountedTrees(own: Tree, mounts: readonly Mount[]): Tree {
  if (mounts.length === 0) return own;
  const mountOf = (path: string): Mount | undefined =>
    mounts.find((mount) => path === mount.path || path.startsWith(`${mount.path}/`));
  const read = (path: string): Promise<Uint8Array> => {
    const mount = mountOf(path);
    return mount === undefined ? own.read(path) : mount.tree.read(path.slice(mount.path.length + 1));
  };
  return {
    name: own.name,
    list: async () => {
      const entries: TreeEntry[] = (await own.list()).filter(({ path }) => mountOf(path) === undefined);
      for (const { path, tree } of mounts)
        entries.push(...(await tree.list()).map((entry) => ({ ...entry, path: `${path}/${entry.path}` })));
      return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    },
    read,
    async *readAll(paths) {
      for (const path of paths) yield { path, bytes: await read(path) };
    },
  };
}
