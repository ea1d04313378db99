import type { Json } from "../model/json.ts";
import type { Mapping } from "./mapping.ts";
import { quickFlow } from "./quick-flow.ts";
import {
  CLOSED,
  NOWHERE,
  UNUSUAL,
  closingQuote,
  lineRest,
  quickQuoted,
  unescaped,
  type Cursor,
  type QuickPlace,
} from "./quick-scalar.ts";
import { resolvePlain } from "./resolve-scalar.ts";

const SPACE = 0x20;
const LINE_FEED = 0x0a;
const DASH = 0x2d;
const COLON = 0x3a;
const HASH = 0x23;
const QUESTION = 0x3f;
const MAX_DEPTH = 60;

// What a key without quotes may hold: letters first, then digits, `_`, `.`, `/` and `-` as well.
const KEY_START = new Uint8Array(128);
const KEY_PART = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(character)) KEY_START[code] = 1;
  if (/[A-Za-z0-9_./-]/.test(character)) KEY_PART[code] = 1;
}
const MAX_KEY = 200;

/**
 * Reads the YAML that most manifests are written in: block mappings and lists, scalars without empty lines, literal blocks, short
 * flow collections, nested no deeper than `depth`; no anchors, tags, tabs, and few escapes. Gives undefined for anything else, right or wrong, which the full
 * reader then decides. What it gives is what the full reader gives: the differential tests compare the two.
 */
export function quickDocument(
  text: string,
  depth: number,
): { readonly value: Json; readonly offset: number } | undefined {
  return quickRead(text, depth, false);
}

/** The places of such a document's values: as the events of the full reader give them. */
export function quickPlaces(text: string, depth: number): QuickPlace | undefined {
  return quickRead(text, depth, true)?.place;
}

function quickRead(
  text: string,
  depth: number,
  keepsPlaces: boolean,
): { readonly value: Json; readonly offset: number; readonly place: QuickPlace } | undefined {
  if (text.includes("\t") || text.includes("\r")) return undefined;
  const level = Math.max(0, MAX_DEPTH - depth);
  const cursor: Cursor = { text, at: 0, indent: -1, depth: level, keepsPlaces, end: 0, inner: undefined };
  try {
    nextLine(cursor);
    const offset = cursor.at;
    if (cursor.indent !== 0) return undefined;
    const value = readBlock(cursor);
    // What is left is at a place where no block continues.
    const left: number = cursor.indent;
    if (left !== -1) return undefined;
    return { value, offset, place: { start: offset, end: cursor.end, inner: cursor.inner } };
  } catch (error) {
    if (error === UNUSUAL) return undefined;
    throw error;
  }
}

/** Moves from the start of a line to the first line with content; indent is -1 at the end of the text. */
function nextLine(cursor: Cursor): void {
  const { text } = cursor;
  let { at } = cursor;
  for (;;) {
    const start = at;
    while (text.charCodeAt(at) === SPACE) at++;
    const code = text.charCodeAt(at);
    if (code === HASH) {
      at = text.indexOf("\n", at);
      if (at === -1) break;
    } else if (code !== LINE_FEED) {
      if (at >= text.length) break;
      cursor.at = at;
      cursor.indent = at - start;
      return;
    }
    at++;
  }
  cursor.at = text.length;
  cursor.indent = -1;
}

function isDash(cursor: Cursor): boolean {
  if (cursor.text.charCodeAt(cursor.at) !== DASH) return false;
  const next = cursor.text.charCodeAt(cursor.at + 1);
  return next === SPACE || next === LINE_FEED || Number.isNaN(next);
}

function isFlow({ text, at }: Cursor): boolean {
  const first = text.charAt(at);
  return first === "{" || first === "[";
}

function readBlock(cursor: Cursor): Json {
  if (++cursor.depth > MAX_DEPTH) throw UNUSUAL;
  const value = isDash(cursor) ? readSequence(cursor, false) : readMapping(cursor);
  cursor.depth--;
  return value;
}

function readMapping(cursor: Cursor): Json {
  const { indent } = cursor;
  const mapping: Mapping = {};
  const places = cursor.keepsPlaces ? new Map<string, QuickPlace>() : undefined;
  while (cursor.indent === indent) {
    const start = cursor.at;
    const key = readKey(cursor);
    cursor.end = start;
    const value = readEntry(cursor, indent);
    places?.set(key, { start, end: cursor.end, inner: cursor.inner });
    if (mapping[key] !== undefined && Object.hasOwn(mapping, key)) throw UNUSUAL;
    mapping[key] = value;
    if (cursor.indent > indent) throw UNUSUAL;
  }
  cursor.inner = places;
  return mapping;
}

/** Reads a key and its colon, and leaves the cursor after the colon. */
function readKey(cursor: Cursor): string {
  const { text } = cursor;
  const end = keyEnd(text, cursor.at);
  if (end === -1) return readQuotedKey(cursor);
  const key = text.slice(cursor.at, end);
  cursor.at = end + 1;
  // `y`, `on`, `null` and the like are no strings.
  if (key.length <= 5 && typeof resolvePlain(key) !== "string") throw UNUSUAL;
  if (key === "__proto__") throw UNUSUAL;
  return key;
}

