import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Tree } from "../model/tree.ts";
import { directoryTree } from "./directory-tree.ts";
import { memoryTree } from "./memory-tree.ts";

/** The root of this package; the library is its directory `policies`. */
const PACKAGE_ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const LIBRARY_DIRECTORY = "policies";

/** The tree with the library that ships, below `policies/`. The directory itself may be a link: an installation may be made of links. */
export function libraryTree(packageRoot = PACKAGE_ROOT): Tree {
  const directory = join(packageRoot, LIBRARY_DIRECTORY);
  if (!existsSync(directory)) return memoryTree({}, packageRoot);
  const prefix = `${LIBRARY_DIRECTORY}/`;
  const inner = directoryTree(realpathSync(directory));
  const own = (path: string): string => path.slice(prefix.length);
  return {
    name: packageRoot,
    list: async () => (await inner.list()).map((entry) => ({ ...entry, path: prefix + entry.path })),
    read: (path) => inner.read(own(path)),
    async *readAll(paths) {
      for await (const { path, bytes } of inner.readAll([...paths].map(own))) yield { path: prefix + path, bytes };
    },
  };
}
