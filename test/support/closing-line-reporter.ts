import { appendFileSync } from "node:fs";

/** What a Jest reporter is told when a run is over, as far as the closing line needs it. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

/** What a Jest reporter is told of one file. */
interface FileResult {
  readonly testFilePath: string;
  readonly numPassingTests: number;
  readonly numFailingTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testExecError?: unknown;
}

/**
 * Closes a run with the one line that CI reads: `N passed, N failed` and nothing else, whatever was skipped. A suite that
 * could not even load counts as one failed test. Where `PORTCULLIS_TEST_RESULTS` names a file, each result goes there
 * as a line of JSON instead, and who started the run writes the closing line (scripts/run-tests.mjs).
 */
export default class ClosingLineReporter {
  readonly #file = process.env["PORTCULLIS_TEST_RESULTS"];

  constructor() {
    // A run of Jest that a test starts is not part of this one.
    delete process.env["PORTCULLIS_TEST_RESULTS"];
  }

  onTestResult(_test: unknown, result: FileResult): void {
    if (this.#file === undefined) return;
    const line = {
      file: result.testFilePath,
      passed: result.numPassingTests,
      failed: result.numFailingTests + (result.testExecError ? 1 : 0),
      skipped: result.numPendingTests + result.numTodoTests,
    };
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  onRunComplete(_contexts: unknown, results: Results): void {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify({ complete: true })}\n`);
    else process.once("exit", () => process.stdout.write(`\n${closingLines(results.numPassedTests, failed, skipped)}`));
  }
}

/** The last lines of a run. */
export function closingLines(passed: number, failed: number, skipped: number): string {
  return `${skipped > 0 ? `${skipped} skipped\n` : ""}${passed} passed, ${failed} failed\n`;
}
