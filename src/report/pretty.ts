import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import type { FormatOptions } from "./format.ts";
import { inert, inertLines } from "./inert-text.ts";
import { changesBlock, diffBlocks, gapsBlocks, matrixBlock, unknownKindsBlock } from "./pretty-desired-state.ts";
import { findingBlocks } from "./pretty-findings.ts";
import { pageFor, type Block, type Page } from "./pretty-page.ts";
import { policiesBlock, summary } from "./pretty-summary.ts";
import { isWaived, unwaived, waiverLines, waiverNote } from "./waivers.ts";
import { count, groupedProblems, placeOf, skippedByReason, subjectOf } from "./wording.ts";

/** The report as a good compiler would print it: what blocks first, each line of the source once with its findings, the verdict last. */
export function pretty(all: Report, options: FormatOptions): string {
  const page = pageFor(options);
  const report = options.showAll ? all : unwaived(all);
  const by = (status: Finding["status"]) => report.findings.filter((finding) => finding.status === status);
  const folded = options.showAll ? [] : by("existing").filter((finding) => !options.blocks(finding));
  const shown = report.findings.filter((finding) => finding.status !== "fixed" && !folded.includes(finding));
  const problems = groupedProblems(report.problems);
  const problemsThat = (block: boolean) => problems.filter(([problem]) => options.blocks(problem) === block);
  const blocks = [
    ...problemsThat(true).map((problem) => problemBlock(problem, options, page)),
    ...findingBlocks(report, shown, options, page),
    ...fixedBlock(by("fixed"), page),
    ...problemsThat(false).map((problem) => problemBlock(problem, options, page)),
    ...skippedBlock("not judged", skippedByReason(report, { touched: false }), options, page, page.paint.dim),
    ...skippedBlock(
      "not judged, though this change touches it",
      skippedByReason(report, { touched: true }),
      options,
      page,
      page.paint.yellow,
    ),
    ...gapsBlocks(report, options.showAll, page),
    ...waiversBlock(all, options, page),
    ...unknownKindsBlock(report, page),
    ...matrixBlock(report, page),
    ...diffBlocks(report, page.paint),
    ...changesBlock(report, page),
    ...policiesBlock(report, shown, options, page),
    summary(report, folded.length, options, page),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function fixedBlock(fixed: readonly Finding[], { paint, lines }: Page): readonly Block[] {
  if (fixed.length === 0) return [];
  return [
    [
      paint.green(`fixed by this change: ${count(fixed.length, "finding")}`),
      ...fixed.flatMap((f) =>
        lines(`  - ${inert(f.policy)}: ${inert(subjectOf(f))} in ${inert(f.location.path)}`, "    "),
      ),
    ],
  ];
}

function problemBlock(
  problems: readonly [ReportedProblem, ...ReportedProblem[]],
  options: FormatOptions,
  { paint, lines }: Page,
): Block {
  const [problem] = problems;
  const old = isWaived(problem)
    ? " (waived: does not block)"
    : problem.status === "introduced"
      ? ""
      : options.blocks(problem)
        ? " (existing)"
        : " (existing: does not block)";
  const [message = "", ...more] = inertLines(problem.message);
  const name = `problem[${problem.stage}]`;
  const [head = "", ...rest] = lines(`${name}: ${message}${old}`, "  ");
  const notes = problems.flatMap(({ waiver }) => (waiver === undefined ? [] : [inert(waiverNote(waiver))]));
  const text = [
    `${paint.bold(paint.magenta("problem"))}${paint.magenta(name.slice(7))}${paint.bold(head.slice(name.length))}`,
    ...rest.map((line) => paint.bold(line)),
    ...more.map((line) => `  ${paint.blue("|")} ${line}`),
  ];
  text.push(...new Set(notes.map((note) => `  ${paint.blue("=")} ${note}`)));
  const places = problems.map(placeOf).filter((place) => place !== "");
  const listed = options.showAll ? places : places.slice(0, LISTED_PATHS);
  text.push(...listed.map((place) => `  ${paint.blue("-->")} ${inert(place)}`));
  if (listed.length < places.length)
    text.push(`  ${paint.blue("-->")} and ${places.length - listed.length} more places`);
  return options.showAll || options.blocks(problem) ? text : text.map((line) => paint.dim(line));
}

/** The waivers that a person should look at, and how much the others cover. */
function waiversBlock(report: Report, { showAll }: FormatOptions, { paint, lines }: Page): readonly Block[] {
  const { notable, inForce } = waiverLines(report);
  const shown = showAll ? [...notable, ...inForce] : notable;
  const { waived } = report.counts;
  const hint = inForce.length > 0 && !showAll ? " (--show-all lists them)" : "";
  if (notable.length + inForce.length === 0) return [];
  return [[paint.bold(`waived: ${waived}${hint}`), ...shown.flatMap((line) => lines(`  - ${inert(line)}`, "    "))]];
}

const LISTED_PATHS = 3;

function skippedBlock(
  heading: string,
  groups: ReturnType<typeof skippedByReason>,
  options: FormatOptions,
  { lines }: Page,
  colour: (text: string) => string,
): readonly Block[] {
  if (groups.length === 0) return [];
  const all = groups.reduce((sum, { paths }) => sum + paths.length, 0);
  return [
    [
      colour(`${heading}: ${count(all, "file or document", "files or documents")}`),
      ...groups.flatMap(({ reason, paths }) => {
        const listed = options.showAll ? paths : paths.slice(0, LISTED_PATHS);
        const rest = paths.length - listed.length;
        const names = `${listed.map(inert).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
        return lines(`  ${String(paths.length).padStart(4)}  ${inert(reason)}: ${names}`, " ".repeat(8), colour);
      }),
    ],
  ];
}
