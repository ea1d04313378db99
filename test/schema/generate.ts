import { isObject } from "../../src/manifest/identity.ts";
import { isList } from "../../src/manifest/member.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import type { Schema } from "../../src/schema/schema.ts";

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Random = () => number;

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

/** An object that fits a schema of Kubernetes' own. */
export function fitting(random: Random, schema: Schema, resolve: (schema: Schema) => Schema, depth = 0): Json {
  const found = resolve(schema);
  if (found.enum !== undefined) return pick(random, found.enum);
  if (found.format === "quantity") return pick<Json>(random, ["500m", "1Gi", 2, 0.5, "1e3", "-.5", "100Mi"]);
  if (found.format === "int-or-string") return pick<Json>(random, [80, "http", "25%"]);
  const below = (inner: Schema): Json => fitting(random, inner, resolve, depth + 1);
  switch (found.type ?? "anything") {
    case "string":
      return textOf(random, found);
    case "integer":
      return pick<Json>(random, found.format === "int64" ? [0, 1, 9007199254740993n] : [0, 1, 443, -1]);
    case "number":
      return pick<Json>(random, [0, 1.5]);
    case "boolean":
      return random() < 0.5;
    case "array":
      return found.items === undefined || depth > 6
        ? []
        : Array.from({ length: Math.floor(random() * 3) }, () => below(found.items ?? {}));
    case "object":
      return objectOf(random, found, depth, below);
    default:
      return found.anyOf === undefined ? pick<Json>(random, [1, "x", { a: [true] }]) : below(found.anyOf.at(-1) ?? {});
  }
}

function objectOf(random: Random, found: Schema, depth: number, below: (schema: Schema) => Json): JsonObject {
  const { properties = {}, additionalProperties, required = [] } = found;
  const share = depth === 0 ? 1 : depth > 5 ? 0 : Math.min(0.6, 5 / Object.keys(properties).length);
  const names = Object.keys(properties).filter((name) => required.includes(name) || random() < share);
  const filled: [string, Json][] = names.map((name) => [name, below(properties[name] ?? {})]);
  if (typeof additionalProperties === "object" && depth < 7)
    filled.push([pick(random, ["a", "app"]), below(additionalProperties)]);
  return Object.fromEntries(filled);
}

function textOf(random: Random, { format }: Schema): string {
  if (format === "byte") return pick(random, ["", "aGk=", "aGVsbG8="]);
  if (format === "date-time") return pick(random, ["2027-01-15T09:30:00Z", "2027-01-15T09:30:00.5+02:00"]);
  if (format === "micro-time") return "2027-01-15T09:30:00.000000Z";
  return pick(random, ["", "a", "web", "1"]);
}

const strangers: readonly Json[] = [
  null,
  true,
  false,
  3,
  -1,
  1.5,
  1e12,
  4294967296,
  9223372036854775807n,
  9223372036854775808n,
  "",
  "x",
  "3",
  "true",
  "500m",
  "1 Gi",
  "aGk",
  "2027-01-15",
  [],
  {},
  [null],
  ["x"],
  { a: 1 },
];

/** The object with one thing changed somewhere: a key with another name, a value of another kind, a field nobody knows. Its own type stays. */
export function mutated(random: Random, value: JsonObject): JsonObject {
  const places = placesIn(value).filter((path) => path.length > 1 || (path[0] !== "apiVersion" && path[0] !== "kind"));
  const path = pick(random, places);
  return change(value, path, random) as JsonObject;
}

function placesIn(value: Json, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (isList(value)) return value.flatMap((item, index) => [[...path, index], ...placesIn(item, [...path, index])]);
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((key) => [[...path, key], ...placesIn(value[key] ?? null, [...path, key])]);
}

function change(value: Json, path: readonly (string | number)[], random: Random): Json {
  const [key, ...rest] = path;
  if (isList(value)) return value.map((item, index) => (index === key ? changeHere(item, rest, random) : item));
  if (!isObject(value)) return value;
  const names = ["rename", "value", "value", "add"];
  const how = rest.length > 0 || typeof key !== "string" ? "value" : pick(random, names);
  const entries = Object.entries(value).flatMap<[string, Json]>(([name, item]) => {
    if (name !== key) return [[name, item]];
    if (how === "rename") return [[pick(random, [`${name}s`, name.toUpperCase(), name.slice(1)]) || "x", item]];
    if (how === "add")
      return [
        [name, item],
        ["stranger", pick(random, strangers)],
      ];
    return [[name, changeHere(item, rest, random)]];
  });
  return Object.fromEntries(entries);
}

function changeHere(item: Json, rest: readonly (string | number)[], random: Random): Json {
  return rest.length === 0 ? pick(random, strangers) : change(item, rest, random);
}
