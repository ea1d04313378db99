import type { Report, ReportedGap } from "../model/report.ts";
import { changesLine, changeTitle, remoteChangeLines, staleHeading, staleLines } from "./changes.ts";
import { inert, inertLines } from "./inert-text.ts";
import { inEnvironments, listed } from "./landing.ts";
import { fitted, width } from "./cells.ts";
import type { Block, Page } from "./pretty-page.ts";
import { cellText, columnsOf, foldedRows, matrixOf } from "./matrix.ts";
import { count, gapsByReason } from "./wording.ts";

type Paint = Page["paint"];

const LISTED = 3;
const MOST_COLUMNS = 5;
const MOST_ROWS = 20;
const GAP = "   ";
/** Of the name of an environment, in cells. */
const LEAST_NAME = 16;

/** What the change does to each object, with its difference where that was asked for. */
export function diffBlocks(report: Report, paint: Paint): readonly Block[] {
  const changes = (report.manifestChanges ?? []).filter(({ diff }) => diff !== undefined);
  const colours: { readonly [sign: string]: (line: string) => string } = {
    "+": paint.green,
    "-": paint.red,
    "@": paint.cyan,
  };
  return changes.map((change) => [
    paint.bold(inert(changeTitle(change))),
    // After a bar no line can be a command to a CI system that parses the log.
    ...inertLines(change.diff ?? "").map((line) => `${paint.blue("|")} ${(colours[line.slice(0, 1)] ?? String)(line)}`),
  ]);
}

/** What servers gave no answer about, what is fetched in another version, and the number of objects that a change touches, as one line; of a change that touches none nothing. */
export function changesBlock(report: Report, { paint, lines }: Page): readonly Block[] {
  const line = changesLine(report);
  const remotes = remoteChangeLines(report).map(inert);
  const stale = staleLines(report).map(inert);
  return [
    ...(stale.length === 0
      ? []
      : [[paint.yellow(`${staleHeading}:`), ...stale.flatMap((one) => lines(`  ${one}`, "    "))]]),
    ...(remotes.length === 0 ? [] : [["other versions:", ...remotes.flatMap((one) => lines(`  ${one}`, "    "))]]),
    ...(line === undefined ? [] : [[paint.dim(`objects: ${line}`)]]),
  ];
}

/** Sources that were not rendered, by the reason, but for those that problems tell. */
export function gapsBlocks(report: Report, showAll: boolean, { paint, lines: wrap }: Page): readonly Block[] {
  const gaps = report.gaps.filter((gap) => !isProblem(gap, report));
  return [false, true].flatMap((touched) => {
    const groups = gapsByReason({ ...report, gaps }, { touched });
    if (groups.length === 0) return [];
    const all = groups.reduce((sum, { sources }) => sum + sources.length, 0);
    const colour = touched ? paint.yellow : paint.dim;
    const heading = touched ? "not rendered, though this change touches it" : "not rendered";
    const lines = groups.flatMap(({ reason, sources }) => {
      const listed = showAll ? sources : sources.slice(0, LISTED);
      const rest = sources.length - listed.length;
      const names = `${listed.map(inert).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
      return wrap(`  ${String(sources.length).padStart(4)}  ${inert(reason)}: ${names}`, " ".repeat(8), colour);
    });
    return [[colour(`${heading}: ${count(all, "source or part of one", "sources or parts of them")}`), ...lines]];
  });
}

/** Whether a problem at the same place tells a gap. */
function isProblem({ source, path, line, reason }: ReportedGap, { problems }: Report): boolean {
  return problems.some(
    ({ message, ...at }) =>
      at.path === path && at.line === line && message.startsWith(`${source} `) && message.endsWith(`: ${reason}`),
  );
}

/** Environments × policies as a table; nothing where fewer than two environments are known. */
export function matrixBlock(report: Report, { paint, columns: room, lines: wrap }: Page): readonly Block[] {
  const rows = matrixOf(report);
  const columns = columnsOf(rows);
  if (rows.length < 2 || columns.length === 0) return [];
  const folded = foldedRows(
    rows.filter(({ policies }) => policies.length > 0),
    MOST_ROWS,
  );
  const names = folded.map(({ environments }) => inert(listed(environments, "environment")));
  const longest = room === undefined ? Number.POSITIVE_INFINITY : Math.max(Math.floor(room / 3), LEAST_NAME);
  const first = ["environment", ...names.map((name) => fitted(name, longest))];
  const others = columns
    .slice(0, MOST_COLUMNS)
    .map((column) => [
      inert(column),
      ...folded.map(({ policies }) => cellText(policies.find(({ policy }) => policy === column))),
    ]);
  const table = [first, ...others].map(padded);
  const shown = table.slice(0, fitting(table, room));
  const lines = first.map((_, row) => `  ${shown.map((column) => column[row]).join(GAP)}`.trimEnd());
  const clean = rows.flatMap(({ environment, policies }) =>
    policies.length === 0 && environment ? [environment] : [],
  );
  const hidden = columns.length - (shown.length - 1);
  return [
    [
      paint.bold(lines[0] ?? ""),
      ...lines.slice(1),
      ...(clean.length === 0 ? [] : wrap(`  nothing found ${inert(inEnvironments(clean) ?? "")}`, "    ", paint.green)),
      ...(hidden === 0 ? [] : [paint.dim(`  ${count(hidden, "more policy", "more policies")} found something`)]),
    ],
  ];
}

/** How many columns fit into the terminal; at least one beside the names. */
function fitting(table: readonly (readonly string[])[], room: number | undefined): number {
  if (room === undefined) return table.length;
  let used = 2 - GAP.length;
  const most = table.findIndex(([head = ""]) => (used += GAP.length + width(head)) > room);
  return most === -1 ? table.length : Math.max(2, most);
}

/** The texts of a column, all as wide as the widest. */
function padded(column: readonly string[]): readonly string[] {
  const widest = Math.max(...column.map(width));
  return column.map((text) => text + " ".repeat(widest - width(text)));
}

/** Kinds that no schema is known of, so that their manifests were not validated. */
export function unknownKindsBlock({ unknownKinds = [] }: Report, { paint, lines }: Page): readonly Block[] {
  if (unknownKinds.length === 0) return [];
  const kinds = unknownKinds.map(({ kind, manifests }) => `${inert(kind)} (${manifests})`);
  return [lines(`no schema for ${count(kinds.length, "kind")}: ${kinds.join(", ")}`, "  ", paint.dim)];
}
