import { fileURLToPath } from "node:url";
import type { Tree } from "../model/tree.ts";
import { directoryTree } from "./directory-tree.ts";

/** The root of this package; the library is its directory `policies`. */
const PACKAGE_ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The tree with the library that ships, below `policies/`. */
export function libraryTree(): Tree {
  return directoryTree(PACKAGE_ROOT, { paths: ["policies"] });
}
