import type { PassedState } from "../../store/passed.ts";

/** A state that a change may restore, as the judge thread is told of it. */
export interface RestorableState extends Pick<PassedState, "commit" | "pull" | "mergedAt"> {
  readonly isSame: boolean;
  readonly had: readonly string[];
}
