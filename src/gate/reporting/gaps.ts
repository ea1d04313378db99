import type { Gap, SourceNode } from "../../model/source.ts";
import type { ReportedProblem } from "../../model/finding.ts";
import type { ReportedGap } from "../../model/report.ts";

/** What there is to know of a change where gaps are told. */
export interface Touching {
  /** Ids of sources that are not what they were. */
  readonly sources: ReadonlySet<string>;
  readonly byId: ReadonlyMap<string, SourceNode>;
  readonly changed: (path: string) => boolean;
}

/** Gaps, each once, with what the change touches; without a change none is touched. */
export function reportGaps(gaps: readonly Gap[], touching: Touching | undefined): readonly ReportedGap[] {
  const each = new Map(gaps.map((gap) => [JSON.stringify([gap.source, gap.path, gap.line, gap.reason]), gap]));
  return [...each.values()].map(({ source, path, line, reason }) => {
    const gap = { source, path, line, reason };
    return touching !== undefined && isTouched(gap, touching) ? { ...gap, touched: true } : gap;
  });
}

function isTouched({ source, path }: Gap, { sources, byId, changed }: Touching): boolean {
  return sources.has(source) || changed(path) || (byId.get(source)?.reads ?? []).some(changed);
}

/** Where configuration lets nothing through that was not judged, every gap that the change touches is a problem. */
export function gapProblems(gaps: readonly ReportedGap[], isChange: boolean): readonly ReportedProblem[] {
  return gaps
    .filter(({ touched }) => touched === true || !isChange)
    .map(({ source, path, line, reason }) => ({
      stage: "render",
      status: "introduced",
      path,
      line,
      message: `${source} is not judged: ${reason}`,
    }));
}
