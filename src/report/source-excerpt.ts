import type { Finding } from "../model/finding.ts";
import { cut, tail, width } from "./cells.ts";
import type { ReadLine } from "./format.ts";
import { inert } from "./inert-text.ts";
import { objectsOf } from "./wording.ts";

/** One source line to show under a finding, and the cells to underline. */
export interface Excerpt {
  readonly line: number;
  readonly text: string;
  /** 0-based first cell and number of cells to mark; a wide character takes two. */
  readonly mark: { readonly start: number; readonly length: number };
}

/** Where nothing else is said. */
const WIDTH = 110;
/** The part of a line that is used, in UTF-16 code units: a line may be a whole file, with thousands of findings. */
const LONGEST_LINE = 4096;
const OPEN_IN_A_SECRET = /^\s*(- )?(apiVersion|kind|type|metadata|name|namespace|data|stringData):\s*(?:[\w./-]+\s*)?$/;

/**
 * The line of a finding, cut to so many cells around the location; undefined if the source is not available.
 */
export function excerptOf(finding: Finding, readLine: ReadLine, room = WIDTH): Excerpt | undefined {
  const { path, line, column = 1, precision, fetched } = finding.location;
  const whole = readLine(path, line);
  if (whole === undefined) return undefined;
  const long = whole.length > LONGEST_LINE;
  const from = long ? Math.max(0, column - 1 - LONGEST_LINE / 2) : 0;
  const raw = long ? whole.slice(from, from + LONGEST_LINE) : whole;
  if (raw.trim() === "") return undefined;
  const shown = objectsOf(finding).every(({ kind }) => kind !== "Secret") ? raw : long ? undefined : withoutSecret(raw);
  if (shown === undefined) return undefined;
  const first = Math.min(column - 1 - from, shown.length - 1);
  const named = /^\s*$/.test(shown.slice(0, first + 1)) ? shown.search(/\S/) : first;
  const value = precision === "value" || fetched !== undefined;
  if (isListItem(finding)) {
    const dash = /-(?=\s+$)/.exec(shown.slice(0, named))?.index;
    if (dash !== undefined) return windowed({ line, raw: shown, start: dash, end: dash + 1 }, room);
  }
  const start = value ? startOfValue(shown, named) : named;
  const end = Math.max(start + 1, endOfValue(shown, start, value));
  return windowed({ line, raw: shown, start, end }, room);
}

/** Whether something is missing in an item of a list as a whole: its first key, where the item begins, is unrelated. */
export function isListItem({ location, pointer }: Finding): boolean {
  return location.precision === "parent" && /\/\d+$/.test(pointer);
}

/** Lines of a Secret are shown without values, which would stay in terminals and logs. */
function withoutSecret(line: string): string | undefined {
  if (OPEN_IN_A_SECRET.test(line)) return line;
  const key = /^\s*(- )?("[\w.-]+"|[\w.-]+):(?=\s|$)/.exec(line);
  return key === null ? undefined : `${key[0]} ***`;
}

/** The value behind a key, where one stands on the same line. */
function startOfValue(line: string, at: number): number {
  const key = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'[{,#][^\s,]*?):\s+(?=[^\s#])/.exec(line.slice(at));
  return key === null || /^[|>&!]/.test(line.slice(at + key[0].length)) ? at : at + key[0].length;
}

function endOfValue(line: string, start: number, whole: boolean): number {
  const rest = line.slice(start);
  const quoted = /^"(?:[^"\\]|\\.)*"|^'(?:[^']|'')*'/.exec(rest);
  if (quoted !== null) return start + quoted[0].length;
  if (!whole) {
    const key = /^(- )?[^\s:]+(?=:(\s|$))/.exec(rest);
    if (key !== null) return start + key[0].length;
  }
  const end = rest.search(inFlow(line.slice(0, start)) ? /[,}\]]/ : /\s#/);
  const text = end === -1 ? rest : rest.slice(0, end);
  return start + Math.max(1, text.trimEnd().replace(/,$/, "").length);
}

function inFlow(before: string): boolean {
  return (before.match(/[{[]/g) ?? []).length > (before.match(/[}\]]/g) ?? []).length;
}

function windowed(
  {
    line,
    raw,
    start,
    end,
  }: { readonly line: number; readonly raw: string; readonly start: number; readonly end: number },
  most: number,
): Excerpt {
  const before = cells(raw.slice(0, start));
  const marked = cells(raw.slice(start, end));
  const after = cells(raw.slice(end));
  if (width(before) + width(marked) + width(after) <= most)
    return { line, text: before + marked + after, mark: { start: width(before), length: Math.max(1, width(marked)) } };
  const head = width(before) > most / 3 ? `…${tail(before, Math.floor(most / 3))}` : before;
  const room = most - width(head);
  const shownMark = width(marked) > room ? `${cut(marked, room - 1)}…` : marked;
  const foot = cut(after, room - width(shownMark));
  const text = `${head}${shownMark}${foot}${foot.length < after.length && shownMark === marked ? "…" : ""}`;
  return { line, text, mark: { start: width(head), length: Math.max(1, width(shownMark)) } };
}

function cells(text: string): string {
  return inert(text.replaceAll("\t", "    "));
}
