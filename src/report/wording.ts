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

/** The distinct objects that a finding reaches, the first one first. */
export function objectsOf({ manifest, reaches }: Pick<Finding, "manifest" | "reaches">): readonly ManifestName[] {
  const all = [manifest, ...(reaches ?? []).map((reach) => reach.manifest)];
  return [...new Map(all.map((one) => [nameOf(one), one])).values()];
}

/** What a finding is about, for people: `Deployment shop/web and 10 more objects`. Untrusted text. */
export function subjectOf(finding: Pick<Finding, "manifest" | "reaches">): string {
  const more = objectsOf(finding).length - 1;
  return `${nameOf(finding.manifest)}${more === 0 ? "" : ` and ${count(more, "more object")}`}`;
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

/** `41 manifests`, `41 manifests and 3 documents`, `3 documents`. */
export function judgedObjects({ counts: { manifests, documents = 0 } }: Report): string {
  if (documents === 0) return count(manifests, "manifest");
  return [...(manifests === 0 ? [] : [count(manifests, "manifest")]), count(documents, "document")].join(" and ");
}

/** Whether no manifest and no document was judged. */
export function isNothingJudged({ counts: { manifests, documents = 0 } }: Report): boolean {
  return manifests === 0 && documents === 0;
}

/** `41 manifests in 12 files`. */
export function scopeOf(report: Report): string {
  if (report.checked.length === 0) return judgedObjects(report);
  return `${judgedObjects(report)} in ${count(report.checked.length, "file")}`;
}

/**
 * What was judged and by how many policies, without a claim where nothing was: `41 manifests in 12 files judged by 25
 * policies`, `None of 41 manifests in 12 files changes`.
 */
export function judgedBy(report: Report): string {
  const policies = count(report.policies.count, "policy", "policies");
  if (isNothingJudged(report)) return "No manifest judged";
  if (touchesNothing(report)) return `None of ${scopeOf(report)} changes`;
  return `${scopeOf(report)} judged by ${policies}`;
}

/** The verdict in one sentence without a period. A run that judged nothing never reads like a pass. */
export function verdictSentence(report: Report, blocks: Blocks): string {
  const { findings, problems, verdict } = report;
  const blocking = findings.filter(blocks).length;
  switch (verdict) {
    case "error": {
      // Problems from before the change are listed but do not block.
      const unjudged = problems.filter(blocks).length;
      const also =
        blocking === 0 || report.mode === "report"
          ? ""
          : `; ${count(blocking, "finding")} ${blocking === 1 ? "blocks" : "block"}`;
      return unjudged === 0
        ? `Could not be judged${also}`
        : `Could not be judged: ${count(unjudged, "problem")}${also}`;
    }
    case "fail":
      return `Not compliant: ${count(blocking, "finding")} ${blocking === 1 ? "blocks" : "block"}`;
    case "warn": {
      if (report.mode === "report" && blocking > 0) return `Not compliant: ${count(blocking, "finding")} would block`;
      const counted = findings.filter((f) => f.status === "introduced" && f.level !== "info" && f.waiver === undefined);
      const denied = counted.filter(({ level }) => level === "deny").length;
      if (denied > 0) return `Not compliant, though nothing blocks: ${count(denied, "finding")} denied`;
      const warnings = counted.length;
      return warnings === 0 ? "Compliant, with warnings" : `Compliant, with ${count(warnings, "warning")}`;
    }
    case "pass":
      if (touchesNothing(report)) {
        return unseenFiles(report).length > 0
          ? "Nothing of the change was judged: it touches only what is not rendered"
          : "The change touches no manifest";
      }
      return isNothingJudged(report) ? "Nothing was judged: no manifest" : "Compliant";
    default:
      return verdict satisfies never;
  }
}

/** Whether the report is about a change that leaves every manifest as it was. */
export function touchesNothing({ changes, counts, judged }: Report): boolean {
  if (judged.before === undefined || (counts.documents ?? 0) > 0) return false;
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
  const sources = new Set(
    report.gaps.filter(({ touched, waiver }) => touched === true && waiver === undefined).map(({ source }) => source),
  ).size;
  const parts = [
    ...(files === 0 ? [] : [`${count(files, "changed file")} not judged`]),
    ...(sources === 0 ? [] : [`${count(sources, "changed source")} not rendered`]),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** The gaps that neither a finding nor a waiver tells of. */
export function untoldGaps({ gaps }: Report): readonly ReportedGap[] {
  return gaps.filter(({ policy, waiver }) => policy === undefined && waiver === undefined);
}

/** Sources that were not rendered and that no finding tells of, with their places, by the reason, most frequent first. Untrusted text. */
export function gapsByReason(
  report: Report,
  { touched }: { readonly touched: boolean },
): readonly { readonly reason: string; readonly sources: readonly string[] }[] {
  const groups = new Map<string, { readonly reasons: Set<string>; readonly sources: string[] }>();
  for (const gap of untoldGaps(report)) {
    if ((gap.touched === true) !== touched) continue;
    const key = withoutOwnFile(gap.reason, gap.path);
    const known = groups.get(key) ?? { reasons: new Set<string>(), sources: [] };
    known.reasons.add(gap.reason);
    known.sources.push(`${gap.source} (${gap.path}:${gap.line})`);
    groups.set(key, known);
  }
  return [...groups]
    .map(([key, { reasons, sources }]) => ({ reason: reasons.size === 1 ? ([...reasons][0] ?? key) : key, sources }))
    .toSorted((a, b) => b.sources.length - a.sources.length || (a.reason < b.reason ? -1 : 1));
}

/** A text about a file in which the file's own path, or the end of it, is not named: fifteen templates may have one reason. */
function withoutOwnFile(text: string, path: string): string {
  const named = text.split(" ").find((word) => word.includes("/") && (word === path || path.endsWith(`/${word}`)));
  return named === undefined ? text : text.replace(named, "the file");
}

/** Skipped files and documents by their reason, most frequent first. */
export function skippedByReason(
  report: Report,
  { touched }: { readonly touched: boolean },
): readonly { readonly reason: string; readonly paths: readonly string[] }[] {
  const paths = new Map<string, string[]>();
  const files = report.skipped.filter(
    (skipped) => skipped.configuration !== true && (skipped.touched === true) === touched,
  );
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

/** Groups problems with the same message, but for the file of each, with their places; those that this change introduced come first. */
export function groupedProblems(
  problems: readonly ReportedProblem[],
): readonly (readonly [ReportedProblem, ...ReportedProblem[]])[] {
  const groups = new Map<string, [ReportedProblem, ...ReportedProblem[]]>();
  for (const problem of problems) {
    const common = withoutOwnFile(problem.message, problem.path ?? "");
    const key = JSON.stringify([problem.status, problem.stage, common, problem.waiver]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [problem]);
    else {
      // Each is named by its place.
      if (known[0].message !== problem.message) known[0] = { ...known[0], message: common };
      known.push(problem);
    }
  }
  const rank = ([problem]: readonly [ReportedProblem, ...ReportedProblem[]]) =>
    problem.status === "introduced" ? 0 : 1;
  return [...groups.values()].toSorted((a, b) => rank(a) - rank(b));
}
