import type { Answer } from "./ask.ts";
import type { RegoValue } from "./value/rego-value.ts";
import { isArray, isRegoObject, isSet } from "./value/rego-value.ts";

/**
 * Whether conftest's `exception` rules excuse a rule: the query is `data.<package>.exception[_][_] == "<suffix>"`, where
 * the suffix of an unsuffixed rule is empty. An excused rule is excused for the whole document.
 */
export function isExcused(exceptions: Answer["exceptions"], packageName: string, rule: string): boolean {
  const suffix = suffixOf(rule);
  return exceptions.some(
    ([name, value]) => name === packageName && membersOf(value).some((list) => membersOf(list).includes(suffix)),
  );
}

/** The part of a rule's name that exceptions name: prefixes are taken off as conftest does, one after the other. */
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
