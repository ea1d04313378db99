import type { Json } from "../../model/json.ts";
import { readValue } from "./read-value.ts";
import type { RegoValue } from "./rego-value.ts";
import { isArray, isNumberText, isRegoObject, isSet } from "./rego-value.ts";

/** The JSON text of a value, with bigints as exact integers. */
export function writeJson(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return writeExactly(value);
  }
}

// JSON.stringify rejects bigints, and Node.js 20 lacks JSON.rawJSON: the slow way, for the few documents with bigints.
function writeExactly(value: Json): string {
  if (typeof value === "bigint") return String(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeExactly).join(",")}]`;
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${writeExactly(item)}`);
  return `{${members.join(",")}}`;
}

const longNumber = /\d{16}/;

/**
 * Parses JSON text; an integer that a double cannot represent becomes a bigint. Throws SyntaxError as JSON.parse does.
 */
export function readJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  return longNumber.test(text) ? jsonFromValue(readValue(text.trim())) : value;
}

/** Converts a value to JSON as OPA does: sets become arrays, and keys that are not strings become their JSON text. */
export function jsonFromValue(value: RegoValue): Json {
  if (isArray(value)) return value.map(jsonFromValue);
  if (isSet(value)) return [...value].map(jsonFromValue);
  if (isNumberText(value)) return Number(value.number);
  if (!isRegoObject(value)) return value;
  return Object.fromEntries(
    Array.from(value, ([key, item]) => [
      typeof key === "string" ? key : writeJson(jsonFromValue(key)),
      jsonFromValue(item),
    ]),
  );
}
