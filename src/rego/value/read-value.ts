import { compareValues } from "./compare-values.ts";
import type { NumberText, RegoValue } from "./rego-value.ts";

/**
 * Parses a value as the WebAssembly modules of OPA print it: JSON with or without spaces, sets as `{1, 2}` and `set()`,
 * keys of any type. Also parses the output of the evaluator of OPA.
 */
export function readValue(text: string): RegoValue {
  const reader: Reader = { text, at: 0 };
  const value = readAny(reader);
  if (reader.at !== text.length) throw unreadable(reader);
  return value;
}

interface Reader {
  readonly text: string;
  at: number;
}

function readAny(reader: Reader): RegoValue {
  const { text, at } = reader;
  if (text.startsWith('"', at)) return readString(reader);
  if (text.startsWith("[", at)) return readArray(reader);
  if (text.startsWith("{", at)) return readBraces(reader);
  if (text.startsWith("n", at)) return readWord(reader, "null", null);
  if (text.startsWith("t", at)) return readWord(reader, "true", true);
  if (text.startsWith("f", at)) return readWord(reader, "false", false);
  if (text.startsWith("s", at)) return readWord(reader, "set()", new Set<RegoValue>());
  return readNumber(reader);
}

function readWord<T extends RegoValue>(reader: Reader, word: string, value: T): T {
  if (!reader.text.startsWith(word, reader.at)) throw unreadable(reader);
  reader.at += word.length;
  return value;
}

function readString(reader: Reader): string {
  const start = reader.at;
  let end = reader.text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(reader.text, end)) end = reader.text.indexOf('"', end + 1);
  if (end === -1) throw unreadable(reader);
  reader.at = end + 1;
  const raw = reader.text.slice(start + 1, end);
  return raw.includes("\\") ? (JSON.parse(`"${raw.replaceAll(escape, inJson)}"`) as string) : raw;
}

const escape = /\\(?:x([0-9a-f]{2})|U([0-9a-f]{8})|.)/gs;

// The evaluator of OPA quotes strings like Go, with escapes that JSON does not have. A byte that is not valid UTF-8
// becomes U+FFFD, as everywhere else.
function inJson(found: string, byte: string | undefined, code: string | undefined): string {
  if (byte !== undefined) return byte < "80" ? `\\u00${byte}` : "\ufffd";
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  return found === "\\a" ? "\\u0007" : found === "\\v" ? "\\u000b" : found;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === "\\") slashes++;
  return slashes % 2 === 1;
}

const numberPattern = /-?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;

function readNumber(reader: Reader): number | bigint | NumberText {
  numberPattern.lastIndex = reader.at;
  const match = numberPattern.exec(reader.text)?.[0];
  if (match === undefined) throw unreadable(reader);
  reader.at += match.length;
  // Literals in Rego may omit the leading zero.
  return numberFromText(match.replace(/^(-?)\./, "$10."));
}

/** The number in a decimal text, in a form that loses nothing. */
export function numberFromText(text: string): number | bigint | NumberText {
  const double = Number(text);
  if (String(double) === text && (!Number.isInteger(double) || Number.isSafeInteger(double))) return double;
  if (/^-?\d+$/.test(text)) {
    const integer = BigInt(text);
    if (String(integer) === text) return integer;
  }
  return { number: text };
}

function readArray(reader: Reader): readonly RegoValue[] {
  const items: RegoValue[] = [];
  reader.at++;
  if (skip(reader, "]")) return items;
  do items.push(readSpaced(reader));
  while (skip(reader, ","));
  expect(reader, "]");
  return items;
}

function readBraces(reader: Reader): RegoValue {
  reader.at++;
  if (skip(reader, "}")) return new Map<RegoValue, RegoValue>();
  const first = readSpaced(reader);
  if (!skip(reader, ":")) return readSetAfter(reader, first);
  const entries: [RegoValue, RegoValue][] = [[first, readSpaced(reader)]];
  while (skip(reader, ",")) {
    const key = readSpaced(reader);
    expect(reader, ":");
    entries.push([key, readSpaced(reader)]);
  }
  expect(reader, "}");
  return new Map(entries.sort(([a], [b]) => compareValues(a, b)));
}

function readSetAfter(reader: Reader, first: RegoValue): RegoValue {
  const members = [first];
  while (skip(reader, ",")) members.push(readSpaced(reader));
  expect(reader, "}");
  return new Set(members.sort(compareValues));
}

function readSpaced(reader: Reader): RegoValue {
  skipSpace(reader);
  const value = readAny(reader);
  skipSpace(reader);
  return value;
}

function skipSpace(reader: Reader): void {
  while (" \n\r\t".includes(reader.text[reader.at] ?? "x")) reader.at++;
}

function skip(reader: Reader, token: string): boolean {
  skipSpace(reader);
  if (reader.text[reader.at] !== token) return false;
  reader.at++;
  return true;
}

function expect(reader: Reader, token: string): void {
  if (!skip(reader, token)) throw unreadable(reader);
}

function unreadable(reader: Reader): Error {
  return new Error(`not a printed Rego value at offset ${reader.at}: ${reader.text.slice(reader.at, reader.at + 40)}`);
}
