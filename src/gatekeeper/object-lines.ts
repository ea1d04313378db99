import { locatorOf, type Locator } from "../manifest/locate.ts";
import type { Pointer } from "../model/json.ts";
import type { PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";

/** The line of the file on which a value of a policy object starts, or the nearest one above it. */
export function lineOf(object: PolicyObject, pointer: Pointer): number {
  return locatorFor(object)?.locateDeepest(pointer).place.line ?? object.line;
}

/** The line of the file for a line of a text that an object holds, such as its Rego. */
export function lineInText(object: PolicyObject, pointer: Pointer, line: number): number {
  const start = lineOf(object, pointer);
  const { document } = object;
  if (document === undefined) return start;
  const written = document.text.split("\n")[start - document.line] ?? "";
  return /[|>][-+0-9]*\s*(?:#.*)?$/.test(written) ? start + line : start;
}

/** A problem of a policy object, at the line of one of its values. */
export function problemAt(object: PolicyObject, pointer: Pointer, message: string): Problem {
  return { stage: "compile", path: object.path, line: lineOf(object, pointer), message };
}

const locators = new WeakMap<PolicyObject, Locator>();

function locatorFor(object: PolicyObject): Locator | undefined {
  const known = locators.get(object);
  if (known !== undefined || object.document === undefined) return known;
  const { text, line } = object.document;
  const made = locatorOf({ kind: "document", index: 0, offset: 0, text, line });
  if (made !== undefined) locators.set(object, made);
  return made;
}
