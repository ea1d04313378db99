import type { Tree } from "../model/tree.ts";

/** The files below a directory. `paths` (relative, `/`) narrows what is listed. `.git` is no part of it; symlinks are entries, never followed. */
export function directoryTree(root: string, options: { readonly paths?: readonly string[] } = {}): Tree {
  throw new Error(`not yet: ${root} ${options.paths?.length}`);
}
