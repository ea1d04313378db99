import type { Impact } from "../model/impact.ts";
import type { Report } from "../model/report.ts";
import { annotationsOf, type Annotation } from "./annotations.ts";
import { checkTitle } from "./check-title.ts";
import { codeBlock, codeSpan, escapeMarkdown } from "./escape-markdown.ts";
import { blocksByDefault, type Blocks, type LinkTo, type WaiveCommand } from "./format.ts";
import { layOut } from "./markdown-layout.ts";
import { partsOf } from "./markdown-sections.ts";
import { fitUtf8, utf8Length } from "./utf8.ts";
import { count, judgedBy } from "./wording.ts";

/** The text and conclusion of a check run. Never `neutral` or `skipped`: both would satisfy a required check. */
export interface CheckRunBody {
  readonly conclusion: "success" | "failure";
  readonly title: string;
  readonly summary: string;
  /** At most 200, failures first; the summary says how many were left out. GitHub takes 50 a request. */
  readonly annotations: readonly Annotation[];
}

/** What the App adds to the report; all of it is plain text and is escaped here. */
export interface CheckRunOptions {
  readonly blocks?: Blocks;
  /** Sentences under what blocks, e.g. which policy set is in force and why. */
  readonly notes?: readonly string[];
  /** What proposed rules would find otherwise in the whole tree. */
  readonly impact?: Impact;
  readonly linkTo?: LinkTo;
  /** The command line that writes a waiver for a finding. */
  readonly waive?: WaiveCommand;
  /** The command line that judges the same change in a checkout of it. */
  readonly repeat?: string;
}

/** Bytes, which is at least as strict as GitHub's count in characters. */
const SUMMARY_LIMIT = 65_535;
const TITLE_LIMIT = 255;
const ANNOTATION_LIMIT = 200;
const LONGEST_NOTE = 2_000;
const ID_LENGTH = 12;

/** The report as the body of a check run, within all of GitHub's limits. */
export function checkRunBody(report: Report, options: CheckRunOptions = {}): CheckRunBody {
  const blocks = options.blocks ?? blocksByDefault;
  const all = annotationsOf(report, blocks);
  const annotations = all.slice(0, ANNOTATION_LIMIT);
  return {
    conclusion:
      report.mode === "report" || report.verdict === "pass" || report.verdict === "warn" ? "success" : "failure",
    title: fitUtf8(checkTitle(report, blocks), TITLE_LIMIT),
    summary: summaryOf(report, { ...options, blocks }, all.length - annotations.length),
    annotations,
  };
}

function summaryOf(
  report: Report,
  { blocks, impact, linkTo, notes = [], repeat, waive }: CheckRunOptions & { readonly blocks: Blocks },
  cutAnnotations: number,
): string {
  const head = report.mode === "report" ? ["**Report only**: findings are shown, nothing is blocked."] : [];
  const foot = [
    ...(cutAnnotations > 0
      ? [`${count(cutAnnotations, "more annotation")} than the ${ANNOTATION_LIMIT} shown on the lines.`]
      : []),
    // A command that is cut is another one.
    ...(repeat === undefined || utf8Length(repeat) > LONGEST_NOTE
      ? []
      : [`To see the same in a checkout of this branch:\n\n${codeBlock("sh", [repeat])}`]),
    footer(report),
  ];
  const budget = SUMMARY_LIMIT - utf8Length([...head, ...foot].join("\n\n")) - 4;
  const escaped = notes.map((note) => escapeMarkdown(fitUtf8(note, LONGEST_NOTE)));
  const body = layOut(partsOf(report, { blocks, showAll: false, linkTo, waive, notes: escaped, impact }), budget);
  return [...head, ...(body === "" ? [] : [body]), ...foot].join("\n\n");
}

function footer(report: Report): string {
  const { counts, judged, now, policies } = report;
  const found = [
    `${counts.introduced} introduced`,
    `${counts.existing} existing`,
    `${counts.fixed} fixed`,
    ...(counts.waived > 0 ? [`${counts.waived} waived`] : []),
  ].join(", ");
  const against = judged.before === undefined ? "" : ` against ${id(judged.before)}`;
  return [
    `${judgedBy(report)}: ${found}.`,
    `Judged ${id(judged.after)}${against} (${codeSpan(judged.how)}) by policies ${id(policies.digest)} at ${codeSpan(now)}.`,
  ].join("<br>");
}

function id(text: string): string {
  return codeSpan(text.slice(0, ID_LENGTH));
}
