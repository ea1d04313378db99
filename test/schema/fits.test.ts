import { expect, test } from "@jest/globals";
import { toJsonText } from "../../src/manifest/json-text.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { openSchemaBundle } from "../../src/schema-bundle/open-bundle.ts";
import { FitsCompiler } from "../../src/schema/fits.ts";
import type { Schema } from "../../src/schema/schema.ts";
import type { Context } from "../../src/schema/schema-violation.ts";
import { unknownFields } from "../../src/schema/unknown-fields.ts";
import { wrongValues } from "../../src/schema/wrong-values.ts";
import { fitting, mutated, randomFrom } from "./generate.ts";

const source = openSchemaBundle();
const version = "1.34";
const resolve = (schema: Schema): Schema =>
  schema.$ref === undefined ? schema : source.definition(version, schema.$ref);
const compiler = new FitsCompiler(resolve);
const context: Context = {
  resolve,
  metadata: source.schemaOf(version, "v1", "ConfigMap")?.properties?.["metadata"] ?? {},
  opaque: () => false,
  ownKind: true,
  fragment: false,
  showsValues: true,
};

function violationsOf(object: JsonObject, schema: Schema): number {
  const wrong = wrongValues(object, schema, context, { ignoresStatus: true });
  return unknownFields(object, schema, context).length + wrong.length;
}

test("what fits has no violation, over all kinds, right and wrong objects", () => {
  const kinds = source.served(version).flatMap(([apiVersion, names]) => names.map((kind) => ({ apiVersion, kind })));
  const random = randomFrom(7);
  const wrong: string[] = [];
  const counts = { fits: 0, right: 0, wrong: 0 };
  for (let index = 0; index < 6_000; index += 1) {
    const { apiVersion, kind } = kinds[index % kinds.length]!;
    const schema = source.schemaOf(version, apiVersion, kind)!;
    let object = { ...(fitting(random, schema, resolve) as JsonObject), apiVersion, kind } as JsonObject;
    for (let step = index % 3; step > 0; step -= 1) object = mutated(random, object);
    const violations = violationsOf(object, schema);
    const fits = compiler.object(object, schema);
    if (fits && violations > 0) wrong.push(toJsonText(object));
    counts[violations > 0 ? "wrong" : "right"] += 1;
    if (fits) counts.fits += 1;
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  // Both kinds of objects were generated, and most of the right ones need no second validation.
  expect(counts.wrong).toBeGreaterThan(1_000);
  expect(counts.fits).toBeGreaterThan(counts.right / 2);
});

const service = source.schemaOf(version, "v1", "Service")!;
const serviceWith = (spec: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "a", finalizers: ["a", "b"] },
  spec,
});

test.each<[name: string, object: JsonObject, fits: boolean]>([
  ["ports that differ", serviceWith({ ports: [{ port: 80 }, { port: 81 }] }), true],
  ["ports that differ in their protocol", serviceWith({ ports: [{ port: 80 }, { port: 80, protocol: "UDP" }] }), true],
  ["a port twice", serviceWith({ ports: [{ port: 80 }, { port: 80 }] }), false],
  ["a port twice, once with the default", serviceWith({ ports: [{ port: 80 }, { port: 80, protocol: "TCP" }] }), false],
  ["a choice that is none", serviceWith({ type: "Cluster" }), false],
  ["an empty choice", serviceWith({ type: "" }), true],
  ["null in place of a list", serviceWith({ ports: null }), true],
  ["a required field that is null", serviceWith({ ports: [{ port: null }] }), false],
  ["a field of every object of JavaScript", serviceWith({ constructor: "a" }), false],
  ["a status", { ...serviceWith({}), status: {} }, false],
])("%s", (_name, object, fits) => {
  expect(compiler.object(object, service)).toBe(fits);
  if (fits) expect(violationsOf(object, service)).toBe(0);
});
