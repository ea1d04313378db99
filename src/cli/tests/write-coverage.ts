import { writeFileSync } from "node:fs";
import type { TestRun } from "../../report/tests/test-run.ts";
import { UsageError } from "../usage-error.ts";

/** The files that coverage is written to, if any. */
export interface CoverageFiles {
  readonly coverageLcov?: string;
  readonly coverageHtml?: string;
}

/** Writes the coverage of a run to files. What could not be measured is written too: a file of an earlier run would mislead. */
export async function writeCoverage(
  run: TestRun,
  { coverageLcov, coverageHtml }: CoverageFiles,
  textOf: (path: string) => string | undefined,
): Promise<void> {
  const { coverage } = run;
  if (coverage === undefined) return;
  if (coverageLcov !== undefined)
    write(coverageLcov, (await import("../../report/tests/lcov-coverage.ts")).lcovCoverage(coverage));
  if (coverageHtml !== undefined)
    write(coverageHtml, (await import("../../report/tests/coverage-page.ts")).coveragePage(run, coverage, textOf));
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
  }
}
