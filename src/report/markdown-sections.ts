import type { Blocks, LinkTo, WaiveCommand } from "./format.ts";
import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { Impact } from "../model/impact.ts";
import type { Report } from "../model/report.ts";
import type { UsedWaiver } from "../model/waiver.ts";
import { codeSpan, escapeProse } from "./escape-markdown.ts";
import { impactPart } from "./impact/markdown-impact.ts";
import { changesSection, remoteChangesSection, staleSection } from "./markdown-changes.ts";
import { byPolicy, placeLink, policyLines } from "./markdown-findings.ts";
import { groupsPart } from "./markdown-groups.ts";
import { sectionPart, type Part, type Section } from "./markdown-layout.ts";
import { matrixSection } from "./markdown-matrix.ts";
import { restoresSentences } from "./restores.ts";
import { fitUtf8, utf8Length } from "./utf8.ts";
import { isWaived, unwaived, waiverLines, waiverNote } from "./waivers.ts";
import {
  count,
  gapsByReason,
  groupedProblems,
  isChange,
  placeOf,
  skippedByReason,
  subjectOf,
  worstFirst,
} from "./wording.ts";

const LONGEST_TEXT = 1000;
const LISTED_PLACES = 3;

/** The number of findings that are visible at once; the others are folded. */
const OPEN_ROWS = 20;
const POLICIES = { one: "policy", many: "policies" } as const;

/** What the sections of a report are made with. */
export interface SectionOptions {
  readonly blocks: Blocks;
  /** Existing findings are listed in full instead of by policy. */
  readonly showAll: boolean;
  readonly linkTo?: LinkTo | undefined;
  readonly waive?: WaiveCommand | undefined;
  /** Paragraphs of Markdown that come right after what blocks. */
  readonly notes?: readonly string[];
  /** Comes after the notes. */
  readonly impact?: Impact | undefined;
}

/**
 * The parts of a report: what blocks, then what people must look at themselves, then, folded, all else. Of what a change
 * did not touch, findings are told by policy, and what could not be judged is folded too: it is in the report of every change.
 */
export function partsOf(all: Report, options: SectionOptions): readonly Part[] {
  const { blocks, impact, linkTo, waive, showAll, notes = [] } = options;
  const report = unwaived(all);
  const { blocking, others, existing, fixed } = sortedOut(report, blocks);
  const isOld = (problem: ReportedProblem): boolean => isChange(report) && !blocks(problem);
  const [problems, oldProblems] = [report.problems.filter((one) => !isOld(one)), report.problems.filter(isOld)];
  const gaps = gapsByReason(report, { touched: false });
  const notRendered = gaps.reduce((sum, { sources }) => sum + sources.length, 0);
  const skipped = skippedByReason(report, { touched: false });
  const untouched = isChange(report) ? ", as before this change" : "";
  const lookedAt: readonly Section[] = [
    skippedList("Not judged, though this change touches it", skippedByReason(report, { touched: true })),
    gapList("Not rendered, though this change touches it", gapsByReason(report, { touched: true })),
    staleSection(report),
    remoteChangesSection(report),
    waiverList("Waivers", waiverLines(all).notable),
  ];
  const behind: readonly Section[] = [
    collapsed(matrixSection(report), "Findings in each environment"),
    collapsed(problemList("", oldProblems, options), `Could not be judged${untouched}: ${oldProblems.length}`),
    collapsed(waivedList(all), `Waived: ${all.counts.waived}`),
    fixedList(fixed),
    changesSection(report),
    ...(showAll ? [] : [existingList(existing, linkTo)]),
    collapsed(gapList("", gaps), `Not rendered${untouched}: ${count(notRendered, "source")}`),
    unknownKindsList(report),
    collapsed(
      skippedList("", skipped),
      `Not judged: ${count(
        skipped.reduce((sum, { paths }) => sum + paths.length, 0),
        "file",
      )}`,
    ),
  ];
  const restored = restoresSentences(all, codeSpan).join(" ");
  return [
    ...(restored === "" ? [] : [(budget: number) => (utf8Length(restored) > budget ? "" : restored)]),
    ...present([{ ...problemList("Could not be judged", problems, options), intro: introOf(problems, blocks) }]),
    ...findingParts(blocking, report.mode === "report" ? "Would block" : "Blocks", linkTo, waive),
    ...notes.map(
      (note): Part =>
        (budget) =>
          utf8Length(note) > budget ? "" : note,
    ),
    ...(impact === undefined || impact.entries.length === 0 ? [] : [impactPart(impact)]),
    ...present(lookedAt),
    ...warningParts(others, blocking.length + problems.length > 0, linkTo),
    ...(showAll ? findingParts(existing, "Existing: there before this change", linkTo) : []),
    ...present(behind),
  ];
}

function introOf(problems: readonly ReportedProblem[], blocks: Blocks): readonly string[] {
  return problems.some(blocks) ? ["What cannot be judged blocks.", ""] : [];
}

function present(sections: readonly Section[]): readonly Part[] {
  return sections.filter(({ items }) => items.length > 0).map(sectionPart);
}

/** Findings by what a reader does about them. */
function sortedOut(
  { findings }: Report,
  blocks: Blocks,
): { readonly [group in "blocking" | "others" | "existing" | "fixed"]: readonly Finding[] } {
  return {
    blocking: findings.filter(blocks),
    others: worstFirst(
      findings.filter((f) => !blocks(f) && f.status === "introduced"),
      blocks,
    ),
    existing: findings.filter((f) => !blocks(f) && f.status === "existing"),
    fixed: findings.filter((f) => f.status === "fixed"),
  };
}

