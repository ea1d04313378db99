import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import type { CheckRequest } from "../check-request.ts";
import { draftFixes, placeOf, readOriginals, type Fixable, type Texts } from "./draft-fixes.ts";
import { confirmFixes, fixablesOf } from "./fix-findings.ts";

/** Lines with a suggestion in one report, and judgements that confirming them may take. */
const MOST_SUGGESTIONS = 20;
const MOST_JUDGEMENTS = 6;

/**
 * The report with a suggestion at each finding whose fix replaces exactly its line and is confirmed by judging the tree with
 * it. The findings of one line share one suggestion.
 */
export async function suggestFixes(request: CheckRequest, report: Report): Promise<Report> {
  const fixables = fixablesOf(request, report).filter(
    ({ finding }) => finding.level !== "info" && finding.related === undefined,
  );
  if (fixables.length === 0) return report;
  const introduced = fixables.toSorted((one, other) => rank(one.finding) - rank(other.finding));
  const originals = await readOriginals(
    request.after,
    introduced.map(({ finding }) => placeOf(finding).path),
  );
  const groups = linesOf(introduced)
    .flatMap((group) => (suggestionFor(group, originals) === undefined ? [] : [group]))
    .slice(0, MOST_SUGGESTIONS);
  const { accepted } = await confirmFixes(groups.flat(), request, report, {
    originals,
    beside: true,
    most: MOST_JUDGEMENTS,
  });
  const suggestions = new Map<Finding, readonly string[]>();
  for (const group of linesOf(accepted)) {
    const suggestion = suggestionFor(group, originals);
    if (suggestion !== undefined) for (const { finding } of group) suggestions.set(finding, suggestion);
  }
  const findings = report.findings.map((finding) => {
    const suggestion = suggestions.get(finding);
    return suggestion === undefined ? finding : { ...finding, suggestion };
  });
  return { ...report, findings };
}

function rank({ status, level }: Finding): number {
  return (status === "introduced" ? 0 : 2) + (level === "deny" ? 0 : 1);
}

function linesOf(fixables: readonly Fixable[]): readonly (readonly Fixable[])[] {
  const lines = new Map<string, Fixable[]>();
  for (const fixable of fixables) {
    const { path, line } = placeOf(fixable.finding);
    const key = JSON.stringify([path, line]);
    lines.set(key, [...(lines.get(key) ?? []), fixable]);
  }
  return [...lines.values()];
}

/** What takes the place of the line of these findings; undefined where their fixes also change other lines. */
function suggestionFor(group: readonly Fixable[], originals: Texts): readonly string[] | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const { path, line } = placeOf(first.finding);
  const before = originals.get(path)?.split("\n");
  const after = draftFixes(group, originals, true).texts.get(path)?.split("\n");
  if (before === undefined || after === undefined) return undefined;
  const end = after.length - (before.length - line);
  const isElsewhere = (text: string, at: number): boolean =>
    text !== after[at < line - 1 ? at : end + at - line] && at !== line - 1;
  if (end < line || before.some(isElsewhere)) return undefined;
  return after.slice(line - 1, end).map((text) => text.replace(/\r$/, ""));
}
