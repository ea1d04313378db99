import type { Blocks } from "./format.ts";
import type { Finding, ManifestName, ReportedProblem } from "../model/finding.ts";
import type { Report, ReportedGap, Skipped } from "../model/report.ts";

/** `1 finding`, `2 findings`; `plural` where adding an s is not English. */
export function count(n: number, one: string, plural = `${one}s`): string {
  return `${n} ${n === 1 ? one : plural}`;
}

/** The name of a manifest for people: `Deployment shop/web`. Untrusted text. */
export function nameOf(manifest: ManifestName): string {
  const name = manifest.name === "" ? "(no name)" : manifest.name;
  return `${manifest.kind} ${manifest.namespace === undefined ? "" : `${manifest.namespace}/`}${name}`;
}

/** `path:line:column` as editors and terminals link it. Untrusted text. */
export function placeOf(place: { readonly path?: string; readonly line?: number; readonly column?: number }): string {
  if (place.path === undefined) return "";
  if (place.line === undefined) return place.path;
  return `${place.path}:${place.line}${place.column === undefined ? "" : `:${place.column}`}`;
}

/** Whether the report compares two trees; otherwise findings have no status relative to a change. */
export function isChange(report: Report): boolean {
  return report.judged.before !== undefined;
}

/** `41 manifests in 12 files`. */
export function scopeOf(report: Report): string {
  if (report.checked.length === 0) return count(report.counts.manifests, "manifest");
  return `${count(report.counts.manifests, "manifest")} in ${count(report.checked.length, "file")}`;
}

/** The verdict in one sentence without a period. A run that judged nothing never reads like a pass. */
export function verdictSentence(report: Report, blocks: Blocks): string {
  const { counts, findings, problems, verdict } = report;
  const blocking = findings.filter(blocks).length;
  switch (verdict) {
    case "error": {
      // Problems from before the change are listed but do not block.
      const unjudged = problems.filter(blocks).length;
      return unjudged === 0 ? "Could not be judged" : `Could not be judged: ${count(unjudged, "problem")}`;
    }
    case "fail":
      return `Not compliant: ${count(blocking, "finding")} ${blocking === 1 ? "blocks" : "block"}`;
    case "warn": {
      if (report.mode === "report" && blocking > 0) return `Not compliant: ${count(blocking, "finding")} would block`;
      const warnings = findings.filter((f) => f.status === "introduced" && f.level !== "info").length;
      return warnings === 0 ? "Compliant, with warnings" : `Compliant, with ${count(warnings, "warning")}`;
    }
    case "pass":
      if (touchesNothing(report)) {
        return unseenFiles(report).length > 0
          ? "Nothing was judged: the change touches only what is not rendered"
          : "Nothing to judge: the change touches no manifest";
      }
      return counts.manifests === 0 ? "Nothing was judged: no manifest" : "Compliant";
    default:
      return verdict satisfies never;
  }
}

function touchesNothing({ changes, counts, judged }: Report): boolean {
  if (judged.before === undefined) return false;
  return changes === undefined
    ? counts.manifests === 0
    : changes.created + changes.updated + changes.deleted + changes.moved === 0;
}

/** The files that the change touches and that were not judged. */
function unseenFiles(report: Report): readonly Skipped[] {
  return report.skipped.filter(({ touched }) => touched === true);
}

/**
 * The number of these files and of sources that were not rendered, for the line beside the verdict; undefined if there
 * are none.
 */
export function unseenCount(report: Report): string | undefined {
  const files = unseenFiles(report).length;
  const sources = new Set(report.gaps.filter(({ touched }) => touched === true).map(({ source }) => source)).size;
  const parts = [
    ...(files === 0 ? [] : [`${count(files, "changed file")} not judged`]),
    ...(sources === 0 ? [] : [`${count(sources, "changed source")} not rendered`]),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** The gaps that no finding tells already. */
export function untoldGaps({ gaps }: Report): readonly ReportedGap[] {
  return gaps.filter(({ policy }) => policy === undefined);
}

/** Sources that were not rendered and that no finding tells of, with their places, by the reason, most frequent first. Untrusted text. */
export function gapsByReason(
  report: Report,
  { touched }: { readonly touched: boolean },
): readonly { readonly reason: string; readonly sources: readonly string[] }[] {
  const groups = new Map<string, string[]>();
  for (const gap of untoldGaps(report)) {
    if ((gap.touched === true) !== touched) continue;
    const source = `${gap.source} (${gap.path}:${gap.line})`;
    const known = groups.get(gap.reason);
    if (known === undefined) groups.set(gap.reason, [source]);
    else known.push(source);
  }
  return [...groups]
    .map(([reason, sources]) => ({ reason, sources }))
    .toSorted((a, b) => b.sources.length - a.sources.length || (a.reason < b.reason ? -1 : 1));
}

/** Skipped files and documents by their reason, most frequent first. */
export function skippedByReason(
  report: Report,
  { touched }: { readonly touched: boolean },
): readonly { readonly reason: string; readonly paths: readonly string[] }[] {
  const paths = new Map<string, string[]>();
  const files = report.skipped.filter((skipped) => (skipped.touched === true) === touched);
  const documents = (touched ? [] : report.checked).flatMap(({ path, skipped = [] }) =>
    skipped.map(({ line, reason }) => ({ path: `${path}:${line}`, reason })),
  );
  for (const { path, reason } of [...files, ...documents]) {
    const known = paths.get(reason);
    if (known === undefined) paths.set(reason, [path]);
    else known.push(path);
  }
  return [...paths]
    .map(([reason, of]) => ({ reason, paths: of }))
    .sort((a, b) => b.paths.length - a.paths.length || (a.reason < b.reason ? -1 : 1));
}

/** Findings sorted for readers: what blocks first, then by level, otherwise in the order of the report. */
export function worstFirst(findings: readonly Finding[], blocks: Blocks): readonly Finding[] {
  const rank = (finding: Finding) => (blocks(finding) ? 0 : { deny: 1, warn: 2, info: 3 }[finding.level]);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

/** Groups problems with the same message, with their places; those that this change introduced come first. */
export function groupedProblems(
  problems: readonly ReportedProblem[],
): readonly (readonly [ReportedProblem, ...ReportedProblem[]])[] {
  const groups = new Map<string, [ReportedProblem, ...ReportedProblem[]]>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.status, problem.stage, problem.message]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [problem]);
    else known.push(problem);
  }
  const rank = ([problem]: readonly [ReportedProblem, ...ReportedProblem[]]) =>
    problem.status === "introduced" ? 0 : 1;
  return [...groups.values()].toSorted((a, b) => rank(a) - rank(b));
}