function findingParts(
  findings: readonly Finding[],
  heading: string,
  linkTo: LinkTo | undefined,
  waive?: WaiveCommand,
): readonly Part[] {
  if (findings.length === 0) return [];
  const groups = byPolicy(findings, linkTo, waive);
  return [groupsPart({ heading, groups, one: "finding", oneGroup: POLICIES, open: OPEN_ROWS })];
}

/** Where something blocks, what does not is folded. */
function warningParts(findings: readonly Finding[], isFolded: boolean, linkTo: LinkTo | undefined): readonly Part[] {
  if (!isFolded) return findingParts(findings, "Does not block", linkTo);
  if (findings.length === 0) return [];
  return [
    groupsPart({
      heading: `${count(findings.length, "finding")} that ${findings.length === 1 ? "does" : "do"} not block`,
      groups: byPolicy(findings, linkTo),
      one: "finding",
      oneGroup: POLICIES,
      open: Number.POSITIVE_INFINITY,
      collapsed: true,
    }),
  ];
}

function collapsed(section: Section, heading: string): Section {
  return { ...section, heading, collapsed: true };
}

function waiverList(heading: string, lines: readonly string[]): Section {
  return { heading, intro: [], items: lines.map((line) => `- ${prose(line)}`), one: "waiver" };
}

/** What waivers cover, each with its waiver. */
function waivedList({ findings, problems, gaps }: Report): Section {
  const item = (place: string, what: string, { waiver }: { readonly waiver?: UsedWaiver }): string =>
    `- ${place}: ${prose(what)}${waiver === undefined ? "" : `<br>${prose(waiverNote(waiver))}`}`;
  return {
    heading: "",
    intro: [],
    items: [
      ...findings
        .filter(isWaived)
        .map((one) =>
          item(`${code(placeOf(one.location))} ${code(one.policy)} ${code(subjectOf(one))}`, one.message, one),
        ),
      ...problems.filter(isWaived).map((one) => item(`${code(placeOf(one))} ${one.stage}`, one.message, one)),
      ...gaps.filter(isWaived).map((one) => item(`${code(placeOf(one))} ${code(one.source)}`, one.reason, one)),
    ],
    one: "waived finding",
  };
}

function fixedList(fixed: readonly Finding[]): Section {
  return {
    heading: `Fixed by this change: ${count(fixed.length, "finding")}`,
    intro: [],
    items: fixed.map((f) => `- ${code(f.policy)} ${code(subjectOf(f))} in ${code(placeOf(f.location))}`),
    one: "fixed finding",
    collapsed: true,
  };
}

function existingList(existing: readonly Finding[], linkTo: LinkTo | undefined): Section {
  return {
    heading: `Existing, and not blocking: ${count(existing.length, "finding")}`,
    intro: [],
    items: policyLines(existing, linkTo),
    one: "policy",
    collapsed: true,
  };
}

function skippedList(heading: string, groups: ReturnType<typeof skippedByReason>): Section {
  return byReason(
    heading,
    groups.map(({ reason, paths }) => ({ reason, names: paths })),
    "file",
  );
}

function gapList(heading: string, groups: ReturnType<typeof gapsByReason>): Section {
  return byReason(
    heading,
    groups.map(({ reason, sources }) => ({ reason, names: sources })),
    "source",
  );
}

function byReason(
  heading: string,
  groups: readonly { readonly reason: string; readonly names: readonly string[] }[],
  one: string,
): Section {
  return {
    heading,
    intro: [],
    items: groups.map(({ reason, names }) => {
      const shown = names.slice(0, LISTED_PLACES).map(code).join(", ");
      const more = names.length > LISTED_PLACES ? ` and ${count(names.length - LISTED_PLACES, `more ${one}`)}` : "";
      return `- ${prose(reason)}: ${shown}${more}`;
    }),
    one: "reason",
  };
}

function unknownKindsList({ unknownKinds = [] }: Report): Section {
  return {
    heading: `Not validated, since no schema is known: ${count(unknownKinds.length, "kind")}`,
    intro: [],
    items: unknownKinds.map(({ kind, manifests }) => `- ${code(kind)}: ${count(manifests, "manifest")}`),
    one: "kind",
    collapsed: true,
  };
}

function problemList(heading: string, found: readonly ReportedProblem[], { blocks, linkTo }: SectionOptions): Section {
  return {
    heading,
    intro: [],
    items: groupedProblems(found).map((problems) => {
      const [problem] = problems;
      const places = problems
        .slice(0, LISTED_PLACES)
        .flatMap(({ path, line }) =>
          path === undefined ? [] : [placeLink(line === undefined ? { path } : { path, line }, linkTo)],
        );
      const more = problems.length > LISTED_PLACES ? ` and ${problems.length - LISTED_PLACES} more` : "";
      const standing = blocks(problem) ? "" : " (existing: does not block)";
      return `- ${[...(places.length === 0 ? [] : [`${places.join(", ")}${more}`]), `${problem.stage}${standing}`].join(" ")}: ${prose(problem.message)}`;
    }),
    one: "problem",
  };
}

function prose(text: string): string {
  return escapeProse(fitUtf8(text, LONGEST_TEXT));
}

function code(text: string): string {
  return codeSpan(fitUtf8(text, LONGEST_TEXT));
}
