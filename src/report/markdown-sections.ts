import type { Blocks } from "./format.ts";
import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { codeSpan, docsLink, escapeMarkdown } from "./escape-markdown.ts";
import { circumstancesOf } from "./landing.ts";
import type { Section } from "./markdown-layout.ts";
import { changesSection, remoteChangesSection, staleSection } from "./markdown-changes.ts";
import { matrixSection } from "./markdown-matrix.ts";
import { fitUtf8 } from "./utf8.ts";
import {
  count,
  gapsByReason,
  groupedProblems,
  isChange,
  nameOf,
  placeOf,
  skippedByReason,
  worstFirst,
} from "./wording.ts";

const LONGEST_TEXT = 1000;
const LISTED_PLACES = 3;

/**
 * The sections of a report, what blocks first. Of what a change did not touch, findings are a count at the end, and what
 * could not be judged is collapsed: it is in the report of every change.
 */
export function sectionsOf(report: Report, blocks: Blocks, showAll: boolean): readonly Section[] {
  const blocking = report.findings.filter(blocks);
  const others = report.findings.filter((f) => !blocks(f) && f.status === "introduced");
  const existing = report.findings.filter((f) => !blocks(f) && f.status === "existing");
  const fixed = report.findings.filter((f) => f.status === "fixed");
  const isOld = (problem: ReportedProblem): boolean => isChange(report) && !blocks(problem);
  const [problems, oldProblems] = [report.problems.filter((one) => !isOld(one)), report.problems.filter(isOld)];
  const gaps = gapsByReason(report, { touched: false });
  const notRendered = gaps.reduce((sum, { sources }) => sum + sources.length, 0);
  const untouched = (section: Section, total: number): Section =>
    isChange(report)
      ? { ...section, heading: `${section.heading}, as before this change: ${total}`, collapsed: true }
      : section;
  const sections: Section[] = [
    findingsTable(blockingHeading(report), blocking),
    problemsTable("Could not be judged", problems, blocks),
    skippedTable("Not judged, though this change touches it", skippedByReason(report, { touched: true })),
    gapsTable("Not rendered, though this change touches it", gapsByReason(report, { touched: true })),
    matrixSection(report),
    findingsTable("Does not block", worstFirst(others, blocks)),
    ...(showAll ? [findingsTable("Existing: there before this change", existing)] : []),
    {
      heading: "Fixed by this change",
      intro: [],
      items: fixed.map(
        (f) => `- ${codeSpan(f.policy)} ${codeSpan(nameOf(f.manifest))} in ${codeSpan(placeOf(f.location))}`,
      ),
      one: "fixed finding",
    },
    staleSection(report),
    remoteChangesSection(report),
    changesSection(report),
    untouched(problemsTable("Could not be judged", oldProblems, blocks), oldProblems.length),
    untouched(gapsTable("Not rendered", gaps), notRendered),
    unknownKindsTable(report),
    skippedTable("Not judged", skippedByReason(report, { touched: false })),
  ];
  return sections.filter((section) => section.items.length > 0);
}

function skippedTable(heading: string, groups: ReturnType<typeof skippedByReason>): Section {
  return {
    heading,
    intro: ["| reason | files | for example |", "|---|---|---|"],
    items: groups.map(
      ({ reason, paths }) => `| ${prose(reason)} | ${paths.length} | ${paths.slice(0, 3).map(code).join(", ")} |`,
    ),
    one: "reason",
  };
}

function gapsTable(heading: string, groups: ReturnType<typeof gapsByReason>): Section {
  return {
    heading,
    intro: ["| reason | sources | for example |", "|---|---|---|"],
    items: groups.map(
      ({ reason, sources }) => `| ${prose(reason)} | ${sources.length} | ${sources.slice(0, 3).map(code).join(", ")} |`,
    ),
    one: "reason",
  };
}

function unknownKindsTable({ unknownKinds = [] }: Report): Section {
  return {
    heading: "Kinds without a schema",
    intro: [],
    items: unknownKinds.map(({ kind, manifests }) => `- ${code(kind)}: ${count(manifests, "manifest")}`),
    one: "kind",
    collapsed: true,
  };
}

/** A sentence about existing findings: how many there are, and that they do not block. */
export function existingLine(report: Report, blocks: Blocks): string | undefined {
  const existing = report.findings.filter((f) => f.status === "existing" && !blocks(f)).length;
  if (existing === 0 || !isChange(report)) return undefined;
  return `${count(existing, "existing finding")} ${existing === 1 ? "is" : "are"} not listed and ${existing === 1 ? "does" : "do"} not block.`;
}

function blockingHeading(report: Report): string {
  return report.mode === "report" ? "Would block" : "Blocks";
}

function findingsTable(heading: string, findings: readonly Finding[]): Section {
  return {
    heading,
    intro: ["| | where | what | policy |", "|---|---|---|---|"],
    items: findings.map((f) => `| ${f.level} | ${code(lineOf(f.location))} | ${what(f)} | ${policyCell(f)} |`),
    one: "finding",
  };
}

function what(finding: Finding): string {
  const changed = finding.changed === true ? " (there was a finding here before, with another value)" : "";
  const circumstances = circumstancesOf(finding).map((text) => `<br>${prose(text)}`);
  return `${code(nameOf(finding.manifest))} ${prose(finding.message)}${changed}${circumstances.join("")}`;
}

function policyCell(finding: Finding): string {
  const title = finding.title === undefined ? "" : ` ${prose(finding.title)}`;
  const docs = finding.docs === undefined ? "" : ` ${docsLink("how to fix", finding.docs)}`;
  return `${code(finding.policy)}${title}${docs}`;
}

function problemsTable(heading: string, found: readonly ReportedProblem[], blocks: Blocks): Section {
  return {
    heading,
    intro: ["| | where | what |", "|---|---|---|"],
    items: groupedProblems(found).map((problems) => {
      const [problem] = problems;
      const standing = blocks(problem) ? problem.stage : `${problem.stage}, existing: does not block`;
      const places = problems.slice(0, LISTED_PLACES).map((one) => code(lineOf(one)));
      const more = problems.length > LISTED_PLACES ? ` and ${problems.length - LISTED_PLACES} more` : "";
      return `| ${standing} | ${places.join(", ")}${more} | ${prose(problem.message)} |`;
    }),
    one: "problem",
  };
}

/** `path:line`: a column is of no use in a summary. */
function lineOf({ path, line }: { readonly path?: string; readonly line?: number }): string {
  return path === undefined ? "" : line === undefined ? path : `${path}:${line}`;
}

function prose(text: string): string {
  return escapeMarkdown(fitUtf8(text, LONGEST_TEXT));
}

function code(text: string): string {
  return codeSpan(fitUtf8(text, LONGEST_TEXT));
}
