import type { Report } from "../model/report.ts";
import { codeSpan } from "./escape-markdown.ts";
import type { FormatOptions } from "./format.ts";
import { layOut } from "./markdown-layout.ts";
import { existingLine, sectionsOf } from "./markdown-sections.ts";
import { count, scopeOf, verdictSentence } from "./wording.ts";

/**
 * The report as GitHub Markdown, for a job summary or a comment. It is complete: the caller shortens it if necessary.
 */
export function markdown(report: Report, options: FormatOptions): string {
  const mode = report.mode === "report" ? " (report only)" : "";
  const body = layOut(sectionsOf(report, options.blocks, options.showAll), Number.POSITIVE_INFINITY);
  const existing = options.showAll ? undefined : existingLine(report, options.blocks);
  const { judged, policies } = report;
  return `${[
    `## ${verdictSentence(report, options.blocks)}${mode}`,
    `${scopeOf(report)} judged by ${count(policies.count, "policy", "policies")}.`,
    ...(body === "" ? [] : [body]),
    ...(existing === undefined ? [] : [existing]),
    judged.before === undefined
      ? `Judged: ${codeSpan(judged.after)}.`
      : `Judged: ${codeSpan(judged.after)} against ${codeSpan(judged.before)} (${codeSpan(judged.how)}).`,
  ].join("\n\n")}\n`;
}
