import type { Reporter } from "@jest/reporters";
import type { AggregatedResult } from "@jest/test-result";

/** Closes a run with the one line that CI reads. A suite that could not even load counts as one failed test. */
export default class ClosingLineReporter implements Pick<Reporter, "onRunComplete"> {
  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
    process.once("exit", () => process.stdout.write(`\n${line}\n`));
  }
}
