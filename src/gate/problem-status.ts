import type { ReportedProblem } from "../model/finding.ts";
import type { Problem } from "../model/problem.ts";

/** A problem with what it is recognised by in the other tree. */
export interface MarkedProblem {
  readonly problem: Problem;
  /** Content and role of the file it is about. */
  readonly content: string;
}

/** A problem is existing where the tree before has the very same one for the same content, wherever it lies; each once. */
export function problemStatus(
  before: readonly MarkedProblem[],
  after: readonly MarkedProblem[],
): readonly ReportedProblem[] {
  const open = new Map<string, number>();
  for (const marked of before) open.set(keyOf(marked), (open.get(keyOf(marked)) ?? 0) + 1);
  return after.map((marked) => {
    const left = open.get(keyOf(marked)) ?? 0;
    if (left > 0) open.set(keyOf(marked), left - 1);
    return { ...marked.problem, status: left > 0 ? "existing" : "introduced" };
  });
}

function keyOf({ problem, content }: MarkedProblem): string {
  return JSON.stringify([content, problem.stage, problem.line ?? null, problem.message]);
}
