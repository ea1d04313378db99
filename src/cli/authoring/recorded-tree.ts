import type { Tree } from "../../model/tree.ts";

/** A tree that notes which of its paths are read. */
export function recordedTree(tree: Tree, onRead: (path: string) => void): Tree {
  return {
    ...tree,
    name: tree.name,
    list: () => tree.list(),
    read: (path) => {
      onRead(path);
      return tree.read(path);
    },
    readAll: (paths) => {
      for (const path of paths) onRead(path);
      return tree.readAll(paths);
    },
  };
}
