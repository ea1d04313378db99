import type { Config } from "../../model/config.ts";
import type { Gap } from "../../model/source.ts";
import type { ReportedProblem } from "../../model/finding.ts";
import type { ReportedGap } from "../../model/report.ts";
import type { JudgedState } from "../judging/judge-states.ts";

/** The gaps of one tree. */
export function gapsOf({ state, results }: JudgedState): readonly Gap[] {
  return [...state.graph.gaps, ...[...results.values()].flatMap(({ gaps = [] }) => gaps)];
}

/** The gaps of the tree after, each once, with what the change brings or alters; `before` is undefined without a change. */
export function reportGaps(before: readonly Gap[] | undefined, after: readonly Gap[]): readonly ReportedGap[] {
  const known = new Set(before?.map(keyOf));
  const each = new Map<string, ReportedGap>();
  for (const gap of after) {
    const { source, path, line, reason } = gap;
    const key = JSON.stringify([source, path, line, reason]);
    const touched = before !== undefined && !known.has(keyOf(gap));
    if (touched || !each.has(key)) each.set(key, { source, path, line, reason, ...(touched ? { touched } : {}) });
  }
  return [...each.values()];
}

/** A gap is what it was where its source, its reason and all that it depends on are. */
function keyOf({ source, reason, inputs }: Gap): string {
  return JSON.stringify([source, reason, inputs ?? null]);
}

/** The problems that gaps are, by the configuration. */
export function gapProblems(
  gaps: readonly ReportedGap[],
  block: Config["gaps"],
  isChange: boolean,
): readonly ReportedProblem[] {
  return gaps
    .filter(({ touched }) => block !== "allow" && (touched === true || (block === "block" && !isChange)))
    .map(({ source, path, line, reason }) => ({
      stage: "render",
      status: "introduced",
      path,
      line,
      message: `${source} is not fully judged: ${reason}`,
    }));
}
