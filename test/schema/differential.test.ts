import { expect, test } from "@jest/globals";
import { toJsonText } from "../../src/manifest/json-text.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { openSchemaBundle } from "../../src/schema-bundle/open-bundle.ts";
import type { SchemaViolation } from "../../src/schema/schema-violation.ts";
import { factsOfCrd, versionsOf } from "../../src/schema/custom-resources.ts";
import { validateBuiltin, validateCustom } from "../../src/schema/validate.ts";
import { fitting, mutated, randomFrom } from "./generate.ts";
import { generateCrd } from "./generate-crd.ts";
import { buildOracle } from "./oracle.ts";

// Building Kubernetes' API code takes minutes the first time.
const sweep = Number(process.env["PORTCULLIS_SWEEP"] ?? "0");
if (sweep === 0) console.warn("skipped: schemas against Kubernetes' own code (needs Go and PORTCULLIS_SWEEP=10000)");
const oracle = sweep === 0 ? undefined : await buildOracle();
const against = oracle === undefined ? test.skip : test;

const source = openSchemaBundle();
const version = "1.34";

function manifestOf(value: JsonObject): Manifest {
  const apiVersion = value["apiVersion"] as string;
  const kind = value["kind"] as string;
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  return {
    identity: { group, kind, name: "a" },
    apiVersion,
    value,
    position: { path: "a.yaml", document: 0, line: 1, pointer: "" },
  };
}

/** As Kubernetes' code writes paths. */
function goPath({ path }: SchemaViolation): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    "",
  );
}

function unknownOf(violations: readonly SchemaViolation[]): readonly string[] {
  return violations
    .filter(({ rule }) => rule === "unknown-field")
    .map(goPath)
    .toSorted();
}

/** Fields below a value of a wrong type need no word of their own. */
function reached(unknown: readonly string[], violations: readonly SchemaViolation[]): readonly string[] {
  const wrong = violations.filter(({ rule }) => rule === "type").map((one) => `${goPath(one)}.`);
  const plain = unknown.map((path) => path.replaceAll(/\[(\D[^\]]*)\]/g, ".$1"));
  return plain.filter((path) => !wrong.some((above) => path.startsWith(above))).toSorted();
}

function differenceOf(parts: { readonly [name: string]: Json }): string {
  return Object.entries(parts)
    .map(([name, part]) => `${name}: ${toJsonText(part)}`)
    .join("\n");
}

/** What decoding alone refuses; fixed choices, missing fields and repeated items are for later steps. */
function isOfDecoding({ rule, text }: SchemaViolation): boolean {
  return rule === "type" || (rule === "value" && !text.startsWith("expected one of"));
}

against("Kubernetes' own kinds are refused where its strict decoder refuses them, for the same unknown fields", () => {
  const resolve = (schema: Parameters<typeof fitting>[1]) =>
    schema.$ref === undefined ? schema : source.definition(version, schema.$ref);
  const kinds = source.served(version).flatMap(([apiVersion, names]) => names.map((kind) => ({ apiVersion, kind })));
  const random = randomFrom(1);
  const objects = Array.from({ length: sweep }, (_, index) => {
    const { apiVersion, kind } = kinds[index % kinds.length]!;
    const schema = source.schemaOf(version, apiVersion, kind)!;
    const fit = { ...(fitting(random, schema, resolve) as JsonObject), apiVersion, kind };
    return index % 3 === 0 ? fit : mutated(random, fit);
  });
  const answers = oracle!(objects.map((object) => ({ object })));
  const differences: string[] = [];
  objects.forEach((object, index) => {
    const { unknown, errors } = answers[index]!;
    if (errors[0]?.startsWith("no kind") === true) return;
    const manifest = manifestOf(object);
    const violations = validateBuiltin(
      source,
      version,
      source.schemaOf(version, manifest.apiVersion, manifest.identity.kind)!,
      manifest,
    );
    const refused = violations.some(isOfDecoding);
    const same = refused === errors.length > 0 && (refused || unknownOf(violations).join() === unknown.join());
    const ours = violations.map((one) => `${goPath(one)}: ${one.text}`);
    if (!same) differences.push(differenceOf({ errors, unknown, ours, object }));
  });
  expect(differences.slice(0, 20)).toEqual([]);
});

against(
  "Custom resources are refused where the API server's own code refuses them, for the same unknown fields",
  () => {
    const random = randomFrom(2);
    const cases = Array.from({ length: sweep }, () => generateCrd(random));
    const answers = oracle!(cases);
    const differences: string[] = [];
    cases.forEach(({ crd, object }, index) => {
      const { unknown, errors } = answers[index]!;
      const [fact] = factsOfCrd(manifestOf(crd));
      const violations = validateCustom(source, version, versionsOf(fact!)[0]!, manifestOf(object));
      const refused = violations.some(({ rule }) => rule !== "unknown-field");
      const same =
        refused === errors.length > 0 && unknownOf(violations).join() === reached(unknown, violations).join();
      const ours = violations.map((one) => `${goPath(one)}: ${one.rule} ${one.text}`);
      if (!same) differences.push(differenceOf({ errors, unknown, ours, object, crd }));
    });
    expect(differences.slice(0, 20)).toEqual([]);
  },
);
