import { spawnSync } from "node:child_process";
import { afterAll, expect, test } from "@jest/globals";
import { createCelModule } from "../../src/cel/cel-module.ts";
import { toJsonText } from "../../src/manifest/json-text.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { goProgram } from "../support/go-program.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { pick, randomFrom, type Random } from "../schema/generate.ts";

// Building the API server's packages takes minutes the first time.
const sweep = Number(process.env["PORTCULLIS_SWEEP"] ?? "0");
if (sweep === 0) console.warn("skipped: CEL against the API server's code (needs Go and PORTCULLIS_SWEEP=10000)");
const oracle =
  sweep === 0
    ? undefined
    : await goProgram({
        name: "cel-oracle",
        sources: "toolchain/cel-oracle",
        tests: "the differential tests against the API server's CEL",
      });

const module = createCelModule({ cacheDir: TEST_CACHE });
afterAll(() => module.close());

const rules: Json = [
  { rule: "self.min <= self.max", message: "min above max" },
  { rule: "self.parts.all(p, p.size < 5)", messageExpression: "'sizes of ' + string(self.parts.size())" },
  { rule: "self.parts.exists_one(p, p.name == self.main)", fieldPath: ".main", reason: "FieldValueInvalid" },
  { rule: "!has(oldSelf.mode) || has(self.mode)", message: "mode stays" },
  { rule: "self.mode == oldSelf.mode", message: "mode is immutable" },
  { rule: "self.labels.all(k, self.labels[k] != k)" },
  { rule: "quantity(self.memory).isLessThan(quantity('2Gi'))" },
  { rule: "self.wait < duration('2h')", message: "waits long" },
  { rule: "self.port == 80 || self.port == 'http'" },
  { rule: "self.parts.map(p, p.size).sum() < self.max * 4" },
];
const spec: JsonObject = {
  type: "object",
  required: ["parts"],
  "x-kubernetes-validations": rules,
  properties: {
    min: { type: "integer" },
    max: { type: "integer", default: 3 },
    main: { type: "string", maxLength: 10, default: "a" },
    mode: { type: "string", maxLength: 10, "x-kubernetes-validations": [{ rule: "self.startsWith('b')" }] },
    memory: { type: "string", maxLength: 10, default: "1Gi" },
    wait: { type: "string", format: "duration", default: "1h" },
    port: { "x-kubernetes-int-or-string": true, default: 80 },
    labels: {
      type: "object",
      maxProperties: 5,
      default: {},
      additionalProperties: { type: "string", maxLength: 10, "x-kubernetes-validations": [{ rule: "self != 'bad'" }] },
    },
    parts: {
      type: "array",
      maxItems: 5,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: {
        type: "object",
        required: ["name"],
        "x-kubernetes-validations": [{ rule: "self.size >= oldSelf.size", message: "a part never shrinks" }],
        properties: { name: { type: "string", maxLength: 10 }, size: { type: "integer", default: 1 } },
      },
    },
  },
};
const crd: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { kind: "Widget", plural: "widgets", singular: "widget", listKind: "WidgetList" },
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

function generated(random: Random): JsonObject {
  const some = (key: string, values: readonly Json[]): JsonObject =>
    random() < 0.6 ? { [key]: pick(random, values) } : {};
  const parts = ["a", "b", "c"].filter(() => random() < 0.5).map((name) => ({ name, ...some("size", [0, 2, 7]) }));
  return {
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name: "a", namespace: "shop" },
    spec: {
      parts,
      ...some("min", [0, 3, 9007199254740993n, "5"]),
      ...some("max", [2, 8]),
      ...some("main", ["b", "c", "far too long a name"]),
      ...some("mode", ["blue", "red"]),
      ...some("memory", ["1Gi", "3Gi", "much"]),
      ...some("wait", ["1h", "3h"]),
      ...some("port", [80, "http", 81]),
      ...some("labels", [{ k: "v" }, { k: "k" }, { "a.b/c": "bad" }]),
      ...some("other", [1]),
    },
  };
}

interface Judged {
  readonly blocked?: unknown;
  readonly errors?: readonly (string | { readonly message: string })[];
}

(oracle === undefined ? test.skip : test)(
  `${sweep} generated objects are judged as by the API server's own packages`,
  async () => {
    const random = randomFrom(12);
    const objects = Array.from({ length: sweep }, (): JsonObject => ({
      version: "v1",
      object: generated(random),
      ...(random() < 0.5 ? { oldObject: generated(random) } : {}),
    }));
    const input = objects.map((one, at) => `${toJsonText(at === 0 ? { ...one, definition: crd } : one)}\n`).join("");
    const { status, stdout } = spawnSync(oracle ?? "", { input, encoding: "utf8", maxBuffer: 2 ** 31 - 1 });
    expect(status).toBe(0);
    const expected = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Judged);
    const outcome = await module.ask<{ readonly missing?: boolean; readonly results?: readonly Judged[] }>(
      "rules",
      { digest: "differential", value: crd },
      { objects },
    );
    if (outcome.kind === "failed") throw new Error(outcome.message);
    const said = ({ blocked, errors = [] }: Judged): readonly unknown[] => [
      Boolean(blocked),
      ...errors.map((one) => (typeof one === "string" ? one : one.message)).toSorted(),
    ];
    expect(outcome.answer.results?.map(said)).toEqual(expected.map(said));
  },
  1_800_000,
);
