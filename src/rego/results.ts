import type { Json, JsonObject } from "../model/json.ts";
import type { DeclaredLocation } from "../model/violation.ts";
import type { RegoObject, RegoValue } from "./value/rego-value.ts";
import { isArray, isRegoObject, isSet } from "./value/rego-value.ts";
import { jsonFromValue } from "./value/json-text.ts";

/** One message of a deciding rule. */
export interface Result {
  readonly message: string;
  /** The value as the rule returned it. */
  readonly value: Json;
  readonly declared?: DeclaredLocation;
  readonly metadata?: JsonObject;
}

/** The results of a rule, and the first value that is not a result. */
export interface Results {
  readonly results: readonly Result[];
  readonly wrong?: WrongValue;
}

/** A value that a rule must not return, and a description of it. */
export interface WrongValue {
  readonly value: Json;
  readonly description: string;
}

/** The value that a deciding rule must have. */
export const expectedResults = 'a set of messages, each a string or an object with a string "msg"';

/**
 * Reads the value of a rule as conftest does: strings, or objects with `msg`, whose other keys are metadata, `_loc`
 * being the location. Values that conftest silently ignores (numbers, booleans, an empty message) are reported.
 */
export function readResults(value: RegoValue): Results {
  if (!isArray(value) && !isSet(value)) return { results: [], wrong: wrongValue(value, describe(value)) };
  const results: Result[] = [];
  let wrong: WrongValue | undefined;
  for (const item of value) {
    const result = readResult(item);
    if (result === undefined) wrong ??= wrongValue(item, describeItem(item));
    else results.push(result);
  }
  return wrong === undefined ? { results } : { results, wrong };
}

function wrongValue(value: RegoValue, description: string): WrongValue {
  return { value: jsonFromValue(value), description };
}

/** One item of a rule's value as conftest reads it: an empty message passes, and what is neither text nor object is ignored. */
export type ReadItem =
  | { readonly kind: "result"; readonly result: Result }
  | { readonly kind: "wrong"; readonly wrong: WrongValue }
  | { readonly kind: "empty" | "ignored" };

/** Reads one item of a rule's value as conftest does. An object without a message is an error there too. */
export function readItem(item: RegoValue): ReadItem {
  const result = readResult(item);
  if (result !== undefined) return { kind: "result", result };
  if (item === "" || (isRegoObject(item) && item.get("msg") === "")) return { kind: "empty" };
  return isRegoObject(item) ? { kind: "wrong", wrong: wrongValue(item, describeItem(item)) } : { kind: "ignored" };
}

function readResult(item: RegoValue): Result | undefined {
  if (typeof item === "string") return item === "" ? undefined : { message: item, value: item };
  if (!isRegoObject(item)) return undefined;
  const message = item.get("msg");
  if (typeof message !== "string" || message === "") return undefined;
  const declared = readLocation(item.get("_loc"));
  const rest = new Map([...item].filter(([key]) => key !== "msg" && key !== "_loc"));
  return {
    message,
    value: jsonFromValue(item),
    ...(declared === undefined ? {} : { declared }),
    ...(rest.size === 0 ? {} : { metadata: jsonFromValue(rest) as JsonObject }),
  };
}

function readLocation(value: RegoValue | undefined): DeclaredLocation | undefined {
  if (value === undefined || !isRegoObject(value)) return undefined;
  const line = value.get("line");
  const file = value.get("file");
  if (typeof line !== "number" || !Number.isInteger(line) || line < 1) return undefined;
  return typeof file === "string" && file !== "" ? { path: file, line } : { line };
}

function describeItem(item: RegoValue): string {
  if (item === "") return "an empty message";
  if (isRegoObject(item)) return `an object whose "msg" is ${describeMessage(item)}`;
  return `a set with ${describe(item)} in it`;
}

function describeMessage(item: RegoObject): string {
  const message = item.get("msg");
  if (message === undefined) return "missing";
  return message === "" ? "empty" : describe(message);
}

function describe(value: RegoValue): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return "a string";
  if (isArray(value)) return "an array";
  if (isSet(value)) return "a set";
  return isRegoObject(value) ? "an object" : "a number";
}
