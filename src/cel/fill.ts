import { isObject } from "../manifest/identity.ts";
import type { Json, JsonObject } from "../model/json.ts";

/** A mapping with defaults for what it does not have; a null counts as not there, as for the API server. Mappings are filled within. */
export function filled(value: Json | undefined, defaults: JsonObject): JsonObject {
  const own = isObject(value) ? value : {};
  const entries = Object.entries(defaults).map(([key, preset]): [string, Json] => {
    const there = Object.hasOwn(own, key) ? own[key] : undefined;
    if (there === undefined || there === null) return [key, preset];
    return [key, isObject(there) && isObject(preset) ? filled(there, preset) : there];
  });
  return { ...own, ...Object.fromEntries(entries) };
}

/** A mapping with one of its mappings changed, where it has it. */
export function within(value: JsonObject, key: string, change: (inner: JsonObject) => JsonObject): JsonObject {
  const inner = value[key];
  return isObject(inner) ? { ...value, [key]: change(inner) } : value;
}

/** A mapping with the items of one of its lists changed, where it has it. */
export function each(value: JsonObject, key: string, change: (item: JsonObject) => JsonObject): JsonObject {
  const list = value[key];
  if (!Array.isArray(list)) return value;
  return { ...value, [key]: list.map((item: Json) => (isObject(item) ? change(item) : item)) };
}
