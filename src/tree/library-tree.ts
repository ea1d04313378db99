import { fileURLToPath } from "node:url";
import type { Tree } from "../model/tree.ts";
import { directoryTree } from "./directory-tree.ts";

/** Where this package stands; the library is its directory `policies`. */
const PACKAGE_ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The tree that holds the library that ships, below `policies/`. */
export function libraryTree(): Tree {
  return directoryTree(PACKAGE_ROOT, { paths: ["policies"] });
}
