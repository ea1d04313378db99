/** The outcome of one policy test: a `test_` rule, a fixture judged by its policy, a case of a Gatekeeper Suite, or a scenario. */
export interface TestOutcome {
  readonly kind: "rule" | "fixture" | "suite" | "scenario";
  /** `package.test_name`, `policy fixture-name`, `suite test case` or `scenario directory/name`. Untrusted text. */
  readonly name: string;
  readonly path: string;
  readonly line?: number;
  readonly outcome: "pass" | "fail" | "skip" | "error";
  readonly durationMs: number;
  /** Why it did not pass, one entry a line. */
  readonly reasons: readonly string[];
  /** What a comparison expected and what it got, in the notation of Rego. */
  readonly expected?: string;
  readonly got?: string;
  /** What the test printed. */
  readonly output?: string;
}
