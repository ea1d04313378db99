import type { Tree } from "../model/tree.ts";
import type { Problem } from "../model/problem.ts";

/** Two trees of a change and how `after` came about, as the report names it. */
export interface ChangeTrees {
  readonly before: Tree;
  readonly after: Tree;
  readonly how: string;
}

/** A Git repository opened for reading: one long-lived `git cat-file --batch` serves all its trees. Close it. */
export interface GitRepository {
  /** The commit id of a revision, or a problem that says what is missing. */
  resolve(
    revision: string,
  ): Promise<
    { readonly kind: "commit"; readonly id: string } | { readonly kind: "problem"; readonly problem: Problem }
  >;
  /** The tree of a commit or tree id; nothing is read until it is asked. `name` is what the report calls it. */
  tree(id: string, name?: string): Tree;
  /** For local use: the merge of head into base where Git (2.38 or newer) and history allow, else head against the merge base. */
  mergedTrees(
    base: string,
    head: string,
  ): Promise<
    { readonly kind: "trees"; readonly trees: ChangeTrees } | { readonly kind: "problem"; readonly problem: Problem }
  >;
  close(): Promise<void>;
}

/** Opens the repository at a directory (a work tree, any directory below it, or a bare repository). Rejects where there is none. */
export async function openRepository(directory: string): Promise<GitRepository> {
  throw new Error(`not yet: ${directory}`);
}
