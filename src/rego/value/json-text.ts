import type { Json } from "../../model/json.ts";

/** JSON text of a value; bigints are written as exact integers. */
export function writeJson(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return writeExactly(value);
  }
}

// JSON.stringify refuses bigints, and Node.js 20 has no JSON.rawJSON: the slow way, for the few documents that have one.
function writeExactly(value: Json): string {
  if (typeof value === "bigint") return String(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeExactly).join(",")}]`;
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${writeExactly(item)}`);
  return `{${members.join(",")}}`;
}

const longNumber = /\d{16}/;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const mark = "\u0000integer:";

/** Reads JSON text; an integer that a double cannot hold becomes a bigint. Throws SyntaxError as JSON.parse does. */
export function readJson(text: string): Json {
  if (!longNumber.test(text)) return JSON.parse(text) as Json;
  const marked = text.replace(stringOrNumber, (token) =>
    isBigInteger(token) ? JSON.stringify(`${mark}${token}`) : token,
  );
  return JSON.parse(marked, (_key, value: Json) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  ) as Json;
}

function isBigInteger(token: string): boolean {
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
}
