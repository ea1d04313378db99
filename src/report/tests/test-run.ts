/** The outcome of one policy test: a `test_` rule, or a fixture judged by its policy. */
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

/** The coverage of one file. */
export interface CoverageOfFile {
  readonly path: string;
  readonly percentage: number;
  readonly notCovered: readonly { readonly from: number; readonly to: number }[];
}

/** All outcomes of one run of `portcullis test`, as plain data. */
export interface TestRun {
  readonly outcomes: readonly TestOutcome[];
  /** Problems that kept tests from running, as `path:line: message`. */
  readonly problems: readonly string[];
  readonly coverage?: {
    readonly percentage: number;
    readonly files: readonly CoverageOfFile[];
    readonly threshold?: number;
  };
}

/** Formats a test run as text. */
export type TestFormat = (run: TestRun, options: { readonly colour: boolean }) => string;

/** Whether coverage is below the required threshold. */
export function belowThreshold({ coverage }: TestRun): boolean {
  return coverage?.threshold !== undefined && coverage.percentage < coverage.threshold;
}
