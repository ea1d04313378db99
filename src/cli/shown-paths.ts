import type { Problem } from "../model/problem.ts";
import type { Report } from "../model/report.ts";

type Shown = (path: string) => string;

/** A problem with its path as displayed to the user. */
export function shownProblem<P extends Problem>(problem: P, shown: Shown): P {
  return problem.path === undefined ? problem : { ...problem, path: shown(problem.path) };
}

/**
 * A report whose paths in the judged tree are as displayed to the user; paths of policies, waivers and the
 * configuration already are.
 */
export function shownReport(report: Report, shown: Shown): Report {
  return {
    ...report,
    findings: report.findings.map((f) =>
      /^(?:policies|waivers)\//.test(f.policy)
        ? f
        : { ...f, location: { ...f.location, path: shown(f.location.path) } },
    ),
    problems: report.problems.map((p) => (p.stage === "compile" || p.stage === "config" ? p : shownProblem(p, shown))),
    checked: report.checked.map((file) => ({ ...file, path: shown(file.path) })),
    skipped: report.skipped.map((file) => ({ ...file, path: shown(file.path) })),
  };
}
