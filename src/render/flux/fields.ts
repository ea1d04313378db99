import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";

/** The value at a path of keys; undefined where it is missing or null, which Go does not distinguish. */
export function fieldAt(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let at = value;
  for (const key of keys) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at ?? undefined;
}

/** The text at a path; undefined where it is missing or empty, which Go does not distinguish. */
export function textAt(value: Json | undefined, ...keys: readonly string[]): string | undefined {
  const found = fieldAt(value, ...keys);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** Whether the value at a path is `true`. */
export function flagAt(value: Json | undefined, ...keys: readonly string[]): boolean {
  return fieldAt(value, ...keys) === true;
}

/** The object at a path; undefined where there is none. */
export function objectAt(value: Json | undefined, ...keys: readonly string[]): JsonObject | undefined {
  const found = fieldAt(value, ...keys);
  return isObject(found) ? found : undefined;
}

/** The objects of the list at a path, each with its index; empty where there is no list. */
export function objectsAt(
  value: Json | undefined,
  ...keys: readonly string[]
): readonly { readonly item: JsonObject; readonly index: number }[] {
  const found = fieldAt(value, ...keys);
  if (!Array.isArray(found)) return [];
  return found.flatMap((item: Json, index) => (isObject(item) ? [{ item, index }] : []));
}

/** The texts of the list at a path; empty where there is no list. */
export function textsAt(value: Json | undefined, ...keys: readonly string[]): readonly string[] {
  const found = fieldAt(value, ...keys);
  return Array.isArray(found) ? found.filter((item: Json) => typeof item === "string") : [];
}

/** The map of texts at a path; numbers and booleans in Go's notation. */
export function textMapAt(value: Json | undefined, ...keys: readonly string[]): { readonly [key: string]: string } {
  const entries = Object.entries(objectAt(value, ...keys) ?? {});
  return Object.fromEntries(
    entries.flatMap(([key, one]) => (one === null || typeof one === "object" ? [] : [[key, String(one)]])),
  );
}
