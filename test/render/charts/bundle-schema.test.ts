import { expect, test } from "@jest/globals";
import type { JsonObject } from "../../../src/model/json.ts";
import { bundleSchema } from "../../../src/render/charts/bundle-schema.ts";

const at = "https://schemas.example.com/v1/";
const latest = "https://json-schema.org/draft/2020-12/schema";

/** Reads from a table, and lists what was asked for. */
function reading(files: { readonly [url: string]: JsonObject }): {
  readonly read: (url: string) => Promise<JsonObject | undefined>;
  readonly asked: readonly string[];
} {
  const asked: string[] = [];
  return { asked, read: async (url) => (asked.push(url), files[url]) };
}

test("files that others refer to are embedded once, by their URLs", async () => {
  const { read, asked } = reading({
    [`${at}parts/pod.json`]: { properties: { name: { $ref: "names.json#/dns" }, self: { $ref: "#/properties/name" } } },
    [`${at}parts/names.json`]: { dns: { type: "string" }, back: { $ref: "pod.json" } },
  });
  const root = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: `${at}values.schema.json`,
    properties: { pod: { $ref: "parts/pod.json" }, own: { $ref: "values.schema.json#/definitions/own" } },
    definitions: { own: { type: "string" } },
  };
  expect(await bundleSchema(root, read)).toEqual({
    ...root,
    properties: { pod: { $ref: `${at}parts/pod.json` }, own: { $ref: `${at}values.schema.json#/definitions/own` } },
    definitions: {
      own: { type: "string" },
      [`${at}parts/pod.json`]: {
        $schema: latest,
        $id: `${at}parts/pod.json`,
        properties: { name: { $ref: `${at}parts/names.json#/dns` }, self: { $ref: "#/properties/name" } },
      },
      [`${at}parts/names.json`]: {
        $schema: latest,
        $id: `${at}parts/names.json`,
        dns: { type: "string" },
        back: { $ref: `${at}parts/pod.json` },
      },
    },
  });
  expect(asked).toEqual([`${at}parts/pod.json`, `${at}parts/names.json`]);
});

test("a schema that refers to no server stays as it is", async () => {
  const { read, asked } = reading({});
  const schemas: readonly JsonObject[] = [
    { properties: { a: { $ref: "#/$defs/a" }, b: { $ref: "b.json" } } },
    {
      $schema: "http://json-schema.org/draft-07/schema#",
      allOf: [{ $ref: "http://json-schema.org/draft-07/schema#" }],
    },
    { default: { $ref: `${at}a.json` }, enum: [{ $ref: `${at}a.json` }] },
    { $id: `${at}a.json`, properties: { inner: { $id: "b.json" }, b: { $ref: "b.json" }, a: { $ref: "a.json#" } } },
  ];
  for (const schema of schemas) expect(await bundleSchema(schema, read)).toBeUndefined();
  expect(asked).toEqual([]);
});

test("what is not at hand accepts any value", async () => {
  const { read } = reading({ [`${at}a.json`]: { items: { $ref: "gone.json#/x" } } });
  expect(await bundleSchema({ $ref: `${at}a.json` }, read)).toEqual({
    $ref: `${at}a.json`,
    $defs: {
      [`${at}a.json`]: { $schema: latest, $id: `${at}a.json`, items: { $ref: "urn:portcullis:not-fetched" } },
    },
  });
});

test("a file that calls itself by another id is known by its URL", async () => {
  const other = "https://elsewhere.example.com/pod.json";
  const { read, asked } = reading({
    [`${at}pod.json`]: { $id: other, $ref: "#/x", x: { $ref: "pod.json#/y" }, y: { $ref: "port.json" } },
    "https://elsewhere.example.com/port.json": { type: "integer" },
  });
  const bundled = await bundleSchema({ properties: { pod: { $ref: `${at}pod.json` } } }, read);
  expect(bundled?.["$defs"]).toMatchObject({
    [`${at}pod.json`]: {
      $id: `${at}pod.json`,
      allOf: [{ $ref: "#/x" }],
      x: { $ref: `${at}pod.json#/y` },
      y: { $ref: "https://elsewhere.example.com/port.json" },
    },
  });
  expect(asked).toEqual([`${at}pod.json`, "https://elsewhere.example.com/port.json"]);
});
