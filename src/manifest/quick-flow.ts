import type { Json } from "../model/json.ts";
import type { Mapping } from "./mapping.ts";
import { UNUSUAL, quickQuoted, type Cursor } from "./quick-scalar.ts";
import { resolvePlain } from "./resolve-scalar.ts";

const SPACE = 0x20;
const COLON = 0x3a;
const COMMA = 0x2c;
const MAX_DEPTH = 60;
const MAX_LENGTH = 1000;

// Plain scalars within [] and {}: words, numbers, paths; each followed by what ends it.
const PLAIN = /[A-Za-z0-9_./$-][A-Za-z0-9_./$=@+-]*(?= *[,\]}]|: )/y;

/** Reads a flow collection on one line with simple scalars, and leaves the cursor after its bracket. */
export function quickFlow(cursor: Cursor): Json {
  const start = cursor.at;
  const value = readCollection(cursor);
  // A collection can turn out to be a key, which has an upper length.
  if (cursor.at - start > MAX_LENGTH && cursor.text.charCodeAt(cursor.at) === COLON) throw UNUSUAL;
  return value;
}

function readCollection(cursor: Cursor): Json {
  if (++cursor.depth > MAX_DEPTH) throw UNUSUAL;
  const mapping = cursor.text.charAt(cursor.at++) === "{";
  const value = mapping ? readPairs(cursor) : readItems(cursor);
  cursor.depth--;
  return value;
}

function readItems(cursor: Cursor): Json {
  const items: Json[] = [];
  skipSpaces(cursor);
  if (closes(cursor, "]")) return items;
  for (;;) {
    items.push(readNode(cursor));
    skipSpaces(cursor);
    if (closes(cursor, "]")) return items;
    comma(cursor);
  }
}

function readPairs(cursor: Cursor): Json {
  const mapping: Mapping = {};
  skipSpaces(cursor);
  if (closes(cursor, "}")) return mapping;
  for (;;) {
    const key = readScalar(cursor);
    if (typeof key !== "string" || key === "__proto__" || Object.hasOwn(mapping, key)) throw UNUSUAL;
    if (cursor.text.charCodeAt(cursor.at) !== COLON || cursor.text.charCodeAt(cursor.at + 1) !== SPACE) throw UNUSUAL;
    cursor.at += 2;
    skipSpaces(cursor);
    mapping[key] = readNode(cursor);
    skipSpaces(cursor);
    if (closes(cursor, "}")) return mapping;
    comma(cursor);
  }
}

function readNode(cursor: Cursor): Json {
  const first = cursor.text.charAt(cursor.at);
  if (first === "[" || first === "{") return readCollection(cursor);
  const value = readScalar(cursor);
  // A pair within a list is a mapping of its own: not for here.
  if (cursor.text.charCodeAt(cursor.at) === COLON) throw UNUSUAL;
  return value;
}

function readScalar(cursor: Cursor): Json {
  const quoted = quickQuoted(cursor);
  if (quoted !== undefined) return quoted;
  PLAIN.lastIndex = cursor.at;
  const found = PLAIN.exec(cursor.text);
  if (found === null) throw UNUSUAL;
  if (found[0].startsWith("-") && found[0].length === 1) throw UNUSUAL;
  cursor.at += found[0].length;
  const value = resolvePlain(found[0]);
  if (typeof value === "number" && !Number.isFinite(value)) throw UNUSUAL;
  return value;
}

function closes(cursor: Cursor, bracket: string): boolean {
  if (cursor.text.charAt(cursor.at) !== bracket) return false;
  cursor.at++;
  return true;
}

function comma(cursor: Cursor): void {
  if (cursor.text.charCodeAt(cursor.at) !== COMMA) throw UNUSUAL;
  cursor.at++;
  skipSpaces(cursor);
}

function skipSpaces(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.at) === SPACE) cursor.at++;
}
