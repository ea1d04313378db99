import type { TreeView } from "../gitops.ts";
import type { TreeFiles } from "./tree-files.ts";

/** The view of a tree that planners read. Content is kept as long as the view. */
export function treeView(files: TreeFiles): TreeView {
  const held = new Map<string, Promise<Uint8Array | undefined>>();
  return {
    has: (path) => files.fileAt(path) !== undefined,
    isDirectory: (path) => files.directoryAt(path) !== undefined,
    submoduleOf: (path) => files.submoduleOf(path),
    filesBelow: (directory) => files.filesBelow(directory),
    read(path) {
      let reading = held.get(path);
      if (reading === undefined) {
        reading = files.read([path]).then((found) => found.get(path));
        held.set(path, reading);
      }
      return reading;
    },
  };
}
