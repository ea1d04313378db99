/** What one rule costs and finds over a desired state. */
export interface RuleCost {
  readonly rule: string;
  /** The file and line of its first body. */
  readonly path: string;
  readonly line: number;
  /** Of all its evaluations, one for each manifest. */
  readonly milliseconds: number;
  /** The manifests in which it found something. */
  readonly hits: number;
  /** The manifests for which it gave no answer. */
  readonly failures: number;
}

/** What one policy costs and finds over a desired state. */
export interface PolicyCost {
  readonly policy: string;
  /** Absent: it is not timed by itself, as policies in CEL and Gatekeeper's. */
  readonly milliseconds?: number;
  /** The manifests in which it found something. */
  readonly hits: number;
  /** As `check` counts them. */
  readonly findings: number;
  /** Empty where it is not timed by itself. */
  readonly rules: readonly RuleCost[];
}

/** What a policy set costs over a desired state: the outcome of `portcullis bench`. */
export interface Bench {
  readonly version: 1;
  /** Those that policies were asked about. */
  readonly manifests: number;
  /** All findings, those of checks that are not policies included. */
  readonly findings: number;
  /** What could not be judged. */
  readonly problems: number;
  /** Slowest first. */
  readonly policies: readonly PolicyCost[];
  /** How often every rule was evaluated for every manifest; of each rule the fastest round counts. */
  readonly rounds: number;
  /** Milliseconds of all Rego rules: evaluated together as `check` does, and each by itself. */
  readonly together: number;
  readonly apart: number;
  /** Milliseconds of all policies in CEL and Gatekeeper's, together; absent: there are none. */
  readonly others?: number;
}