/** Where a plain key ends, at its colon; -1 where no such key starts. */
function keyEnd(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (!(first < 128) || KEY_START[first] === 0) return -1;
  let at = from + 1;
  for (let code = text.charCodeAt(at); code < 128 && KEY_PART[code] === 1; code = text.charCodeAt(at)) at++;
  if (text.charCodeAt(at) !== COLON || at - from > MAX_KEY) return -1;
  const next = text.charCodeAt(at + 1);
  return next === SPACE || next === LINE_FEED || Number.isNaN(next) ? at : -1;
}

function readQuotedKey(cursor: Cursor): string {
  const key = quickQuoted(cursor);
  if (key === undefined || key.length > MAX_KEY || key === "__proto__") throw UNUSUAL;
  if (cursor.text.charCodeAt(cursor.at) !== COLON) throw UNUSUAL;
  cursor.at++;
  const next = cursor.text.charCodeAt(cursor.at);
  if (next !== SPACE && next !== LINE_FEED && !Number.isNaN(next)) throw UNUSUAL;
  return key;
}

/** Reads what stands after a key's colon, and moves to the next line with content. */
function readEntry(cursor: Cursor, indent: number): Json {
  if (!skipToValue(cursor)) return readInline(cursor, indent);
  nextLine(cursor);
  if (cursor.indent > indent) return isFlow(cursor) ? readInline(cursor, indent) : readBlock(cursor);
  // A list may be indented like its key.
  if (cursor.indent === indent && isDash(cursor)) return readSequence(cursor, true);
  cursor.inner = undefined;
  return null;
}

function readSequence(cursor: Cursor, indentless: boolean): Json {
  const { indent } = cursor;
  const items: Json[] = [];
  const places: QuickPlace[] | undefined = cursor.keepsPlaces ? [] : undefined;
  cursor.end = cursor.at;
  while (cursor.indent === indent) {
    if (!isDash(cursor)) {
      if (indentless) break;
      throw UNUSUAL;
    }
    items.push(readItem(cursor, indent, places));
    if (cursor.indent > indent) throw UNUSUAL;
  }
  cursor.inner = places;
  return items;
}

function readItem(cursor: Cursor, indent: number, places: QuickPlace[] | undefined): Json {
  const dash = cursor.at++;
  let start: number;
  let value: Json = null;
  if (skipToValue(cursor)) {
    nextLine(cursor);
    start = cursor.at;
    if (cursor.indent > indent) value = readBlock(cursor);
    else {
      start = NOWHERE;
      cursor.inner = undefined;
    }
  } else {
    start = cursor.at;
    if (isDash(cursor)) throw UNUSUAL;
    if (startsMapping(cursor)) {
      // A mapping on the line of its dash is indented as its first key.
      cursor.indent = indent + start - dash;
      value = readBlock(cursor);
    } else value = readInline(cursor, indent);
  }
  places?.push({ start, end: cursor.end, inner: cursor.inner });
  return value;
}

function startsMapping(cursor: Cursor): boolean {
  if (keyEnd(cursor.text, cursor.at) !== -1) return true;
  const { at } = cursor;
  const quoted = quickQuoted(cursor) !== undefined && cursor.text.charCodeAt(cursor.at) === COLON;
  cursor.at = at;
  return quoted;
}

/** Skips spaces and a comment; true where the line holds nothing more, with the cursor on the start of the next one. */
function skipToValue(cursor: Cursor): boolean {
  const { text } = cursor;
  let { at } = cursor;
  while (text.charCodeAt(at) === SPACE) at++;
  const code = text.charCodeAt(at);
  if (code === LINE_FEED || at >= text.length || (code === HASH && at > cursor.at)) {
    const end = text.indexOf("\n", at);
    cursor.at = end === -1 ? text.length : end + 1;
    return true;
  }
  cursor.at = at;
  return false;
}

/** Reads a scalar or a flow collection up to the end of its line, and moves to the next line with content. */
function readInline(cursor: Cursor, indent: number): Json {
  const { text, at } = cursor;
  let value: Json;
  cursor.end = at;
  cursor.inner = undefined;
  switch (text.charAt(at)) {
    case '"':
    case "'": {
      value = quickQuoted(cursor) ?? readFoldedQuoted(cursor, indent);
      lineRest(cursor);
      break;
    }
    case "[":
    case "{":
      value = quickFlow(cursor);
      cursor.inner = "flow";
      lineRest(cursor);
      break;
    case "|":
      return readLiteral(cursor, indent);
    default:
      value = readPlain(cursor, indent);
  }
  nextLine(cursor);
  return value;
}

