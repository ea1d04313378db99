import type { Tree, TreeEntry } from "../../model/tree.ts";

/** A tree with others in place of its submodules, by their paths. */
export function mountedTree(outer: Tree, mounts: ReadonlyMap<string, Tree>): Tree {
  if (mounts.size === 0) return outer;
  /** The tree that has a path, and the path there. */
  const locate = (path: string): { readonly tree: Tree; readonly inner: string; readonly prefix: string } => {
    for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) {
      const tree = mounts.get(path.slice(0, end));
      if (tree !== undefined) return { tree, inner: path.slice(end + 1), prefix: path.slice(0, end + 1) };
    }
    return { tree: outer, inner: path, prefix: "" };
  };
  let listed: Promise<readonly TreeEntry[]> | undefined;
  return {
    name: outer.name,
    list: () => (listed ??= list(outer, mounts)),
    read: async (path) => {
      const { tree, inner } = locate(path);
      return tree.read(inner);
    },
    async *readAll(paths) {
      // Runs of paths of one tree, as each reads fastest by itself.
      for (let at = 0; at < paths.length;) {
        const { tree, prefix } = locate(paths[at] ?? "");
        let end = at + 1;
        while (end < paths.length && locate(paths[end] ?? "").prefix === prefix) end += 1;
        const run = paths.slice(at, end).map((path) => path.slice(prefix.length));
        for await (const { path, bytes } of tree.readAll(run)) yield { path: prefix + path, bytes };
        at = end;
      }
    },
  };
}

async function list(outer: Tree, mounts: ReadonlyMap<string, Tree>): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  for (const entry of await outer.list()) {
    const tree = entry.kind === "submodule" ? mounts.get(entry.path) : undefined;
    if (tree === undefined) entries.push(entry);
    else for (const inner of await tree.list()) entries.push({ ...inner, path: `${entry.path}/${inner.path}` });
  }
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
