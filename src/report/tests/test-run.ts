/** What came of one policy test: a `test_` rule, or a fixture held against its policy. */
export interface TestOutcome {
  readonly kind: "rule" | "fixture";
  /** `package.test_name`, or `policy fixture-name`. Untrusted text. */
  readonly name: string;
  readonly path: string;
  readonly line?: number;
  readonly outcome: "pass" | "fail" | "skip" | "error";
  readonly durationMs: number;
  /** Why it did not pass, one entry a line. */
  readonly reasons: readonly string[];
  /** What the test printed. */
  readonly output?: string;
}

export interface CoverageOfFile {
  readonly path: string;
  readonly percentage: number;
  readonly notCovered: readonly { readonly from: number; readonly to: number }[];
}

/** All outcomes of one run of `portcullis test`, as plain data. */
export interface TestRun {
  readonly outcomes: readonly TestOutcome[];
  /** What kept tests from being run at all, as `path:line: message`. */
  readonly problems: readonly string[];
  readonly coverage?: {
    readonly percentage: number;
    readonly files: readonly CoverageOfFile[];
    readonly threshold?: number;
  };
}

export type TestFormat = (run: TestRun, options: { readonly colour: boolean }) => string;

/** Whether coverage was asked to be higher than it is. */
export function belowThreshold({ coverage }: TestRun): boolean {
  return coverage?.threshold !== undefined && coverage.percentage < coverage.threshold;
}
