import type { TreeView } from "../gitops.ts";

/** The view of a directory as if it were a tree of its own. */
export function rootedView(tree: TreeView, root: string): TreeView {
  const whole = (path: string): string => (path === "" ? root : `${root}/${path}`);
  return {
    has: (path) => tree.has(whole(path)),
    isDirectory: (path) => tree.isDirectory(whole(path)),
    submoduleOf: () => undefined,
    filesBelow: (directory) => tree.filesBelow(whole(directory)).map((path) => path.slice(root.length + 1)),
    read: (path) => tree.read(whole(path)),
  };
}
