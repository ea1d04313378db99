import type { Config } from "../../model/config.ts";
import type { Finding, ReportedProblem } from "../../model/finding.ts";
import type { Verdict } from "../../model/report.ts";

/** The options that decide a verdict, besides findings and problems. */
export interface Strictness {
  readonly block: Config["block"];
  readonly mode: Config["mode"];
  readonly failOn: "deny" | "warn" | "never";
}

/** The verdict: `error` where an introduced problem exists, else `fail` where a finding blocks, else `warn` or `pass`. */
export function verdictOf(
  findings: readonly Finding[],
  problems: readonly ReportedProblem[],
  { block, mode, failOn }: Strictness,
): Verdict {
  const counts = (status: string): boolean => status === "introduced" || (block === "all" && status === "existing");
  if (problems.some(({ status }) => counts(status))) return "error";
  const levels = new Set(findings.filter(({ status }) => counts(status)).map(({ level }) => level));
  const blocks = failOn !== "never" && (levels.has("deny") || (failOn === "warn" && levels.has("warn")));
  if (blocks && mode === "enforce") return "fail";
  return levels.has("deny") || levels.has("warn") ? "warn" : "pass";
}
