import type { JsonObject } from "../../model/json.ts";
import { setKeys } from "../positions/set-keys.ts";

/** One entry of `spec.valuesFrom`: values that are merged, or a value that is set at a path. */
export type ValuesReference<Setting> =
  | { readonly kind: "values"; readonly value: JsonObject }
  | { readonly kind: "path"; readonly path: string; readonly setting: Setting };

type Values = { [key: string]: unknown };

/**
 * The settings by `targetPath` that nothing overrides. helm-controller goes through the references in order and merges
 * `spec.values` last, and before each setting too: a setting is written into the maps of `spec.values` themselves where
 * no earlier reference has a map in their place, and then it wins over everything. `blocked`: paths through a value that
 * is neither map nor list, which Helm's parser refuses.
 */
export function settingsThatWin<Setting>(
  references: readonly ValuesReference<Setting>[],
  own: JsonObject,
): { readonly set: readonly Setting[]; readonly blocked: readonly string[] } {
  const blocked: string[] = [];
  const inline = structuredClone(own) as Values;
  let values: Values = {};
  const open: { readonly keys: readonly string[] | undefined; readonly mark: symbol; readonly setting: Setting }[] = [];
  for (const reference of references) {
    if (reference.kind === "values") {
      values = merge(values, structuredClone(reference.value) as Values);
      continue;
    }
    values = merge(values, inline);
    // At a key without a name the parser sets nothing.
    const keys = reference.path.startsWith(".") ? undefined : setKeys(reference.path);
    const mark = Symbol(reference.path);
    if (keys !== undefined && !setAt(values, keys, mark)) blocked.push(reference.path);
    open.push({ keys, mark, setting: reference.setting });
  }
  const merged = merge(values, inline);
  const set = open.flatMap(({ keys, mark, setting }) =>
    keys === undefined || valueAt(merged, keys) === mark ? [setting] : [],
  );
  return { set, blocked };
}

/** Helm's merge: a new map only where both sides have one, so that other maps stay shared. */
function merge(below: Values, above: Values): Values {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const held = merged[key];
    merged[key] = isMap(held) && isMap(value) ? merge(held, value) : value;
  }
  return merged;
}

/** Sets a value; false where something else is in the way. A list that is too short is replaced by a longer one. */
function setAt(values: Values, keys: readonly string[], mark: symbol): boolean {
  let at = values;
  for (const [index, key] of keys.entries()) {
    const next = keys[index + 1];
    if (next === undefined) {
      at[key] = mark;
      return true;
    }
    let held = Object.hasOwn(at, key) ? at[key] : {};
    if (Array.isArray(held) && Number(next) >= held.length) held = Object.assign([], held);
    // A new item of a list is what is made of it, and what an earlier setting made is for Helm's parser to say.
    if (held === undefined || typeof held === "symbol") held = {};
    if (!isMap(held) && !Array.isArray(held)) return false;
    at[key] = held;
    at = held as Values;
  }
  return true;
}

function valueAt(values: Values, keys: readonly string[]): unknown {
  let at: unknown = values;
  for (const key of keys) at = isMap(at) || Array.isArray(at) ? (at as Values)[key] : undefined;
  return at;
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
