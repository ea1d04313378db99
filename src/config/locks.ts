import { isObject } from "../manifest/identity.ts";
import { nearName } from "../manifest/near-name.ts";
import { below, pointerOf } from "../manifest/pointer.ts";
import type { Json, JsonObject, Pointer } from "../model/json.ts";
import type { ConfigError } from "./config-error.ts";
import { configSchema } from "./config-schema.ts";

const schemas: { readonly [key: string]: object } = configSchema.properties;
const unlockable: readonly string[] = ["version", "extends", "locked"];

/** Errors for entries of `locked:` that name no key of a configuration: they would lock nothing. */
export function unknownLocks(locked: readonly string[]): readonly ConfigError[] {
  const keys = Object.keys(schemas).filter((key) => !unlockable.includes(key));
  return locked.flatMap((entry, index): readonly ConfigError[] => {
    const { key, inner } = partsOf(entry);
    const error = (expected: string): readonly ConfigError[] => [
      { pointer: `/locked/${index}`, message: `"locked[${index}]": no key "${entry}"; ${expected}` },
    ];
    const expected = (name: string, names: readonly string[], before = ""): string => {
      const near = nearName(name, names);
      return near === undefined ? `expected one of ${names.join(", ")}` : `did you mean "${before}${near}"?`;
    };
    const schema = keys.includes(key) ? schemas[key] : undefined;
    if (schema === undefined) return error(expected(key, keys));
    if (inner === undefined || "additionalProperties" in schema === false) {
      const hasInner = inner === undefined || key === "schemas";
      return hasInner ? [] : error(`expected "${key}" as a whole`);
    }
    const names = "properties" in schema ? Object.keys(schema.properties as object) : undefined;
    if (names === undefined || names.includes(inner)) return [];
    return error(expected(inner, names, `${key}.`));
  });
}

/** What an environment, or an entry of `apply`, has in place of a locked key or of its key `inner`. */
const placesElsewhere: { readonly [key: string]: { readonly of: string; readonly inner?: string } } = {
  data: { of: "parameters" },
  levels: { of: "levels" },
  schemas: { of: "kubernetes", inner: "kubernetes" },
};

/**
 * Where a configuration has what an entry of `locked:` locks. `levels`, `data` and `schemas.kubernetes` are also
 * locked where environments and entries of `apply` have their own.
 */
export function lockedPlaces(entry: string, written: JsonObject): readonly Pointer[] {
  const { key, inner } = partsOf(entry);
  const value = written[key];
  const locked: Pointer[] = [];
  if (inner === undefined || (value !== undefined && !isObject(value))) {
    if (value !== undefined) locked.push(below("", key));
  } else if (has(value, inner)) locked.push(pointerOf([key, inner]));
  const place = placesElsewhere[key];
  if (place === undefined) return locked;
  // A lock of all of `schemas` says nothing of the version that each cluster has.
  if (place.inner !== undefined && inner !== place.inner) return locked;
  const isWhole = inner === undefined || inner === place.inner;
  for (const [path, holder] of holders(written)) {
    const own = holder[place.of];
    if (own === undefined) continue;
    if (isWhole) locked.push(pointerOf([...path, place.of]));
    else if (has(own, inner)) locked.push(pointerOf([...path, place.of, inner]));
  }
  return locked;
}

/** The environments and entries of `apply`, with the way to each. */
function holders({ environments, apply }: JsonObject): readonly (readonly [readonly string[], JsonObject])[] {
  const all = [
    ...Object.entries(isObject(environments) ? environments : {}).map(
      ([name, one]) => [["environments", name], one] as const,
    ),
    ...(Array.isArray(apply) ? apply : []).map((one: Json, index) => [["apply", String(index)], one] as const),
  ];
  return all.flatMap(([path, one]) => (isObject(one) ? [[path, one] as const] : []));
}

/** Ids of policies have dots too, so that only the first one separates. */
function partsOf(entry: string): { readonly key: string; readonly inner?: string } {
  const dot = entry.indexOf(".");
  return dot === -1 ? { key: entry } : { key: entry.slice(0, dot), inner: entry.slice(dot + 1) };
}

function has(value: Json | undefined, key: string): boolean {
  return isObject(value) && Object.hasOwn(value, key);
}
