import type { Json, JsonObject } from "../../src/model/json.ts";
import { pick, type Random } from "./generate.ts";

/** The schema of a CRD as its text says it, and an object that mostly fits it. */
export interface GeneratedCrd {
  readonly crd: JsonObject;
  readonly object: JsonObject;
}

/** A CRD with a structural schema and an object of its kind. */
export function generateCrd(random: Random): GeneratedCrd {
  const spec = { ...schemaOf(random, 0), type: "object" };
  const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      names: { kind: "Widget", plural: "widgets" },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
        },
      ],
    },
  };
  const object = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "a" }, spec: valueOf(random, spec) };
  return { crd, object };
}

type Node = { [key: string]: Json };

const fields = ["a", "b", "size", "mode", "items"];

function schemaOf(random: Random, depth: number): Node {
  const scalar = ["string", "integer", "number", "boolean", "intOrString"];
  const type =
    depth === 0 ? "object" : pick(random, depth > 3 ? scalar : [...scalar, "object", "object", "array", "map", "any"]);
  const node = nodeOf(random, type, depth);
  if (random() < 0.15 && type !== "any") node["nullable"] = true;
  if (random() < 0.1) Object.assign(node, junctionOf(random, type));
  return node;
}

function nodeOf(random: Random, type: string, depth: number): Node {
  const some = (share: number, more: Node): Node => (random() < share ? more : {});
  switch (type) {
    case "string":
      return {
        type,
        ...some(0.2, { enum: ["Fast", "Slow"] }),
        ...some(0.2, { minLength: 2 }),
        ...some(0.2, { maxLength: 4 }),
        ...some(0.2, { pattern: pick(random, ["^[a-z]+$", "a|S", "^$"]) }),
        ...some(0.2, {
          format: pick(random, ["date-time", "byte", "ipv4", "cidr", "uuid", "mac", "date", "unheard-of"]),
        }),
        ...some(0.2, { default: "Fast" }),
      };
    case "integer":
      return {
        type,
        ...some(0.2, { minimum: 1 }),
        ...some(0.2, { maximum: 100, exclusiveMaximum: random() < 0.5 }),
        ...some(0.1, { multipleOf: 2 }),
        ...some(0.2, { format: pick(random, ["int32", "int64"]) }),
        ...some(0.2, { default: 4 }),
      };
    case "number":
      return { type, ...some(0.2, { minimum: 1, exclusiveMinimum: random() < 0.5 }) };
    case "boolean":
      return { type, ...some(0.2, { default: true }) };
    case "intOrString":
      return { "x-kubernetes-int-or-string": true, ...some(0.5, { anyOf: [{ type: "integer" }, { type: "string" }] }) };
    case "any":
      return { "x-kubernetes-preserve-unknown-fields": true, ...some(0.5, { type: "object" }) };
    case "map":
      return { type: "object", additionalProperties: schemaOf(random, depth + 1) };
    case "array":
      return listOf(random, depth);
    default: {
      const names = fields.filter(() => random() < 0.6);
      return {
        type: "object",
        properties: Object.fromEntries(names.map((name) => [name, schemaOf(random, depth + 1)])),
        ...some(0.3, { required: names.slice(0, 2) }),
        ...some(0.1, { "x-kubernetes-preserve-unknown-fields": true }),
        ...some(0.1, { "x-kubernetes-embedded-resource": true }),
        ...some(0.1, { maxProperties: 2 }),
        ...some(0.1, { minProperties: 1 }),
        ...(depth === 0 ? {} : some(0.1, { default: {} })),
      };
    }
  }
}

function listOf(random: Random, depth: number): Node {
  const kind = random();
  if (kind < 0.2) return { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } };
  if (kind < 0.4) {
    const items = {
      type: "object",
      required: ["id"],
      properties: { id: { type: "string" }, side: { type: "string", default: "left" } },
    };
    return { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id", "side"], items };
  }
  return {
    type: "array",
    items: schemaOf(random, depth + 1),
    ...(random() < 0.2 ? { minItems: 1 } : {}),
    ...(random() < 0.2 ? { maxItems: 1 } : {}),
  };
}

function junctionOf(random: Random, type: string): Node {
  const branches: Record<string, readonly Node[]> = {
    string: [{ pattern: "^a" }, { enum: ["Fast"] }, { minLength: 3 }],
    integer: [{ minimum: 3 }, { enum: [4] }, { maximum: 50 }],
    object: [{ required: ["a"] }, { required: ["b"] }, { minProperties: 2 }],
  };
  const all = branches[type];
  if (all === undefined) return {};
  const [one, two] = [pick(random, all), pick(random, all)];
  const how = pick(random, ["anyOf", "oneOf", "allOf", "not"]);
  return how === "not" ? { not: one } : { [how]: [one, two] };
}

function valueOf(random: Random, schema: Node): Json {
  // The API server's own code takes a list for a text that has a format.
  const lists = schema["format"] === undefined ? [[], ["a"]] : [];
  if (random() < 0.06) return pick<Json>(random, [null, 3, "3", 1.5, true, {}, { x: 1 }, ...lists]);
  if (schema["x-kubernetes-int-or-string"] === true) return pick<Json>(random, [1, "a"]);
  switch (schema["type"] as string) {
    case "string":
      return pick(random, [
        "Fast",
        "Slow",
        "a",
        "abc",
        "",
        "abcdef",
        "2027-01-15T09:30:00Z",
        "2027-01-15",
        "aGk=",
        "10.0.0.1",
        "10.0.0.0/8",
        "00:00:5e:00:53:01",
        "123e4567-e89b-12d3-a456-426614174000",
      ]);
    case "integer":
      return pick<Json>(random, [0, 1, 4, 99, 100, 101, 2 ** 31, 9223372036854775807n]);
    case "number":
      return pick(random, [0, 0.5, 1, 7]);
    case "boolean":
      return random() < 0.5;
    case "array": {
      const items = schema["items"] as Node;
      return Array.from({ length: Math.floor(random() * 4) }, () => valueOf(random, items));
    }
    case "object": {
      const properties = (schema["properties"] ?? {}) as { readonly [name: string]: Node };
      const additional = schema["additionalProperties"] as Node | undefined;
      const entries = Object.entries(properties).flatMap<[string, Json]>(([name, of]) =>
        random() < 0.7 ? [[name, valueOf(random, of)]] : [],
      );
      if (additional !== undefined) entries.push(["k", valueOf(random, additional)]);
      if (random() < 0.1) entries.push(["stranger", { deep: 1 }]);
      if (schema["x-kubernetes-embedded-resource"] === true && random() < 0.8) {
        entries.push(
          ["apiVersion", "v1"],
          ["kind", "X"],
          ["metadata", pick<Json>(random, [{}, { name: "a" }, { strange: 1 }])],
        );
      }
      return Object.fromEntries(entries);
    }
    default:
      return pick<Json>(random, [1, "a", { x: { y: null } }]);
  }
}
