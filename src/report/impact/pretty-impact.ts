import type { Impact, ImpactEntry, ImpactKind } from "../../model/impact.ts";
import { width } from "../cells.ts";
import type { FormatOptions } from "../format.ts";
import { inert } from "../inert-text.ts";
import { pageFor, type Block, type Page } from "../pretty-page.ts";
import { count, nameOf } from "../wording.ts";
import { impactKinds, levelsText, rollUps, type RolledUp } from "./roll-up.ts";

/** The impact as text: what is newly denied first, tables by policy, environment and owner, the totals last. */
export function prettyImpact(impact: Impact, options: Pick<FormatOptions, "colour" | "columns" | "showAll">): string {
  const page = pageFor(options);
  const blocks: readonly Block[] = [
    ...impactKinds.flatMap(({ kind, said }) => entriesBlock(impact, kind, said, options.showAll, page)),
    ...rollUps(impact).map(({ by, rows }) => tableBlock(by, rows, page)),
    [page.paint.bold(impactSentence(impact)), ...page.lines(totalsSentence(impact), "")],
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** `The rules would newly deny 3 results and no longer deny 1.` Results are counted for each object and environment. */
export function impactSentence({ entries }: Impact): string {
  const of = (kind: ImpactKind): number => entries.filter((entry) => entry.kind === kind).length;
  const parts = [
    ...said("newly deny", of("blocked")),
    ...said("no longer deny", of("allowed")),
    ...said("newly warn about", of("shown")),
    ...said("no longer warn about", of("cleared")),
  ];
  if (parts.length === 0) return "The new rules find what the old rules find";
  return `The new rules would ${parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`}`;
}

function said(verb: string, number: number): readonly string[] {
  return number === 0 ? [] : [`${verb} ${count(number, "result")}`];
}

/** `In the whole desired state: 12 denied and 3 warned by the old rules, 14 and 3 by the new ones.` */
export function totalsSentence({ before, after }: Impact): string {
  return `In the whole desired state: ${before.denied} denied and ${before.warned} warned by the old rules, ${after.denied} and ${after.warned} by the new ones. One result is one rule, object and environment.`;
}

const EXAMPLES = 5;
const COLOURS = { blocked: "red", allowed: "green", shown: "yellow", cleared: "dim" } as const;

function entriesBlock(
  { entries }: Impact,
  kind: ImpactKind,
  heading: string,
  showAll: boolean,
  { paint, lines }: Page,
): readonly Block[] {
  const all = entries.filter((entry) => entry.kind === kind);
  if (all.length === 0) return [];
  const shown = showAll ? all : all.slice(0, EXAMPLES);
  const left = all.length - shown.length;
  return [
    [
      paint.bold(paint[COLOURS[kind]](`${heading}: ${count(all.length, "result")}`)),
      ...shown.flatMap((entry) => [
        ...lines(`  ${inert(entry.policy)} (${levelsText(entry)}): ${inert(entry.message)}`, "    "),
        ...lines(`    ${paint.blue("-->")} ${inert(whereOf(entry))}`, "        "),
      ]),
      ...(left > 0 ? [`  and ${left} more (--show-all lists them)`] : []),
    ],
  ];
}

/** `apps/web.yaml:14, Deployment shop/web in production`. Untrusted text. */
export function whereOf({ location, manifest, environment }: ImpactEntry): string {
  return `${location.path}:${location.line}, ${nameOf(manifest)}${environment === undefined ? "" : ` in ${environment}`}`;
}

const MOST_ROWS = 20;

function tableBlock(by: string, rows: readonly RolledUp[], { paint }: Page): Block {
  const columns = impactKinds.filter(({ kind }) => rows.some(({ counts }) => counts[kind] > 0));
  const shown = rows.slice(0, MOST_ROWS);
  const widest = Math.max(...shown.map(({ name }) => width(inert(name))), width(`by ${by}`) - 2);
  const line = (name: string, cells: readonly string[]): string =>
    `${name}${" ".repeat(Math.max(0, widest + 2 - width(name)))}${cells.map((cell, at) => `  ${cell.padStart(columns[at]?.column.length ?? 0)}`).join("")}`;
  return [
    paint.bold(
      line(
        `by ${by}`,
        columns.map(({ column }) => column),
      ),
    ),
    ...shown.map(({ name, counts }) =>
      line(
        `  ${inert(name)}`,
        columns.map(({ kind }) => String(counts[kind])),
      ),
    ),
    ...(rows.length > shown.length ? [`  and ${rows.length - shown.length} more`] : []),
  ];
}
