import type { Answer } from "./ask.ts";
import type { RegoValue } from "./value/rego-value.ts";
import { isArray, isRegoObject, isSet } from "./value/rego-value.ts";

/**
 * Whether `exception` rules as in conftest excuse a rule: the query is `data.<package>.exception[_][_] == "<suffix>"`,
 * with an empty suffix for an unsuffixed rule. An excused rule is excused for the whole document.
 */
export function isExcused(exceptions: Answer["exceptions"], packageName: string, rule: string): boolean {
  return excusesOf(exceptions, packageName, rule) > 0;
}

/** How often that query holds for a rule: conftest counts each time. */
export function excusesOf(exceptions: Answer["exceptions"], packageName: string, rule: string): number {
  const suffix = suffixOf(rule);
  return exceptions
    .filter(([name]) => name === packageName)
    .flatMap(([, value]) => membersOf(value).flatMap(membersOf))
    .filter((excused) => excused === suffix).length;
}

/**
 * The part of the name of a rule that exceptions refer to: prefixes are removed one after the other, as in conftest.
 */
function suffixOf(rule: string): string {
  if (rule === "violation" || rule === "deny" || rule === "warn") return "";
  return ["violation_", "deny_", "warn_"].reduce((name, prefix) => withoutPrefix(name, prefix), rule);
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function membersOf(value: RegoValue): readonly RegoValue[] {
  if (isArray(value)) return value;
  if (isSet(value)) return [...value];
  return isRegoObject(value) ? [...value.values()] : [];
}
