import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import type { FormatOptions } from "./format.ts";
import { inert, inertLines } from "./inert-text.ts";
import { circumstancesOf } from "./landing.ts";
import { unwaived } from "./waivers.ts";
import { count, judgedBy, placeOf, subjectOf, unseenCount, verdictSentence, worstFirst } from "./wording.ts";

type Command = "error" | "warning" | "notice";

/** GitHub shows so many annotations of each kind for one step and silently drops the others. */
const SHOWN_PER_KIND = 10;

/** Workflow commands that GitHub Actions turns into annotations; whatever exceeds its limit follows as plain log lines. */
export function github(all: Report, options: FormatOptions): string {
  const report = unwaived(all);
  const standing = report.findings.filter((f) => f.status === "introduced" || options.blocks(f));
  const entries = [
    ...report.problems.map((problem) => ({
      kind: options.blocks(problem) ? ("error" as const) : ("notice" as const),
      place: problem,
      title: `${problem.status === "existing" ? "existing " : ""}problem (${problem.stage})`,
      message: problem.message,
    })),
    ...worstFirst(standing, options.blocks).map((finding) => ({
      kind: kindOf(report, finding, options),
      place: finding.location,
      title: finding.policy,
      message: [
        `${subjectOf(finding)}: ${finding.message}`,
        ...(circumstancesOf(finding).length === 0 ? [] : [circumstancesOf(finding).join("; ")]),
        ...(finding.docs === undefined ? [] : [finding.docs]),
      ].join("\n"),
    })),
  ];
  const used = { error: 0, warning: 0, notice: 0 };
  const shown: string[] = [];
  const cut: string[] = [];
  for (const { kind, place, title, message } of entries) {
    used[kind] += 1;
    if (used[kind] <= SHOWN_PER_KIND) shown.push(annotation(kind, place, title, message));
    else cut.push(plain(`${kind} ${placeOf(place)} ${title}: ${message}`));
  }
  const { existing, fixed, waived } = report.counts;
  const unseen = unseenCount(report);
  return `${[
    ...shown,
    ...(cut.length === 0
      ? []
      : [
          `${count(cut.length, "more annotation")} than GitHub shows (${SHOWN_PER_KIND} of a kind for each step):`,
          ...cut,
        ]),
    plain(
      `${verdictSentence(report, options.blocks)}. ${judgedBy(report)}, ${existing} existing, ${fixed} fixed${waived === 0 ? "" : `, ${waived} waived`}, ${report.skipped.length} skipped${unseen === undefined ? "" : `, ${unseen}`}.`,
    ),
  ].join("\n")}\n`;
}

function kindOf(report: Report, finding: Finding, options: FormatOptions): Command {
  if (options.blocks(finding)) return report.mode === "report" ? "warning" : "error";
  return finding.level === "info" ? "notice" : "warning";
}

/** A workflow command that GitHub Actions turns into an annotation. */
export function annotation(
  kind: Command,
  place: { readonly path?: string; readonly line?: number; readonly column?: number },
  title: string,
  message: string,
): string {
  const properties = [
    ...(place.path === undefined ? [] : [`file=${property(place.path)}`]),
    ...(place.path === undefined || place.line === undefined ? [] : [`line=${place.line}`]),
    ...(place.path === undefined || place.column === undefined ? [] : [`col=${place.column}`]),
    `title=${property(title)}`,
  ];
  return `::${kind} ${properties.join(",")}::${data(message)}`;
}

function data(text: string): string {
  return inertLines(text).join("\n").replaceAll("%", "%25").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(inert(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** A log line in which the runner finds no command: neither `::` at its start nor the older `##[` anywhere. */
function plain(text: string): string {
  return inert(text).replace(/^(\s*)::/, "$1: :");
}
