/** A state that was on the gated branch and passed, and that a change restores. */
export interface RestoredState {
  /** Its commit on the gated branch. */
  readonly commit: string;
  /** The pull request that it was merged by; absent where that is not known. */
  readonly pull?: number;
  /** When that was: ISO 8601. */
  readonly mergedAt?: string;
  /** The environments that the change touches and that then are as they were, sorted. */
  readonly environments: readonly string[];
  /** So is what no environment names. */
  readonly unnamed?: true;
}

/** What a change restores: of several states first that which was merged last. */
export interface Restores extends RestoredState {
  /** Everything that the change touches is then as it was in some of the states. */
  readonly complete: boolean;
  /** The states that other environments have then. */
  readonly also?: readonly RestoredState[];
}