function readPlain(cursor: Cursor, indent: number): Json {
  const { text } = cursor;
  const start = cursor.at;
  const end = plainEnd(text, start);
  const lineEnd = endOfLine(text, start);
  cursor.at = Math.min(lineEnd + 1, text.length);
  if (text.charCodeAt(cursor.at + indent) === SPACE && continues(cursor, indent)) {
    return readFoldedPlain(cursor, indent, { first: text.slice(start, end), rest: text.slice(end, lineEnd) });
  }
  const value = resolvePlain(text.slice(start, end));
  if (typeof value === "number" && !Number.isFinite(value)) throw UNUSUAL;
  return value;
}

/** Where the text of a plain scalar ends on its line. The lines that it goes on in may start with more signs. */
function plainEnd(text: string, start: number, goesOn = false): number {
  const first = text.charCodeAt(start);
  if (first < 128 && CLOSED[first] === 1 && (!goesOn || first === QUESTION || first === COLON)) throw UNUSUAL;
  if (first === DASH && endsWord(text, start + 1)) throw UNUSUAL;
  const lineEnd = endOfLine(text, start);
  let end = lineEnd;
  for (let at = start + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) {
      const next = text.charCodeAt(at + 1);
      if (next === SPACE || at + 1 === lineEnd) throw UNUSUAL;
    } else if (code === HASH && text.charCodeAt(at - 1) === SPACE) end = at;
  }
  while (text.charCodeAt(end - 1) === SPACE) end--;
  return end;
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf("\n", from);
  return newline === -1 ? text.length : newline;
}

function endsWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === SPACE || code === LINE_FEED || Number.isNaN(code);
}

/** Whether the line at the cursor, its start, is deeper than `indent` and holds more than a comment. */
function continues(cursor: Cursor, indent: number): boolean {
  const { text } = cursor;
  let { at } = cursor;
  while (text.charCodeAt(at) === SPACE) at++;
  const code = text.charCodeAt(at);
  return at - cursor.at > indent && code !== LINE_FEED && code !== HASH && at < text.length;
}

/** Reads the further lines of a plain scalar, which are joined by spaces. */
function readFoldedPlain(
  cursor: Cursor,
  indent: number,
  begun: { readonly first: string; readonly rest: string },
): string {
  const { text } = cursor;
  let value = begun.first;
  let { rest } = begun;
  while (continues(cursor, indent)) {
    // Nothing continues after a comment.
    if (rest.includes("#")) throw UNUSUAL;
    let { at } = cursor;
    while (text.charCodeAt(at) === SPACE) at++;
    const end = plainEnd(text, at, true);
    const lineEnd = endOfLine(text, at);
    value += ` ${text.slice(at, end)}`;
    rest = text.slice(end, lineEnd);
    cursor.end = at;
    cursor.at = Math.min(lineEnd + 1, text.length);
  }
  return value;
}

/** Reads a quoted scalar on several lines, none of them empty, which are joined by spaces. */
function readFoldedQuoted(cursor: Cursor, indent: number): string {
  const { text } = cursor;
  const quote = text.charCodeAt(cursor.at);
  const close = closingQuote(text, cursor.at, true);
  if (close === -1) throw UNUSUAL;
  const lines = text.slice(cursor.at + 1, close).split("\n");
  const parts = lines.map((line, index) => {
    const content = index === 0 ? line : line.replace(/^ +/, "");
    const isDeeper = index === 0 || line.length - content.length > indent;
    const part = index === lines.length - 1 ? content : content.replace(/ +$/, "");
    if (!isDeeper || /^ *$/.test(part)) throw UNUSUAL;
    return unescaped(part, quote);
  });
  cursor.at = close + 1;
  cursor.end = close;
  return parts.join(" ");
}

/** Reads a literal block with a header of `|` or `|-`; its first line must hold text. */
function readLiteral(cursor: Cursor, indent: number): Json {
  const { text } = cursor;
  const strip = text.charCodeAt(cursor.at + 1) === DASH;
  let at = cursor.at + (strip ? 2 : 1);
  if (text.charCodeAt(at) !== LINE_FEED) throw UNUSUAL;
  at++;
  let column = 0;
  while (text.charCodeAt(at + column) === SPACE) column++;
  if (column <= indent || column === 0 || text.charCodeAt(at + column) === LINE_FEED) throw UNUSUAL;
  const lines: string[] = [];
  let filled = 0;
  while (at < text.length) {
    const newline = text.indexOf("\n", at);
    const end = newline === -1 ? text.length : newline;
    let content = at;
    while (content < end && content - at < column && text.charCodeAt(content) === SPACE) content++;
    if (content === end) lines.push("");
    else if (content - at < column) break;
    else {
      const line = text.slice(content, end);
      if (line.trim() === "") throw UNUSUAL;
      lines.push(line);
      filled = lines.length;
      cursor.end = content;
    }
    at = end + 1;
  }
  if (filled === 0) throw UNUSUAL;
  lines.length = filled;
  cursor.at = Math.min(at, text.length);
  nextLine(cursor);
  return strip ? lines.join("\n") : `${lines.join("\n")}\n`;
}
