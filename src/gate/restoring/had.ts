import { sha256 } from "../../manifest/sha256.ts";
import type { Config } from "../../model/config.ts";
import type { Finding, ReportedProblem } from "../../model/finding.ts";
import type { Report, ReportedGap } from "../../model/report.ts";
import { partOfFinding, reachesOf } from "../waivers/part-of-finding.ts";

/**
 * What a judged tree has: digests of its findings, problems and gaps, without those that a waiver covers. Gaps that the rules
 * allow, or of which it is not known whether they do (absent `rule`), are none: rules that block them since are stricter.
 */
export function hadBy(
  { findings, problems, gaps }: Pick<Report, "findings" | "problems" | "gaps">,
  rule: Config["gaps"] | undefined,
): readonly string[] {
  const blocking = rule === undefined || rule === "allow" ? [] : gaps;
  const all = [
    ...findings.filter(({ status, waiver }) => status !== "fixed" && waiver === undefined).flatMap(hadAsFindings),
    ...problems.filter(({ waiver }) => waiver === undefined).map(hadAsProblem),
    ...blocking.filter(({ waiver }) => waiver === undefined).map(hadAsGap),
  ];
  return [...new Set(all)].toSorted();
}

/** What a judged change brings that the tree before it did not have, as digests of `hadBy`, without what only warns. */
export function broughtBy(
  { findings, problems, gaps }: Pick<Report, "findings" | "problems" | "gaps">,
  rule: Config["gaps"] | undefined,
): readonly string[] {
  return hadBy(
    {
      findings: findings.filter(({ status, level }) => status === "introduced" && level === "deny"),
      problems: problems.filter(({ status }) => status === "introduced"),
      gaps: gaps.filter(({ touched }) => touched === true),
    },
    rule,
  );
}

/**
 * The digests of a finding, one for each object that it reaches: its fingerprint is that of a line, which waivers or levels
 * of one environment may have allowed for some objects only. One that warned then is another one if it denies now.
 */
function hadAsFindings(finding: Finding): readonly string[] {
  const { fingerprint, level, pointer } = finding;
  return reachesOf(finding).map(({ manifest: { apiVersion, kind, namespace, name }, environment }) =>
    digestOf(["finding", fingerprint, level, pointer, apiVersion, kind, namespace ?? null, name, environment ?? null]),
  );
}

/** Tells a finding apart into what a state had of it and the rest, either of which may be absent. */
export function apartByHad(
  finding: Finding,
  had: ReadonlySet<string>,
): { readonly known?: Finding; readonly news?: Finding } {
  const digests = hadAsFindings(finding);
  const reaches = reachesOf(finding);
  const known = reaches.filter((_, at) => had.has(digests[at] ?? ""));
  if (known.length === reaches.length) return { known: finding };
  if (known.length === 0) return { news: finding };
  const news = reaches.filter((reach) => !known.includes(reach));
  return { known: partOfFinding(finding, known), news: partOfFinding(finding, news) };
}

/** The digest of a problem. */
export function hadAsProblem({ stage, path, message }: Pick<ReportedProblem, "stage" | "path" | "message">): string {
  return digestOf(["problem", stage, path ?? null, message]);
}

/** The digest of a gap. */
export function hadAsGap({ source, reason }: Pick<ReportedGap, "source" | "reason">): string {
  return digestOf(["gap", source, reason]);
}

/** Short, since a tree may have thousands; long enough that nobody finds two texts that are alike. */
function digestOf(parts: readonly unknown[]): string {
  return sha256(JSON.stringify(parts)).slice(0, 32);
}
