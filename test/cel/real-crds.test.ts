import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { createCelModule } from "../../src/cel/cel-module.ts";
import { isObject } from "../../src/manifest/identity.ts";
import { toJsonText } from "../../src/manifest/json-text.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { pick, randomFrom, type Random } from "../schema/generate.ts";
import { goProgram } from "../support/go-program.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { changedObject, materialOf, rulesIn, valueFor } from "./generate-object.ts";

// The CRDs of others are not in this repository, and building the API server's packages takes minutes the first time.
const directory = process.env["PORTCULLIS_CRDS"] ?? "";
const sweep = Number(process.env["PORTCULLIS_SWEEP"] ?? "10000");
if (directory === "") console.warn("skipped: rules of real CRDs (needs Go and PORTCULLIS_CRDS, a directory with CRDs)");
const oracle =
  directory === ""
    ? undefined
    : await goProgram({
        name: "cel-oracle",
        sources: "toolchain/cel-oracle",
        tests: "the differential tests against the API server's CEL",
      });

const module = createCelModule({ cacheDir: TEST_CACHE, deadlineMs: 300_000 });
afterAll(() => module.close());

interface Subject {
  readonly crd: JsonObject;
  readonly name: string;
  readonly version: string;
  readonly schema: JsonObject;
}

function subjectsIn(path: string): readonly Subject[] {
  const crd = load(readFileSync(path, "utf8")) as JsonObject;
  const { spec, metadata } = crd;
  const versions = isObject(spec) && Array.isArray(spec["versions"]) ? spec["versions"] : [];
  return versions.flatMap((version: Json): readonly Subject[] => {
    const { name, schema } = isObject(version) ? version : {};
    const inner = isObject(schema) ? schema["openAPIV3Schema"] : undefined;
    if (typeof name !== "string" || !isObject(inner) || rulesIn(inner).length === 0) return [];
    const crdName = isObject(metadata) ? String(metadata["name"] as string) : path;
    return [{ crd, name: crdName, version: name, schema: inner }];
  });
}

interface Judged {
  readonly blocked?: unknown;
  readonly errors?: readonly (string | { readonly message: string })[];
}

const said = ({ blocked, errors = [] }: Judged): readonly unknown[] => [
  Boolean(blocked),
  ...errors.map((one) => (typeof one === "string" ? one : one.message)).toSorted(),
];

(oracle === undefined ? test.skip : test)(
  `${sweep} generated objects × the rules of real CRDs are judged as by the API server's own packages`,
  async () => {
    const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".yaml"),
    );
    const subjects = files.toSorted().flatMap((file) => subjectsIn(join(directory, file)));
    const each = Math.ceil(sweep / subjects.length);
    const random = randomFrom(12);
    const totals = { objects: 0, blocked: 0, broken: 0, errors: 0, different: 0, ms: 0, native: 0 };
    for (const subject of subjects) {
      const objects = Array.from({ length: each }, () => generated(random, subject));
      const expected = native(subject.crd, objects, totals);
      const start = performance.now();
      const ours: Judged[] = [];
      for (let at = 0; at < objects.length; at += 100)
        ours.push(...(await judged(subject, objects.slice(at, at + 100))));
      totals.ms += performance.now() - start;
      expect(ours).toHaveLength(expected.length);
      for (const [index, one] of expected.entries()) {
        totals.objects += 1;
        if (one.blocked === true) totals.blocked += 1;
        if ((one.errors ?? []).length > 0) totals.broken += 1;
        totals.errors += (one.errors ?? []).length;
        const mine = said(ours[index] ?? {});
        if (JSON.stringify(mine) === JSON.stringify(said(one))) continue;
        totals.different += 1;
        if (totals.different < 5)
          console.warn(subject.name, subject.version, toJsonText(objects[index] ?? {}), mine, said(one));
      }
    }
    const rules = subjects.reduce((sum, { schema }) => sum + rulesIn(schema).length, 0);
    process.stderr.write(`${JSON.stringify({ crds: files.length, versions: subjects.length, rules, ...totals })}\n`);
    expect(totals.different).toBe(0);
  },
  3_600_000,
);

/** An object of a CRD's version, and in half of the cases what it was before. */
function generated(random: Random, { crd, version, schema }: Subject): JsonObject {
  const material = materialOf(schema);
  const { group, names } = crd["spec"] as { readonly group: string; readonly names: { readonly kind: string } };
  const own = { apiVersion: `${group}/${version}`, kind: names.kind };
  const metadata = { name: pick(random, ["a", "web", "example.com", "default"]), namespace: "shop" };
  const made = valueFor(random, schema, material);
  const object = { ...(isObject(made) ? made : {}), ...own, metadata };
  if (random() < 0.5) return { version, object };
  const before = changedObject(random, made, schema, material);
  return { version, object, oldObject: { ...(isObject(before) ? before : {}), ...own, metadata } };
}

function native(crd: JsonObject, objects: readonly JsonObject[], totals: { native: number }): readonly Judged[] {
  const input = objects.map((one, at) => `${toJsonText(at === 0 ? { ...one, definition: crd } : one)}\n`).join("");
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(oracle ?? "", { input, encoding: "utf8", maxBuffer: 2 ** 31 - 1 });
  totals.native += performance.now() - start;
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Judged);
}

async function judged({ crd, name, version }: Subject, objects: readonly JsonObject[]): Promise<readonly Judged[]> {
  const outcome = await module.ask<{ readonly missing?: boolean; readonly results?: readonly Judged[] }>(
    "rules",
    { digest: `${name} ${version}`, value: crd },
    { objects },
  );
  if (outcome.kind === "failed") throw new Error(`${name}: ${outcome.message}`);
  return outcome.answer.results ?? [];
}
