import type { Gap, SourceNode } from "../../model/source.ts";
import type { ReportedProblem } from "../../model/finding.ts";
import type { ReportedGap } from "../../model/report.ts";

/** What deciding whether a change touches a gap needs. */
export interface Touching {
  /** Ids of sources that are not what they were. */
  readonly sources: ReadonlySet<string>;
  readonly byId: ReadonlyMap<string, SourceNode>;
  readonly changed: (path: string) => boolean;
}

/** The gaps without duplicates, each marked if the change touches it. Without a change none is touched. */
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

/** The problems for `gaps: block`: one for every gap that the change touches, or for every gap without a change. */
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
