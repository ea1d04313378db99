import type { Standing, StoredStanding } from "./standing.ts";

/** One judgement of a branch among those before it. */
export interface HistoryEntry {
  /** `owner/name`. */
  readonly repository: string;
  /** Whether the branch is gated still. */
  readonly gated: boolean;
  readonly judged: StoredStanding;
  /** What the judgement before showed; absent where it is not stored. */
  readonly before?: Standing;
  /** Whether it is the first of its branch that is asked for. */
  readonly first: boolean;
  readonly anew: FailingNames;
  /** What failed at the judgement before, and does not now. */
  readonly ended: FailingNames;
}

/** Policies and controls by their ids. */
export interface FailingNames {
  readonly policies: readonly string[];
  readonly controls: readonly string[];
}
