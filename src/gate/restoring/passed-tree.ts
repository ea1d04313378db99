import type { RestoredState } from "../../model/restores.ts";
import type { Tree } from "../../model/tree.ts";

/** A state that was on the gated branch and passed. */
export interface PassedTree extends Pick<RestoredState, "commit" | "pull" | "mergedAt"> {
  readonly tree: Tree;
  /** It is the very tree that the change leads to. */
  readonly isSame: boolean;
  /** What it had when it passed, as `hadBy` tells. */
  readonly had: ReadonlySet<string>;
}
