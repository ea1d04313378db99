import type { Report } from "../model/report.ts";
import { codeSpan } from "./escape-markdown.ts";
import type { FormatOptions } from "./format.ts";
import { layOut } from "./markdown-layout.ts";
import { partsOf } from "./markdown-sections.ts";
import { judgedBy, verdictSentence } from "./wording.ts";

/**
 * The report as GitHub Markdown, for a job summary or a comment. It is complete: the caller shortens it if necessary.
 */
export function markdown(report: Report, options: FormatOptions): string {
  const mode = report.mode === "report" ? " (report only)" : "";
  const { blocks, showAll, waive } = options;
  const body = layOut(partsOf(report, { blocks, showAll, waive }), Number.POSITIVE_INFINITY);
  const { judged } = report;
  return `${[
    `## ${verdictSentence(report, options.blocks)}${mode}`,
    `${judgedBy(report)}.`,
    ...(body === "" ? [] : [body]),
    judged.before === undefined
      ? `Judged: ${codeSpan(judged.after)}.`
      : `Judged: ${codeSpan(judged.after)} against ${codeSpan(judged.before)} (${codeSpan(judged.how)}).`,
  ].join("\n\n")}\n`;
}
