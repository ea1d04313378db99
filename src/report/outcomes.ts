import type { Blocks } from "./format.ts";
import type { Finding, ReportedProblem } from "../model/finding.ts";
import { untoldGaps } from "./wording.ts";
import type { CheckedFile, Report, Skipped } from "../model/report.ts";

/**
 * One test case of a test-like format: each finding, problem and skipped file, and each judged file without a finding.
 */
export type Outcome =
  | { readonly kind: "finding"; readonly path: string; readonly finding: Finding; readonly blocks: boolean }
  | { readonly kind: "problem"; readonly path: string; readonly problem: ReportedProblem; readonly blocks: boolean }
  | { readonly kind: "skipped"; readonly path: string; readonly skipped: Skipped }
  | { readonly kind: "clean"; readonly path: string; readonly file: CheckedFile };

/** All outcomes of a report, sorted by path; fixed findings are no longer there and so have none. */
export function outcomesOf(report: Report, blocks: Blocks): readonly Outcome[] {
  const findings = report.findings.filter((finding) => finding.status !== "fixed");
  const touched = new Set(findings.map((finding) => finding.location.path));
  const outcomes: Outcome[] = [
    ...findings.map(
      (finding) =>
        ({
          kind: "finding",
          path: finding.location.path,
          finding,
          blocks: report.mode === "enforce" && blocks(finding),
        }) as const,
    ),
    ...report.problems.map(
      (problem) => ({ kind: "problem", path: problem.path ?? "(run)", problem, blocks: blocks(problem) }) as const,
    ),
    ...report.skipped.map((skipped) => ({ kind: "skipped", path: skipped.path, skipped }) as const),
    ...untoldGaps(report).map((gap) => {
      const reason = `${gap.source} was not rendered: ${gap.reason}`;
      return { kind: "skipped", path: gap.path, skipped: { path: gap.path, reason } } as const;
    }),
    ...report.checked
      .filter((file) => !touched.has(file.path))
      .map((file) => ({ kind: "clean", path: file.path, file }) as const),
  ];
  return outcomes.toSorted((a, b) => (a.path === b.path ? 0 : a.path < b.path ? -1 : 1));
}
