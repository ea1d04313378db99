import { describe, diagnostic } from "../tap.ts";
import { asError, missedCoverage } from "./junit.ts";
import type { TestOutcome } from "../../model/test-outcome.ts";
import type { TestRun } from "./test-run.ts";

/** The run as TAP 14. */
export function tapTests(run: TestRun): string {
  const outcomes = [...run.outcomes, ...run.problems.map(asError), ...missedCoverage(run)];
  const plan = outcomes.length === 0 ? "1..0 # SKIP no test was run" : `1..${outcomes.length}`;
  return `${["TAP version 14", plan, ...outcomes.flatMap(point)].join("\n")}\n`;
}

function point(one: TestOutcome, at: number): readonly string[] {
  const name = `${at + 1} - ${describe(one.name)}`;
  if (one.outcome === "pass") return [`ok ${name}`];
  if (one.outcome === "skip") return [`ok ${name} # SKIP ${describe(one.reasons.join("; "))}`];
  return [
    `not ok ${name}`,
    ...diagnostic({ message: one.reasons.join("\n"), path: one.path, line: one.line, output: one.output }),
  ];
}
