import type { ReportedProblem } from "../../model/finding.ts";
import type { Problem } from "../../model/problem.ts";
import type { JudgedSource } from "../judged-source.ts";
import { contentKey } from "../compare-origins.ts";
import { isUnit, type Origin } from "../reading.ts";

/** A problem with the key that matches it in the other tree. */
interface MarkedProblem {
  readonly problem: Problem;
  /** What it is about: content and role of a file, or the name of a source. */
  readonly content: string;
  /** The source may be written otherwise, so that the line says nothing. */
  readonly anyLine?: true;
}

/** A problem is existing where the tree before has an equal one for the same content, at any path. Each counts once. */
function problemStatus(before: readonly MarkedProblem[], after: readonly MarkedProblem[]): readonly ReportedProblem[] {
  const open = new Map<string, number>();
  for (const marked of before) open.set(keyOf(marked), (open.get(keyOf(marked)) ?? 0) + 1);
  return after.map((marked) => {
    const left = open.get(keyOf(marked)) ?? 0;
    if (left > 0) open.set(keyOf(marked), left - 1);
    return { ...marked.problem, status: left > 0 ? "existing" : "introduced" };
  });
}

/** The problems of the tree after with their status. Problems of origins match by content, those of planning by file. */
export function problemsOf(before: ProblemsOfTree, after: ProblemsOfTree): readonly ReportedProblem[] {
  const each = new Map<string, ReportedProblem>();
  for (const problem of problemStatus(marked(before), marked(after))) {
    // A broken base breaks every source that loads it, and is one problem: introduced if it is introduced for any of them.
    const { stage, path, line, column, message, status } = problem;
    const key = JSON.stringify([stage, path, line, column, message]);
    if (status === "introduced" || !each.has(key)) each.set(key, problem);
  }
  return [...each.values()];
}

/** The problems of one tree, of untouched origins first, so that a copy does not replace the original. */
export interface ProblemsOfTree {
  readonly origins: readonly (readonly [Origin, JudgedSource])[];
  readonly planning: readonly Problem[];
}

function marked({ origins, planning }: ProblemsOfTree): readonly MarkedProblem[] {
  return [
    ...origins.flatMap(([of, { problems }]) =>
      problems.map((problem): MarkedProblem =>
        isUnit(of)
          ? { problem, content: `source ${of.source.id}`, anyLine: true }
          : { problem, content: `file ${contentKey(of)}` },
      ),
    ),
    ...planning.map((problem): MarkedProblem => ({ problem, content: `plan ${problem.path ?? ""}`, anyLine: true })),
  ];
}

function keyOf({ problem, content, anyLine }: MarkedProblem): string {
  return JSON.stringify([content, problem.stage, anyLine === true ? null : (problem.line ?? null), problem.message]);
}
