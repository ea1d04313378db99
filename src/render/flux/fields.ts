import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";

/** The value at a path of keys; undefined where there is none or it is null, as Go reads an absent field. */
export function fieldAt(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let at = value;
  for (const key of keys) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at ?? undefined;
}

/** The text at a path; undefined where there is none or it is empty, which Go does not tell apart. */
export function textAt(value: Json | undefined, ...keys: readonly string[]): string | undefined {
  const found = fieldAt(value, ...keys);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** Whether `true` stands at a path. */
export function flagAt(value: Json | undefined, ...keys: readonly string[]): boolean {
  return fieldAt(value, ...keys) === true;
}

/** The object at a path. */
export function objectAt(value: Json | undefined, ...keys: readonly string[]): JsonObject | undefined {
  const found = fieldAt(value, ...keys);
  return isObject(found) ? found : undefined;
}

/** The objects of the list at a path, each with its index. */
export function objectsAt(
  value: Json | undefined,
  ...keys: readonly string[]
): readonly { readonly item: JsonObject; readonly index: number }[] {
  const found = fieldAt(value, ...keys);
  if (!Array.isArray(found)) return [];
  return found.flatMap((item: Json, index) => (isObject(item) ? [{ item, index }] : []));
}

/** The texts of the list at a path. */
export function textsAt(value: Json | undefined, ...keys: readonly string[]): readonly string[] {
  const found = fieldAt(value, ...keys);
  return Array.isArray(found) ? found.filter((item: Json) => typeof item === "string") : [];
}

/** The map of texts at a path; numbers and booleans as Go would print them. */
export function textMapAt(value: Json | undefined, ...keys: readonly string[]): { readonly [key: string]: string } {
  const entries = Object.entries(objectAt(value, ...keys) ?? {});
  return Object.fromEntries(
    entries.flatMap(([key, one]) => (one === null || typeof one === "object" ? [] : [[key, String(one)]])),
  );
}
