/** What a Jest reporter is told when a run is over, as far as the closing line needs it. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

/**
 * Closes a run with the one line that CI reads: `N passed, N failed` and nothing else, whatever was skipped. A suite that
 * could not even load counts as one failed test.
 */
export default class ClosingLineReporter {
  onRunComplete(_contexts: unknown, results: Results): void {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    process.once("exit", () => process.stdout.write(`\n${closingLines(results.numPassedTests, failed, skipped)}`));
  }
}

/** The last lines of a run. */
export function closingLines(passed: number, failed: number, skipped: number): string {
  return `${skipped > 0 ? `${skipped} skipped\n` : ""}${passed} passed, ${failed} failed\n`;
}
