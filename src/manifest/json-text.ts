import type { Json, JsonObject } from "../model/json.ts";

/** The bytes that Go's encoding/json writes for a value, as text: keys sorted, no white space, `<`, `>`, `&`, U+2028 and U+2029 escaped. */
export function toJsonText(value: Json): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value === "number") return numberText(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${value.map(toJsonText).join(",")}]`;
  const object = value as JsonObject;
  const keys = Object.keys(object).sort(byCodePoint);
  return `{${keys.map((key) => `${stringText(key)}:${toJsonText(object[key] as Json)}`).join(",")}}`;
}

function numberText(value: number): string {
  // Go keeps the sign of zero and writes exponents as ECMAScript does.
  return Object.is(value, -0) ? "-0" : String(value);
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ESCAPED = /[<>&\u2028\u2029\ud800-\udfff]/;

function stringText(value: string): string {
  const text = JSON.stringify(value);
  if (!ESCAPED.test(text)) return text;
  return text.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

// Go sorts keys by their UTF-8 bytes; that is by code point, where JavaScript compares UTF-16 units.
function byCodePoint(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const one = left.charCodeAt(index);
    const other = right.charCodeAt(index);
    if (one === other) continue;
    const [oneHigh, otherHigh] = [one >= 0xd800 && one <= 0xdfff, other >= 0xd800 && other <= 0xdfff];
    if (oneHigh !== otherHigh) return oneHigh ? 1 : -1;
    return one - other;
  }
  return left.length - right.length;
}
