import type { Finding, ReportedProblem } from "../../model/finding.ts";
import type { OpenGap } from "../remotes/told-gaps.ts";
import type { Classified } from "../comparing/classify.ts";
import type { Restored } from "./find-restored.ts";
import { apartByHad, hadAsGap, hadAsProblem } from "./had.ts";

/**
 * What the change introduces in environments that it restores, as existing. What is found in the step itself stays introduced:
 * a deleted volume or a field that cannot change is none the safer because it was so once.
 */
export function asRestored(classified: readonly Classified[], restored: Restored | undefined): readonly Classified[] {
  if (restored === undefined) return classified;
  return classified.map((one) => {
    const { draft, status } = one;
    const state = restored.of.get(draft.finding.environment ?? "");
    if (status !== "introduced" || draft.readsChange || state === undefined) return one;
    return { draft, status: "existing", restored: state.commit };
  });
}

/**
 * Of the findings that count as restored only those do whose state had them when it passed. The others are news: the rules
 * became stricter since, or a waiver covered them that does not any more. Each object counts for itself.
 */
export function onlyHad(findings: readonly Finding[], restored: Restored | undefined): readonly Finding[] {
  if (restored === undefined) return findings;
  const byCommit = new Map([...restored.of.values()].map((state) => [state.commit, state]));
  return findings.flatMap((finding) => {
    if (finding.restored === undefined) return [finding];
    const { known, news } = apartByHad(finding, byCommit.get(finding.restored)?.had ?? new Set());
    if (news === undefined) return [finding];
    const { restored: _, ...introduced } = { ...news, status: "introduced" as const };
    return known === undefined ? [introduced] : [known, introduced];
  });
}

/** Problems that the state had which everything has again. */
export function problemsAsRestored(
  problems: readonly ReportedProblem[],
  restored: Restored | undefined,
): readonly ReportedProblem[] {
  const had = restored?.whole?.had;
  if (had === undefined) return problems;
  return problems.map((problem) => (had.has(hadAsProblem(problem)) ? { ...problem, status: "existing" } : problem));
}

/** Gaps that the state had which everything has again: the change touches them, and brings none. */
export function gapsAsRestored(gaps: readonly OpenGap[], restored: Restored | undefined): readonly OpenGap[] {
  const had = restored?.whole?.had;
  if (had === undefined) return gaps;
  return gaps.map((gap) => {
    const { touched: _, ...rest } = gap;
    return had.has(hadAsGap(gap)) ? rest : gap;
  });
}
