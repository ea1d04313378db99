import type { Finding } from "../model/finding.ts";
import type { ReadLine } from "./format.ts";
import { inert } from "./inert-text.ts";

/** One source line to show under a finding, and the cells to underline. */
export interface Excerpt {
  readonly line: number;
  readonly text: string;
  /** 0-based first cell and number of cells to mark; a wide character takes two. */
  readonly mark: { readonly start: number; readonly length: number };
}

const WIDTH = 110;
/** The part of a line that is used, in UTF-16 code units: a line may be a whole file, with thousands of findings. */
const LONGEST_LINE = 4096;
/** Two cells wide in a terminal: CJK, Hangul, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;
const OPEN_IN_A_SECRET = /^\s*(- )?(apiVersion|kind|type|metadata|name|namespace|data|stringData):\s*(?:[\w./-]+\s*)?$/;

/**
 * The line of a finding, cut to the width of a terminal around the location; undefined if the source is not available.
 */
export function excerptOf(finding: Finding, readLine: ReadLine): Excerpt | undefined {
  const { path, line, column = 1, precision, fetched } = finding.location;
  const whole = readLine(path, line);
  if (whole === undefined) return undefined;
  const long = whole.length > LONGEST_LINE;
  const from = long ? Math.max(0, column - 1 - LONGEST_LINE / 2) : 0;
  const raw = long ? whole.slice(from, from + LONGEST_LINE) : whole;
  if (raw.trim() === "") return undefined;
  const shown = finding.manifest.kind !== "Secret" ? raw : long ? undefined : withoutSecret(raw);
  if (shown === undefined) return undefined;
  const first = Math.min(column - 1 - from, shown.length - 1);
  const named = /^\s*$/.test(shown.slice(0, first + 1)) ? shown.search(/\S/) : first;
  const value = precision === "value" || fetched !== undefined;
  if (isListItem(finding)) {
    const dash = /-(?=\s+$)/.exec(shown.slice(0, named))?.index;
    if (dash !== undefined) return windowed(line, shown, dash, dash + 1);
  }
  const start = value ? startOfValue(shown, named) : named;
  const end = Math.max(start + 1, endOfValue(shown, start, value));
  return windowed(line, shown, start, end);
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

function windowed(line: number, raw: string, start: number, end: number): Excerpt {
  const before = cells(raw.slice(0, start));
  const marked = cells(raw.slice(start, end));
  const after = cells(raw.slice(end));
  if (width(before) + width(marked) + width(after) <= WIDTH)
    return { line, text: before + marked + after, mark: { start: width(before), length: Math.max(1, width(marked)) } };
  const head = width(before) > WIDTH / 3 ? `…${tail(before, Math.floor(WIDTH / 3))}` : before;
  const room = WIDTH - width(head);
  const shownMark = width(marked) > room ? `${cut(marked, room - 1)}…` : marked;
  const foot = cut(after, room - width(shownMark));
  const text = `${head}${shownMark}${foot}${foot.length < after.length && shownMark === marked ? "…" : ""}`;
  return { line, text, mark: { start: width(head), length: Math.max(1, width(shownMark)) } };
}

function cells(text: string): string {
  return inert(text.replaceAll("\t", "    "));
}

function width(text: string): number {
  let sum = 0;
  for (const character of text) sum += WIDE.test(character) ? 2 : 1;
  return sum;
}

function cut(text: string, room: number): string {
  let used = 0;
  let kept = "";
  for (const character of text) {
    used += width(character);
    if (used > room) break;
    kept += character;
  }
  return kept;
}

function tail(text: string, room: number): string {
  const all = Array.from(text);
  let used = 0;
  let from = all.length;
  while (from > 0) {
    used += width(all[from - 1] ?? "");
    if (used > room) break;
    from -= 1;
  }
  return all.slice(from).join("");
}
