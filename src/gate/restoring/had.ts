import { sha256 } from "../../manifest/sha256.ts";
import type { Finding, ReportedProblem } from "../../model/finding.ts";
import type { Report, ReportedGap } from "../../model/report.ts";

/** What a judged tree has: digests of its findings, problems and gaps, without those that a waiver covers. */
export function hadBy({ findings, problems, gaps }: Pick<Report, "findings" | "problems" | "gaps">): readonly string[] {
  const all = [
    ...findings.filter(({ status, waiver }) => status !== "fixed" && waiver === undefined).map(hadAsFinding),
    ...problems.filter(({ waiver }) => waiver === undefined).map(hadAsProblem),
    ...gaps.filter(({ waiver }) => waiver === undefined).map(hadAsGap),
  ];
  return [...new Set(all)].toSorted();
}

/** The digest of a finding. One that warned then is another one if it denies now. */
export function hadAsFinding({ fingerprint, level }: Pick<Finding, "fingerprint" | "level">): string {
  return digestOf(["finding", fingerprint, level]);
}

/** The digest of a problem. */
export function hadAsProblem({ stage, path, message }: Pick<ReportedProblem, "stage" | "path" | "message">): string {
  return digestOf(["problem", stage, path ?? null, message]);
}

/** The digest of a gap. */
export function hadAsGap({ source, reason }: Pick<ReportedGap, "source" | "reason">): string {
  return digestOf(["gap", source, reason]);
}

/** Short, since a tree may have thousands: whoever chooses none of what is digested gains nothing by two that are alike. */
function digestOf(parts: readonly unknown[]): string {
  return sha256(JSON.stringify(parts)).slice(0, 16);
}
