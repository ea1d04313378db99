import type { Report } from "../model/report.ts";
import { annotationsOf, type Annotation } from "./annotations.ts";
import { codeSpan, escapeMarkdown } from "./escape-markdown.ts";
import { blocksByDefault, type Blocks } from "./format.ts";
import { layOut } from "./markdown-layout.ts";
import { existingLine, sectionsOf } from "./markdown-sections.ts";
import { fitUtf8, utf8Length } from "./utf8.ts";
import { count, scopeOf, unseenCount, verdictSentence } from "./wording.ts";

/** The text and conclusion of a check run. Never `neutral` or `skipped`: both would satisfy a required check. */
export interface CheckRunBody {
  readonly conclusion: "success" | "failure";
  readonly title: string;
  readonly summary: string;
  /** At most 200, failures first; the summary says how many were left out. GitHub takes 50 a request. */
  readonly annotations: readonly Annotation[];
}

/** What the App adds to the report; each line is plain text and is escaped here. */
export interface CheckRunOptions {
  readonly blocks?: Blocks;
  /** Sentences under the verdict, e.g. which policy set is in force and why. */
  readonly notes?: readonly string[];
}

/** Bytes, which is at least as strict as GitHub's count in characters. */
const SUMMARY_LIMIT = 65_535;
const TITLE_LIMIT = 255;
const ANNOTATION_LIMIT = 200;

/** The report as the body of a check run, within all of GitHub's limits. */
export function checkRunBody(report: Report, options: CheckRunOptions = {}): CheckRunBody {
  const blocks = options.blocks ?? blocksByDefault;
  const all = annotationsOf(report, blocks);
  const annotations = all.slice(0, ANNOTATION_LIMIT);
  return {
    conclusion:
      report.mode === "report" || report.verdict === "pass" || report.verdict === "warn" ? "success" : "failure",
    title: titleOf(report, blocks),
    summary: summaryOf(report, blocks, options.notes ?? [], all.length - annotations.length),
    annotations,
  };
}

function titleOf(report: Report, blocks: Blocks): string {
  const prefix = report.mode === "report" ? "report only: " : "";
  const scope =
    report.counts.manifests === 0 && report.verdict === "pass"
      ? ""
      : ` · ${count(report.counts.manifests, "manifest")} judged`;
  const unseen = unseenCount(report);
  const rest = unseen === undefined ? "" : ` · ${unseen}`;
  return fitUtf8(`${prefix}${verdictSentence(report, blocks)}${scope}${rest}`, TITLE_LIMIT);
}

function summaryOf(report: Report, blocks: Blocks, notes: readonly string[], cutAnnotations: number): string {
  const { judged, policies, counts } = report;
  const head = [
    ...(report.mode === "report" ? ["**Report only**: findings are shown, nothing is blocked."] : []),
    ...notes.map((note) => escapeMarkdown(fitUtf8(note, 2000))),
    `${scopeOf(report)} judged by ${count(policies.count, "policy", "policies")}: ${counts.introduced} introduced, ${counts.existing} existing, ${counts.fixed} fixed${counts.waived > 0 ? `, ${counts.waived} waived` : ""}.`,
  ].join("\n\n");
  const existing = existingLine(report, blocks);
  const foot = [
    ...(existing === undefined ? [] : [existing]),
    ...(cutAnnotations > 0
      ? [`${count(cutAnnotations, "more annotation")} than the ${ANNOTATION_LIMIT} shown on the lines.`]
      : []),
    footer(judged, policies.digest, report.now),
  ].join("\n\n");
  const budget = SUMMARY_LIMIT - utf8Length(head) - utf8Length(foot) - 4;
  const body = layOut(sectionsOf(report, blocks, false), budget);
  return [head, ...(body === "" ? [] : [body]), foot].join("\n\n");
}

function footer(judged: Report["judged"], digest: string, now: string): string {
  const trees =
    judged.before === undefined
      ? codeSpan(judged.after)
      : `${codeSpan(judged.after)} against ${codeSpan(judged.before)}`;
  return `Judged ${trees} (${codeSpan(judged.how)}) by policies ${codeSpan(digest.slice(0, 12))} at ${codeSpan(now)}.`;
}
