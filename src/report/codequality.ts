import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import type { Report } from "../model/report.ts";
import type { FormatOptions } from "./format.ts";
import { inertLines } from "./inert-text.ts";
import { circumstancesOf } from "./landing.ts";
import { printJson } from "./print-json.ts";
import { isWaived, waiverNote } from "./waivers.ts";
import { subjectOf } from "./wording.ts";

/** Where a problem belongs that names no file: it comes from how the run was set up. */
const CONFIGURATION = "portcullis.yaml";

/**
 * The report as GitLab's code quality report: what stands in the tree after the change, since GitLab itself compares the
 * reports of two branches. What blocks is `critical`, and what could not be judged and blocks `blocker`.
 */
export function codequality(report: Report, options: FormatOptions): string {
  const entries = [
    ...report.problems.map((problem) => ofProblem(problem, options)),
    ...report.findings.filter(({ status }) => status !== "fixed").map((finding) => ofFinding(finding, options)),
  ];
  return `${printJson(withDistinctFingerprints(entries).map(issue))}\n`;
}

interface Entry {
  readonly check: string;
  readonly fingerprint: string;
  readonly severity: "info" | "minor" | "major" | "critical" | "blocker";
  readonly description: string;
  readonly path: string;
  readonly line: number;
}

function ofProblem(problem: ReportedProblem, { blocks }: FormatOptions): Entry {
  const { stage, path = CONFIGURATION, line = 1, message } = problem;
  return {
    check: `problem/${stage}`,
    fingerprint: `problem/${stage}:${path}:${message}`,
    severity: isWaived(problem) ? "info" : blocks(problem) ? "blocker" : "major",
    description: [message, ...(problem.waiver === undefined ? [] : [waiverNote(problem.waiver)])].join("; "),
    path,
    line,
  };
}

function ofFinding(finding: Finding, { blocks }: FormatOptions): Entry {
  const circumstances = circumstancesOf(finding);
  return {
    check: finding.policy,
    fingerprint: finding.fingerprint,
    severity: isWaived(finding)
      ? "info"
      : blocks(finding)
        ? "critical"
        : ({ deny: "major", warn: "minor", info: "info" } as const)[finding.level],
    description: [`${subjectOf(finding)}: ${finding.message}`, ...circumstances].join("; "),
    path: finding.location.path,
    line: finding.location.line,
  };
}

/** GitLab shows one of several entries with the same fingerprint: the second and later ones get a number. */
function withDistinctFingerprints(entries: readonly Entry[]): readonly Entry[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const count = (seen.get(entry.fingerprint) ?? 0) + 1;
    seen.set(entry.fingerprint, count);
    return count === 1 ? entry : { ...entry, fingerprint: `${entry.fingerprint}:${count}` };
  });
}

function issue({ check, fingerprint, severity, description, path, line }: Entry): Json {
  return {
    description: inertLines(description).join(" "),
    check_name: check,
    fingerprint,
    severity,
    location: { path, lines: { begin: line } },
  };
}
