import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { width } from "./cells.ts";
import type { FormatOptions } from "./format.ts";
import { inert, inertLines } from "./inert-text.ts";
import { circumstancesOf } from "./landing.ts";
import type { Block, Page } from "./pretty-page.ts";
import { excerptOf, isListItem, type Excerpt } from "./source-excerpt.ts";
import { isChange, placeOf, subjectOf, worstFirst } from "./wording.ts";

type Findings = readonly [Finding, ...Finding[]];

/** Findings as a compiler prints them, what blocks first: those on one line together, under one excerpt of the source. */
export function findingBlocks(
  report: Report,
  findings: readonly Finding[],
  options: FormatOptions,
  page: Page,
): readonly Block[] {
  const explained = new Set<string>();
  return byPlace(worstFirst(findings, options.blocks)).map((together) => {
    const help = together.filter(({ policy }) => !explained.has(policy) && explained.add(policy));
    return findingBlock(report, together, help, options, page);
  });
}

/** Groups the findings on one line that are about the same objects, with the same to be said about where they land. */
function byPlace(findings: readonly Finding[]): readonly Findings[] {
  const places = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const { status, changed, location } = finding;
    const about = [subjectOf(finding), ...circumstancesOf(finding)];
    const key = JSON.stringify([location.path, location.line, status, changed, about]);
    const known = places.get(key);
    if (known === undefined) places.set(key, [finding]);
    else known.push(finding);
  }
  return [...places.values()];
}

/** `help`: those of policies that were not met before in this report, so that their documentation is told. */
function findingBlock(
  report: Report,
  findings: Findings,
  help: readonly Finding[],
  options: FormatOptions,
  { paint, lines, columns }: Page,
): Block {
  const [first] = findings;
  const gutter = " ".repeat(String(first.location.line).length);
  const note = (text: string): readonly string[] => {
    const [head = "", ...rest] = lines(`${gutter} = ${inert(text)}`, `${gutter}   `);
    return [`${gutter} ${paint.blue("=")}${head.slice(gutter.length + 2)}`, ...rest];
  };
  const more = findings.flatMap(({ message }) =>
    inertLines(message)
      .slice(1)
      .filter((line) => line !== ""),
  );
  return [
    ...findings.flatMap((finding) => headline(finding, { paint, lines })),
    `${gutter}${paint.blue("-->")} ${inert(placeOf(first.location))}`,
    ...excerptLines(findings, gutter, options, { paint, lines, ...(columns === undefined ? {} : { columns }) }),
    ...[...more, ...notes(report, findings, help), ...waiveNotes(findings, options)].flatMap(note),
  ];
}

/** How to ask for an exception from what blocks, where its policy has exceptions. */
function waiveNotes(findings: Findings, { blocks, waive }: FormatOptions): readonly string[] {
  if (waive === undefined) return [];
  return findings
    .filter((finding) => blocks(finding) && finding.waivable !== false)
    .map(({ fingerprint }) => `to waive it: ${waive(fingerprint)}`);
}

/** `deny[images/tag]: the first line of the message`. */
function headline({ level, policy, message }: Finding, { paint, lines }: Page): readonly string[] {
  const colour = { deny: paint.red, warn: paint.yellow, info: paint.cyan }[level];
  const name = `${level}[${inert(policy)}]`;
  const [text = ""] = inertLines(message);
  const [head = "", ...rest] = lines(`${name}: ${text}`, "  ");
  return [
    `${paint.bold(colour(level))}${colour(name.slice(level.length))}${paint.bold(head.slice(name.length))}`,
    ...rest.map((line) => paint.bold(line)),
  ];
}

/** What is marked on a line: for the first finding there, and the policies of all. */
interface Mark {
  readonly mark: Excerpt["mark"];
  readonly finding: Finding;
  readonly policies: readonly string[];
}

/** The line of the source, with a mark for each place on it; places that the excerpt cannot show together have one each. */
function excerptLines(
  findings: Findings,
  gutter: string,
  { readLine }: FormatOptions,
  { paint, columns }: Page,
): readonly string[] {
  const room = columns === undefined ? undefined : Math.max(columns - gutter.length - 3, 30);
  const bar = paint.blue("|");
  const byText = new Map<string, Map<string, Mark>>();
  for (const finding of findings) {
    const excerpt = excerptOf(finding, readLine, room);
    if (excerpt === undefined) continue;
    const marks = byText.get(excerpt.text) ?? new Map<string, Mark>();
    const key = JSON.stringify([excerpt.mark, labelOf(finding)]);
    const { policies } = marks.get(key) ?? { policies: [] };
    marks.set(key, {
      finding,
      ...marks.get(key),
      mark: excerpt.mark,
      policies: [...new Set([...policies, finding.policy])],
    });
    byText.set(excerpt.text, marks);
  }
  const isOne = [...byText.values()].flatMap((marks) => [...marks]).length === 1;
  return [...byText].flatMap(([text, marks]) => [
    `${gutter} ${bar}`,
    `${paint.blue(`${findings[0].location.line} |`)} ${text}`,
    ...[...marks.values()].map(({ mark, finding, policies }) => {
      const colour = { deny: paint.red, warn: paint.yellow, info: paint.cyan }[finding.level];
      const label = [...(isOne ? [] : [policies.map(inert).join(", ")]), ...[labelOf(finding) ?? []].flat()].join(": ");
      const carets = `${" ".repeat(mark.start)}${"^".repeat(mark.length)}`;
      const fits = room === undefined || width(carets) + 1 + width(label) <= room;
      return fits
        ? `${gutter} ${bar} ${" ".repeat(mark.start)}${colour(`${"^".repeat(mark.length)}${label === "" ? "" : ` ${label}`}`)}`
        : `${gutter} ${bar} ${" ".repeat(mark.start)}${colour("^".repeat(mark.length))}`;
    }),
  ]);
}

/** The meaning of the caret if it is not under the value itself. */
function labelOf(finding: Finding): string | undefined {
  const { fetched, column, precision } = finding.location;
  // Without a column it is the line of the change that brought it.
  if (fetched !== undefined && column !== undefined) return "in what this refers to";
  return isListItem(finding) ? "expected in this item" : LABELS[precision];
}

const LABELS = {
  value: undefined,
  parent: "expected in here",
  manifest: "somewhere in this manifest",
  source: "somewhere in this file",
} as const;

/** What is to be said about findings on one line. Untrusted text, a line each. */
function notes(report: Report, findings: Findings, help: readonly Finding[]): readonly string[] {
  const [first] = findings;
  const isOfOne = findings.every(({ policy }) => policy === first.policy);
  const title = isOfOne && first.title !== undefined ? `: ${first.title}` : "";
  const result = [`${subjectOf(first)}${title}`, ...circumstancesOf(first)];
  if (isChange(report) && first.status === "existing") result.push("existing: it was there before this change");
  if (first.changed === true) result.push("there was a finding here before, with another value");
  for (const { policy, title: name, description, docs } of help) {
    const [of, asks] = isOfOne ? ["", description] : [`[${policy}]`, [name, description].filter(Boolean).join(": ")];
    if (asks !== undefined && asks !== "") result.push(`help${of}: ${asks.replaceAll(/\s*[\r\n]+\s*/g, " ").trim()}`);
    if (docs !== undefined) result.push(`see ${docs}`);
  }
  return result;
}
