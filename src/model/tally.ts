/** What conftest counts: results of each kind, and rules that gave none. */
export interface Tally {
  readonly passed: number;
  readonly warnings: number;
  readonly failures: number;
  /** How often an `exception` rule excused a rule. */
  readonly exceptions: number;
}

/** Nothing was tested. */
export const emptyTally: Tally = { passed: 0, warnings: 0, failures: 0, exceptions: 0 };

/** The tally of all that several are about. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      warnings: sum.warnings + one.warnings,
      failures: sum.failures + one.failures,
      exceptions: sum.exceptions + one.exceptions,
    }),
    emptyTally,
  );
}

/** How many tests conftest says there were. */
export function testsOf({ passed, warnings, failures, exceptions }: Tally): number {
  return passed + warnings + failures + exceptions;
}
