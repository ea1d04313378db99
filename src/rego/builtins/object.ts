import { compareValues } from "../value/compare-values.ts";
import type { RegoObject, RegoValue } from "../value/rego-value.ts";
import { isArray, isRegoObject } from "../value/rego-value.ts";
import { askOpa } from "./ask-opa.ts";
import type { BuiltinRecord } from "./builtin.ts";

/** Builtins for objects. */
export const objectBuiltins: BuiltinRecord = {
  "object.union_n": (_run, list) => {
    if (list === undefined || !isArray(list)) return undefined;
    let union: RegoObject = new Map();
    for (const one of list) {
      if (one === null || typeof one !== "object" || !isRegoObject(one)) return undefined;
      union = merged(union, one);
    }
    return union;
  },
};

/** Merges objects recursively; for other values the later one wins. */
function merged(a: RegoObject, b: RegoObject): RegoObject {
  const members: [RegoValue, RegoValue][] = [...a].map(([key, value]) => [key, value]);
  // Keys that are not strings are compared by value, which a Map does not do.
  if ([...a.keys(), ...b.keys()].some((key) => typeof key !== "string")) return askOpa();
  const byKey = new Map(members);
  for (const [key, value] of b) {
    const old = byKey.get(key);
    byKey.set(key, isNested(old) && isNested(value) ? merged(old, value) : value);
  }
  return new Map([...byKey].sort(([x], [y]) => compareValues(x, y)));
}

function isNested(value: RegoValue | undefined): value is RegoObject {
  return value !== undefined && value !== null && typeof value === "object" && isRegoObject(value);
}
