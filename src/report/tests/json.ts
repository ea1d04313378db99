import type { TestRun } from "./test-run.ts";

/** The run as JSON: `outcomes`, `problems`, `notes`, `coverage`. */
export function jsonTests(run: TestRun): string {
  return `${JSON.stringify({ version: 1, outcomes: run.outcomes, problems: run.problems, notes: run.notes, coverage: run.coverage }, undefined, 2)}\n`;
}
