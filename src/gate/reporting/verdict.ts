import type { Config } from "../../model/config.ts";
import type { Finding, ReportedProblem } from "../../model/finding.ts";
import type { Verdict } from "../../model/report.ts";

/** The options that decide a verdict, besides findings and problems. */
export interface Strictness {
  readonly block: Config["block"];
  readonly mode: Config["mode"];
  readonly failOn: "deny" | "warn" | "never";
}

/** Whether a finding alone keeps the change from being let through. */
export function doesBlock({ status, level, waiver }: Finding, { block, mode, failOn }: Strictness): boolean {
  if (waiver !== undefined || mode === "report" || failOn === "never") return false;
  const counts = status === "introduced" || (block === "all" && status === "existing");
  return counts && (level === "deny" || (failOn === "warn" && level === "warn"));
}

/** The verdict, in which nothing counts that is waived: `error` where an introduced problem exists, else `fail` where a finding blocks, else `warn` or `pass`. */
export function verdictOf(
  findings: readonly Finding[],
  problems: readonly ReportedProblem[],
  strictness: Strictness,
): Verdict {
  const { block } = strictness;
  const counts = (status: string): boolean => status === "introduced" || (block === "all" && status === "existing");
  if (problems.some(({ status, waiver }) => waiver === undefined && counts(status))) return "error";
  if (findings.some((finding) => doesBlock(finding, strictness))) return "fail";
  const counted = findings.filter(({ status, waiver }) => waiver === undefined && counts(status));
  const levels = new Set(counted.map(({ level }) => level));
  return levels.has("deny") || levels.has("warn") ? "warn" : "pass";
}
