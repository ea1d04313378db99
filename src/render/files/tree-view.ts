import type { TreeView } from "../gitops.ts";
import type { TreeFiles } from "./tree-files.ts";

/** The view of a tree that planners read. Content is kept as long as the view. */
export function treeView(files: TreeFiles): TreeView {
  const held = new Map<string, Promise<Uint8Array | undefined>>();
  return {
    has: (path) => files.fileAt(path) !== undefined,
    isDirectory: (path) => files.directoryAt(path) !== undefined,
    submoduleOf(path) {
      for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
        const above = end === -1 ? path : path.slice(0, end);
        if (files.entries.get(above)?.kind === "submodule") return above;
        if (end === -1) break;
      }
      const end = files.links.follow(path);
      return end.kind === "submodule" ? end.path : undefined;
    },
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
