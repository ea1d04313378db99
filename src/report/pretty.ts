import picocolors from "picocolors";
import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import type { FormatOptions } from "./format.ts";
import { inert, inertLines } from "./inert-text.ts";
import { circumstancesOf } from "./landing.ts";
import { changesBlock, diffBlocks, gapsBlocks, matrixBlock, unknownKindsBlock } from "./pretty-desired-state.ts";
import { excerptOf, isListItem } from "./source-excerpt.ts";
import {
  count,
  groupedProblems,
  isChange,
  nameOf,
  placeOf,
  scopeOf,
  skippedByReason,
  unseenCount,
  verdictSentence,
  worstFirst,
} from "./wording.ts";

type Paint = ReturnType<typeof picocolors.createColors>;

/** The report as a good compiler would print it: each finding with its line and a caret, the verdict last. */
export function pretty(report: Report, options: FormatOptions): string {
  const paint = picocolors.createColors(options.colour);
  const by = (status: Finding["status"]) => report.findings.filter((finding) => finding.status === status);
  const folded = options.showAll ? [] : by("existing").filter((finding) => !options.blocks(finding));
  const shown = report.findings.filter((finding) => finding.status !== "fixed" && !folded.includes(finding));
  const explained = new Set<string>();
  const blocks = [
    ...byPlace(worstFirst(shown, options.blocks)).map((findings) => {
      const { policy } = findings[0];
      const first = !explained.has(policy);
      explained.add(policy);
      return findingBlock(report, findings, first, options, paint);
    }),
    ...fixedBlock(by("fixed"), paint),
    ...groupedProblems(report.problems).map((problems) => problemBlock(problems, options, paint)),
    ...skippedBlock("not judged", skippedByReason(report, { touched: false }), options, paint.dim),
    ...skippedBlock(
      "not judged, though this change touches it",
      skippedByReason(report, { touched: true }),
      options,
      paint.yellow,
    ),
    ...gapsBlocks(report, options.showAll, paint),
    ...unknownKindsBlock(report, paint),
    ...matrixBlock(report, paint),
    ...diffBlocks(report, paint),
    ...changesBlock(report, paint),
    summary(report, folded.length, options, paint),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

type Findings = readonly [Finding, ...Finding[]];

/** Groups the findings of one policy at one place of one manifest. */
function byPlace(findings: readonly Finding[]): readonly Findings[] {
  const places = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const { policy, level, status, changed, manifest, location } = finding;
    const { fetched: _, ...place } = location;
    const key = JSON.stringify([policy, level, status, changed, manifest, place, circumstancesOf(finding)]);
    const known = places.get(key);
    if (known === undefined) places.set(key, [finding]);
    else known.push(finding);
  }
  return [...places.values()];
}

/** `first`: the policy was not met before in this report, so its documentation is named. */
function findingBlock(
  report: Report,
  findings: Findings,
  first: boolean,
  options: FormatOptions,
  paint: Paint,
): readonly string[] {
  const [finding] = findings;
  const colour = { deny: paint.red, warn: paint.yellow, info: paint.cyan }[finding.level];
  const name = `${paint.bold(colour(finding.level))}${colour(`[${inert(finding.policy)}]`)}`;
  const messages = findings.map(({ message }) => inertLines(message));
  const more = messages.flatMap((lines) => lines.slice(1).filter((line) => line !== ""));
  const excerpt = excerptOf(finding, options.readLine);
  const gutter = " ".repeat(String(finding.location.line).length);
  const bar = paint.blue("|");
  const lines = [
    ...messages.map(([message = ""]) => `${name}${paint.bold(`: ${message}`)}`),
    `${gutter}${paint.blue("-->")} ${inert(placeOf(finding.location))}`,
  ];
  if (excerpt !== undefined) {
    const { start, length } = excerpt.mark;
    const label = labelOf(finding);
    lines.push(
      `${gutter} ${bar}`,
      `${paint.blue(`${excerpt.line} |`)} ${excerpt.text}`,
      `${gutter} ${bar} ${" ".repeat(start)}${colour(`${"^".repeat(length)}${label === "" ? "" : ` ${label}`}`)}`,
    );
  }
  for (const note of [...more, ...notes(report, finding, first)]) lines.push(`${gutter} ${paint.blue("=")} ${note}`);
  return lines;
}

/** The meaning of the caret if it is not under the value itself. */
function labelOf(finding: Finding): string {
  const { fetched, column, precision } = finding.location;
  // Without a column it is the line of the change that brought it.
  if (fetched !== undefined && column !== undefined) return "in what this refers to";
  return isListItem(finding) ? "expected in this item" : LABELS[precision];
}

const LABELS = {
  value: "",
  parent: "expected in here",
  manifest: "somewhere in this manifest",
  source: "somewhere in this file",
} as const;

function notes(report: Report, finding: Finding, first: boolean): readonly string[] {
  const what = inert(nameOf(finding.manifest));
  const title = finding.title === undefined ? "" : `: ${inert(finding.title)}`;
  const result = [`${what}${title}`, ...circumstancesOf(finding).map(inert)];
  if (isChange(report) && finding.status === "existing") result.push("existing: it was there before this change");
  if (finding.changed === true) result.push("there was a finding here before, with another value");
  if (first && finding.description !== undefined) result.push(`help: ${inertLines(finding.description).join(" ")}`);
  if (first && finding.docs !== undefined) result.push(`see ${inert(finding.docs)}`);
  return result;
}

function fixedBlock(fixed: readonly Finding[], paint: Paint): readonly (readonly string[])[] {
  if (fixed.length === 0) return [];
  return [
    [
      paint.green(`fixed by this change: ${count(fixed.length, "finding")}`),
      ...fixed.map((f) => `  - ${inert(f.policy)}: ${inert(nameOf(f.manifest))} in ${inert(f.location.path)}`),
    ],
  ];
}

function problemBlock(
  problems: readonly [ReportedProblem, ...ReportedProblem[]],
  options: FormatOptions,
  paint: Paint,
): readonly string[] {
  const [problem] = problems;
  const old =
    problem.status === "introduced" ? "" : options.blocks(problem) ? " (existing)" : " (existing: does not block)";
  const [message = "", ...more] = inertLines(problem.message);
  const name = `${paint.bold(paint.magenta("problem"))}${paint.magenta(`[${problem.stage}]`)}`;
  const lines = [`${name}${paint.bold(`: ${message}`)}${old}`, ...more.map((line) => `  ${paint.blue("|")} ${line}`)];
  const places = problems.map(placeOf).filter((place) => place !== "");
  const listed = options.showAll ? places : places.slice(0, LISTED_PATHS);
  lines.push(...listed.map((place) => `  ${paint.blue("-->")} ${inert(place)}`));
  if (listed.length < places.length)
    lines.push(`  ${paint.blue("-->")} and ${places.length - listed.length} more places`);
  return options.showAll || options.blocks(problem) ? lines : lines.map((line) => paint.dim(line));
}

const LISTED_PATHS = 3;

function skippedBlock(
  heading: string,
  groups: ReturnType<typeof skippedByReason>,
  options: FormatOptions,
  colour: (text: string) => string,
): readonly (readonly string[])[] {
  if (groups.length === 0) return [];
  const all = groups.reduce((sum, { paths }) => sum + paths.length, 0);
  return [
    [
      colour(`${heading}: ${count(all, "file or document", "files or documents")}`),
      ...groups.map(({ reason, paths }) => {
        const listed = options.showAll ? paths : paths.slice(0, LISTED_PATHS);
        const rest = paths.length - listed.length;
        const names = `${listed.map(inert).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
        return colour(`  ${String(paths.length).padStart(4)}  ${inert(reason)}: ${names}`);
      }),
    ],
  ];
}

function summary(report: Report, folded: number, options: FormatOptions, paint: Paint): readonly string[] {
  const { counts } = report;
  const colour = {
    pass: counts.manifests === 0 ? paint.yellow : paint.green,
    warn: paint.yellow,
    fail: paint.red,
    error: paint.magenta,
  };
  const change = isChange(report)
    ? [
        `${counts.introduced} introduced`,
        `${counts.existing} existing${folded > 0 ? " (not shown: --show-all)" : ""}`,
        `${counts.fixed} fixed`,
      ]
    : [count(counts.introduced + counts.existing, "finding")];
  const facts = [
    `${scopeOf(report)} judged by ${count(report.policies.count, "policy", "policies")}`,
    ...change,
    ...(counts.waived > 0 ? [`${counts.waived} waived`] : []),
    ...(report.problems.length > 0 ? [count(report.problems.length, "problem")] : []),
    ...(report.skipped.length > 0 ? [`${report.skipped.length} skipped`] : []),
    ...[unseenCount(report) ?? []].flat(),
  ];
  const mode = report.mode === "report" ? " (report only: nothing is blocked)" : "";
  return [`${paint.bold(colour[report.verdict](verdictSentence(report, options.blocks)))}${mode}`, facts.join(" · ")];
}
