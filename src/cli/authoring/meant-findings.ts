import { readFileSync } from "node:fs";
import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import { UsageError } from "../usage-error.ts";

/** A line of a file. */
export interface NamedPlace {
  readonly path: string;
  readonly line: number;
}

/** The place that `FILE:LINE` names; undefined for any other text. */
export function placeIn(target: string): NamedPlace | undefined {
  const [, path, line] = /^(.+):(\d+)$/.exec(target) ?? [];
  return path === undefined ? undefined : { path: path.replace(/^\.\//, ""), line: Number(line) };
}

/** Whether text may be the fingerprint of a finding, or its beginning. */
export function isFingerprint(target: string): boolean {
  return /^[0-9a-f]{6,}$/.test(target);
}

/** The findings that a person means by a fingerprint or `FILE:LINE`. Throws UsageError where there is none. */
export function meantFindings(
  target: string,
  { findings }: Pick<Report, "findings">,
  others: Pick<Report, "findings">,
): readonly Finding[] {
  const place = placeIn(target);
  const meant = findings.filter((finding) => isMeant(finding, target, place));
  if (meant.length === 0) throw new UsageError(`${target}: ${noneFound(others, place)}`);
  return meant;
}

/** The findings of a report that `check -o json` wrote. */
export function readFindings(path: string): Pick<Report, "findings"> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`--report ${path}: ${(error as Error).message}`);
  }
  try {
    const report = JSON.parse(text) as Partial<Report> | null;
    if (Array.isArray(report?.findings)) return { findings: report.findings };
  } catch {
    // The message below says what is expected.
  }
  throw new UsageError(`--report ${path}: expected a report of portcullis check -o json`);
}

function isMeant(finding: Finding, target: string, place: NamedPlace | undefined): boolean {
  if (place === undefined)
    return [finding, ...(finding.reaches ?? [])].some((one) => one.fingerprint.startsWith(target));
  return finding.location.path === place.path && finding.location.line === place.line;
}

/** Why nothing is found, with the lines of the file that have findings. */
function noneFound({ findings }: Pick<Report, "findings">, place: NamedPlace | undefined): string {
  if (place === undefined) return "no finding has this fingerprint: `check -o json` lists them";
  const lines = findings.filter(({ location }) => location.path === place.path).map(({ location }) => location.line);
  const where =
    lines.length === 0
      ? "the file has none"
      : `the file has some at ${[...new Set(lines)].toSorted((a, b) => a - b).join(", ")}`;
  return `there is no finding at this line: ${where}. To see why a policy finds nothing: portcullis explain POLICY ${place.path}`;
}
