import type { Json } from "../model/json.ts";

/** Narrows to a list; `Array.isArray` does not narrow readonly arrays. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value at a key of an object or an index of a list; undefined where there is none. */
export function member(value: Json | undefined, key: string | number): Json | undefined {
  if (value === null || typeof value !== "object") return undefined;
  if (isList(value)) return typeof key === "number" ? value[key] : undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
