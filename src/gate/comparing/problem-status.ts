import type { ReportedProblem } from "../../model/finding.ts";
import type { Problem } from "../../model/problem.ts";
import { directoryOf } from "../../render/files/scope.ts";
import { contentKey } from "../compare-origins.ts";
import { sourceKey } from "../fingerprint.ts";
import type { JudgedState } from "../judging/judge-states.ts";
import { isUnit } from "../reading.ts";

/** A problem with the key that matches it in the other tree. */
interface MarkedProblem {
  readonly problem: Problem;
  /** What it is about, and digest of all that was read: directory, content and role of a file; id and inputs of a source. */
  readonly content: string;
  /** What declares it may be written elsewhere in its file. */
  readonly anyLine?: true;
}

/**
 * A problem is existing only where the tree before has the very same one for the very same content: what nobody could judge
 * before cannot be judged now either, so that a change of it is blocked.
 */
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
export function problemsOf(before: JudgedState, after: JudgedState): readonly ReportedProblem[] {
  const each = new Map<string, { readonly problem: ReportedProblem; readonly sources: ReadonlySet<string> }>();
  for (const { source, ...problem } of problemStatus(marked(before), marked(after))) {
    // A broken base breaks every source that loads it, and is one problem: introduced if it is introduced for any of them.
    const { stage, path, line, column, message, status } = problem;
    const key = JSON.stringify([stage, path, line, column, message]);
    const known = each.get(key);
    each.set(key, {
      problem: known !== undefined && status === "existing" ? known.problem : problem,
      sources: new Set([...(known?.sources ?? []), ...(source === undefined ? [] : [source])]),
    });
  }
  return [...each.values()].map(({ problem, sources }) => named(problem, [...sources]));
}

/** The most sources that a problem names. */
const mostNamed = 3;

function named(problem: ReportedProblem, sources: readonly string[]): ReportedProblem {
  if (sources.length === 0) return problem;
  const more = sources.length - mostNamed;
  const shown = sources.slice(0, mostNamed).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return { ...problem, message: `${shown} ${problem.message}` };
}

/** The problems of one tree, of unchanged origins first, so that a copy does not replace the original. */
function marked({ results, state }: JudgedState): readonly MarkedProblem[] {
  return [
    ...[...results].flatMap(([of, { problems }]) =>
      problems.map((problem): MarkedProblem =>
        isUnit(of)
          ? { problem, content: `source ${sourceKey(of.source)} ${of.inputs}`, anyLine: true }
          : { problem, content: `file ${directoryOf(of.entry.path)} ${contentKey(of)}` },
      ),
    ),
    ...state.problems.map(({ inputs, ...problem }): MarkedProblem => ({
      problem,
      content: `plan ${inputs}`,
      anyLine: true,
    })),
  ];
}

function keyOf({ problem, content, anyLine }: MarkedProblem): string {
  return JSON.stringify([content, problem.stage, anyLine === true ? null : (problem.line ?? null), problem.message]);
}
