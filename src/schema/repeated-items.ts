import { canonicalJson } from "../manifest/canonical-json.ts";
import { isObject } from "../manifest/identity.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { describe, type Context, type SchemaViolation } from "./schema-violation.ts";
import type { Schema } from "./schema.ts";

export interface RepeatedItem {
  readonly index: number;
  readonly text: string;
  readonly level: SchemaViolation["level"];
  readonly rests: Json;
}

/** Lists in Kubernetes' own kinds in which the API server refuses two items of one key. In others only server-side apply does. */
const refused = new Set([
  "containers",
  "initContainers",
  "volumes",
  "volumeMounts",
  "volumeDevices",
  "topologySpreadConstraints",
]);

/** Finds duplicate items of a list that is a set, or a map with keys. */
export function repeatedItems(
  items: readonly Json[],
  schema: Schema,
  field: string | number | undefined,
  context: Context,
): readonly RepeatedItem[] {
  const type = schema["x-kubernetes-list-type"];
  const keys = type === "map" ? (schema["x-kubernetes-list-map-keys"] ?? []) : [];
  if (schema.uniqueItems !== true && type !== "set" && keys.length === 0) return [];
  const defaults = keys.length === 0 ? {} : defaultsOf(schema, context);
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const key = keys.length === 0 ? item : keyOf(item, keys, defaults);
    const text = key === undefined ? undefined : canonicalJson(key);
    if (key === undefined || text === undefined || !seen.has(text)) {
      if (text !== undefined) seen.add(text);
      return [];
    }
    const level = !context.ownKind || refused.has(String(field)) || keys[0] === "port" ? "deny" : "warn";
    return [{ index, level, text: sayWhich(key, keys, context), rests: key } as const];
  });
}

function sayWhich(key: Json, keys: readonly string[], { showsValues }: Context): string {
  if (!isObject(key)) return `already in the list: ${describe(key, showsValues)}`;
  const parts = keys.map((name) => `${name} ${canonicalJson(key[name] ?? null)}`);
  return `an item with ${parts.join(" and ")} is already in the list`;
}

/** The key of an item; undefined where it has none, which another rule reports. */
function keyOf(item: Json, keys: readonly string[], defaults: JsonObject): JsonObject | undefined {
  if (!isObject(item)) return undefined;
  const found = keys.map(
    (key) => [key, (Object.hasOwn(item, key) ? item[key] : undefined) ?? defaults[key] ?? null] as const,
  );
  return found.every(([, value]) => value === null) ? undefined : Object.fromEntries(found);
}

function defaultsOf(schema: Schema, context: Context): JsonObject {
  if (schema.keyDefaults !== undefined) return schema.keyDefaults;
  const properties = schema.items === undefined ? {} : (context.resolve(schema.items).properties ?? {});
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, { default: preset }]) => (preset === undefined ? [] : [[name, preset]])),
  );
}
