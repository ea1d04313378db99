import { isObject } from "../../../manifest/identity.ts";
import type { Json, JsonObject } from "../../../model/json.ts";

/** Merges objects deeply, the second over the first. As with mergo's WithOverride, an empty, false or zero value overrides nothing. */
export function mergeOver(base: JsonObject, over: JsonObject): JsonObject {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const old = merged.get(key);
    if (isObject(old) && isObject(value)) merged.set(key, mergeOver(old, value));
    else if (old === undefined || !saysNothing(value)) merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** Fills fields that the first object lacks from the second, deeply; `valuesObject` counts as one value. */
export function fillFrom(target: JsonObject, defaults: JsonObject): JsonObject {
  const filled = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(defaults)) {
    const own = filled.get(key);
    if (own === undefined || saysNothing(own)) filled.set(key, value);
    else if (key !== "valuesObject" && isObject(own) && isObject(value)) filled.set(key, fillFrom(own, value));
  }
  return Object.fromEntries(filled);
}

function saysNothing(value: Json): boolean {
  if (value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}
