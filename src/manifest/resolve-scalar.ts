import { parseInteger } from "./integer.ts";

/** A value that a scalar can resolve to. */
export type ScalarValue = null | boolean | number | bigint | string;

const NAMED = new Map<string, null | boolean | number>([
  ["", null],
  ["~", null],
  ["null", null],
  ["Null", null],
  ["NULL", null],
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((name) => [name, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((name) => [name, false] as const),
  ...[".nan", ".NaN", ".NAN"].map((name) => [name, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((name) => [name, Number.POSITIVE_INFINITY] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((name) => [name, Number.NEGATIVE_INFINITY] as const),
]);

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const POINT_FLOAT = /^\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/;

// What the first character can start, as in goyaml.v2's resolveTable: 0 a string, 1 a name, 2 a number, 3 a point.
const HINT = new Uint8Array(128);
for (const character of "yYnNtTfFoO~") HINT[character.charCodeAt(0)] = 1;
for (const character of "+-0123456789") HINT[character.charCodeAt(0)] = 2;
HINT["+".charCodeAt(0)] = 2;
HINT[".".charCodeAt(0)] = 3;

/** Resolves a plain scalar without a tag as goyaml.v2 does (`resolve.go`): YAML 1.1 names, Go's integer prefixes, no base 60, timestamps as strings. */
export function resolvePlain(text: string): ScalarValue {
  if (text === "") return null;
  const first = text.charCodeAt(0);
  const hint = first < 128 ? HINT[first] : 0;
  if (hint === 0) return text;
  if (text.length <= 5) {
    const named = NAMED.get(text);
    if (named !== undefined) return named;
  }
  if (hint === 1) return text;
  return hint === 2 ? resolveNumber(text) : resolvePoint(text);
}

function resolveNumber(text: string): ScalarValue {
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const integer = parseInteger(plain);
  if (integer !== undefined) return integer;
  if (!FLOAT.test(plain)) return text;
  const float = Number(plain);
  return Number.isFinite(float) ? float : text;
}

function resolvePoint(text: string): ScalarValue {
  if (!POINT_FLOAT.test(text)) return text;
  const float = Number(text.replaceAll("_", ""));
  return Number.isFinite(float) ? float : text;
}
