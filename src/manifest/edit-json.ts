import type { Json, JsonObject, Pointer } from "../model/json.ts";
import { isObject } from "./identity.ts";
import { isList, member } from "./member.ts";
import { keysOf, valueAt } from "./pointer.ts";
import { sameJson } from "./same-json.ts";

/** One change of a value, at a JSON Pointer. */
export type Edit =
  | { readonly kind: "set"; readonly pointer: Pointer; readonly value: Json }
  | { readonly kind: "add"; readonly pointer: Pointer; readonly items: readonly Json[] }
  | { readonly kind: "remove"; readonly pointer: Pointer };

/** A value with an edit made; undefined where the edit does not fit the value. */
export function editJson(value: Json, edit: Edit): Json | undefined {
  const keys = keysOf(edit.pointer);
  switch (edit.kind) {
    case "set":
      return put(value, keys, edit.value);
    case "add": {
      const list = valueAt(value, keys) ?? [];
      if (!isList(list)) return undefined;
      return put(value, keys, [...list, ...missingItems(list, edit.items)]);
    }
    case "remove":
      return valueAt(value, keys) === undefined ? value : without(value, keys);
    default:
      return edit satisfies never;
  }
}

/** The items that a list lacks. */
export function missingItems(list: readonly Json[], items: readonly Json[]): readonly Json[] {
  return items.filter((item) => !list.some((one) => sameJson(one, item)));
}

function put(at: Json | undefined, keys: readonly string[], value: Json): Json | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (at === undefined || at === null) return put({}, keys, value);
  if (isList(at)) {
    const index = Number(key);
    if (!/^\d+$/.test(key) || index >= at.length) return undefined;
    const item = put(at[index], rest, value);
    return item === undefined ? undefined : at.with(index, item);
  }
  if (!isObject(at)) return undefined;
  const inner = put(member(at, key), rest, value);
  return inner === undefined ? undefined : { ...at, [key]: inner };
}

function without(at: Json, keys: readonly string[]): Json | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return undefined;
  if (isList(at)) {
    const index = Number(key);
    if (rest.length === 0) return at.toSpliced(index, 1);
    const item = without(at[index] ?? null, rest);
    return item === undefined ? undefined : at.with(index, item);
  }
  if (!isObject(at)) return undefined;
  if (rest.length === 0) return Object.fromEntries(Object.entries(at).filter(([name]) => name !== key)) as JsonObject;
  const inner = without(at[key] ?? null, rest);
  return inner === undefined ? undefined : { ...at, [key]: inner };
}
