import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import { valueAt } from "../manifest/pointer.ts";
import type { Json, JsonObject } from "../model/json.ts";

/** The text at some keys of a value; undefined where there is none. */
export function textAt(value: Json | undefined, ...keys: readonly string[]): string | undefined {
  const found = valueAt(value, keys);
  return typeof found === "string" ? found : undefined;
}

/** The object at some keys of a value; undefined where there is none. */
export function objectAt(value: Json | undefined, ...keys: readonly string[]): JsonObject | undefined {
  const found = valueAt(value, keys);
  return isObject(found) ? found : undefined;
}

/** The list at some keys of a value; empty where there is none. */
export function listAt(value: Json | undefined, ...keys: readonly string[]): readonly Json[] {
  const found = valueAt(value, keys);
  return isList(found) ? found : [];
}

/** The texts of the list at some keys of a value. */
export function textsAt(value: Json | undefined, ...keys: readonly string[]): readonly string[] {
  return listAt(value, ...keys).filter((item) => typeof item === "string");
}

/** The labels of an object. */
export function labelsOf(object: JsonObject): JsonObject {
  return objectAt(object, "metadata", "labels") ?? {};
}
