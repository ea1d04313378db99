import type { Location } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import { hunksAfter, lineMap, type LineMap, type LineRange } from "./hunks.ts";
import type { Mirror } from "./mirror.ts";

const DIFF = ["-c", "core.quotePath=false", "diff", "--no-prefix", "--no-color", "--no-ext-diff", "--no-textconv"];
const AS_IS: LineMap = (_, line) => ({ line, exact: true });

/** Maps lines of the judged tree to lines of the head, which is what GitHub shows. */
export async function linesOfHead(
  mirror: Pick<Mirror, "read">,
  after: string,
  head: string,
  report: Report,
): Promise<LineMap> {
  if (after === head) return AS_IS;
  const paths = new Set([
    ...report.findings.filter((finding) => finding.status !== "fixed").map((finding) => finding.location.path),
    ...report.problems.flatMap((problem) => problem.path ?? []),
  ]);
  if (paths.size === 0) return AS_IS;
  // More paths than an argument list holds: the whole difference is as good.
  const which = paths.size > 500 ? [] : ["--", ...paths];
  return lineMap(await mirror.read([...DIFF, "-U0", "--no-renames", after, head, ...which]));
}

/** The report with every line as it is numbered in the head. */
export function onHead(report: Report, lines: LineMap): Report {
  const place = (location: Location): Location => {
    const line = lines(location.path, location.line).line;
    const { endLine, ...rest } = location;
    return { ...rest, line, ...(endLine === undefined ? {} : { endLine: line + (endLine - location.line) }) };
  };
  return {
    ...report,
    findings: report.findings.map((finding) =>
      finding.status === "fixed" ? finding : { ...finding, location: place(finding.location) },
    ),
    problems: report.problems.map((problem) =>
      problem.path === undefined || problem.line === undefined
        ? problem
        : { ...problem, line: lines(problem.path, problem.line).line },
    ),
  };
}

/**
 * The line ranges that GitHub shows in the diff of a pull request, by path. Renames are detected as GitHub detects
 * them.
 */
export async function shownLines(
  mirror: Pick<Mirror, "read">,
  mergeBase: string,
  head: string,
): Promise<ReadonlyMap<string, readonly LineRange[]>> {
  return hunksAfter(await mirror.read([...DIFF, "-U3", "-M", mergeBase, head]));
}
