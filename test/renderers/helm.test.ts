import { afterAll, describe, expect, test } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readManifests } from "../../src/manifest/read-manifests.ts";
import type { Json } from "../../src/model/json.ts";
import type { HelmRequest } from "../../src/model/renderer.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { cases } from "./helm-cases.ts";
import { requestOf } from "./helm-charts.ts";
import { buildNativeHelm } from "./native-helm.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 2 });
afterAll(() => {
  renderer.close();
});

const native = await buildNativeHelm();

function read(text: string): readonly Json[] {
  const { manifests, notManifests, problems } = readManifests("rendered.yaml", Buffer.from(text));
  if (problems.length > 0) throw new Error(problems[0]?.message);
  const all = [
    ...manifests.map(({ value, position }) => ({ value, document: position.document })),
    ...notManifests.map(({ value, document }) => ({ value, document })),
  ];
  return all.toSorted((one, other) => one.document - other.document).map(({ value }) => value);
}

async function render(request: HelmRequest): Promise<readonly Json[] | string> {
  const outcome = await renderer.helm(request);
  return outcome.kind === "rendered" ? outcome.answer.documents.flatMap(({ yaml }) => read(yaml)) : outcome.message;
}

describe("charts are rendered as `helm template` renders them", () => {
  test.each(cases)("%s", async (_, request, expected) => {
    const ours = await render(request);
    if (typeof ours === "string") expect([ours]).toEqual([expect.stringMatching(expected as RegExp) as unknown]);
    else expect(ours.map((value) => (value as { metadata?: { name?: string } }).metadata?.name)).toEqual(expected);
    if (native === undefined) return;
    const { stdout, error } = native(request);
    if (typeof ours === "string") expect(error).toContain(ours);
    else expect(ours).toEqual(read(stdout));
  });
});

const shop = new URL("../../../fixtures/charts/shop/", import.meta.url);
const shopFiles = new Map(
  readdirSync(shop, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(shop.pathname.length))
    .map((path) => [path, readFileSync(new URL(path, shop))]),
);
const shopRequest: HelmRequest = {
  chart: shopFiles,
  releaseName: "shop",
  namespace: "shop",
  values: [],
  includeCrds: true,
};

test("a chart with dependencies, loops and hooks is equal to native Helm's, but for the time and random values", async () => {
  const ours = await render(shopRequest);
  expect(ours).toHaveLength(10);
  if (native === undefined) return;
  const masked = (documents: readonly Json[]): string =>
    JSON.stringify(documents)
      .replaceAll(/"token":"\w{24}"/g, '"token":"*"')
      .replaceAll(/"id":"[0-9a-f-]{36}"/g, '"id":"*"')
      .replaceAll(/"issued":"\d{4}-\d\d-\d\d"/g, '"issued":"*"');
  expect(masked(ours as readonly Json[])).toBe(masked(read(native(shopRequest).stdout)));
});

const random = requestOf({
  "templates/a.yaml": `time: {{ now }}
ago: {{ now | dateModify "-1h" | unixEpoch }}
text: {{ randAlphaNum 32 }}
bytes: {{ randBytes 16 }}
number: {{ randInt 0 1000000 }}
id: {{ uuidv4 }}
order: {{ shuffle "abcdefghijklmnopqrstuvwxyz" }}
hash: {{ htpasswd "user" "password" | quote }}
key: {{ genPrivateKey "ecdsa" | quote }}
ca: {{ (genCA "example" 365).Cert | quote }}
`,
});

test("the same chart gives the same bytes, in any process and whatever was rendered before", async () => {
  const first = await renderer.helm(random);
  expect(first.kind).toBe("rendered");
  const other = requestOf({ "templates/a.yaml": 'a: {{ randAlphaNum 7 }}\nb: {{ repeat 3000000 "x" | len }}\n' });
  const more = await Promise.all(
    [other, random, other, random, other, random, random].map((one) => renderer.helm(one)),
  );
  expect([more[1], more[3], more[5], more[6]]).toEqual([first, first, first, first]);
  const apart = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
  expect(await apart.helm(random)).toEqual(first);
  apart.close();
});

test("documents say which template they came from, by its file, and which are hooks", async () => {
  const outcome = await renderer.helm(shopRequest);
  const documents = outcome.kind === "rendered" ? outcome.answer.documents : [];
  expect(documents.map(({ template, hook }) => (hook === true ? `${template} (hook)` : template))).toEqual([
    "crds/shops.yaml",
    "templates/secret.yaml",
    "templates/config.yaml",
    "templates/config.yaml",
    "templates/config.yaml",
    "templates/service.yaml",
    "templates/deployment.yaml",
    "charts/postgres/templates/statefulset.yaml",
    "templates/ingress.yaml",
    "templates/tests/smoke.yaml (hook)",
  ]);
});

test("a chart whose lines are late is late: what it yields without them is no answer to keep", async () => {
  const deadlines = [60_000, 1, 1];
  const late = createRenderer({ cacheDir: TEST_CACHE, processes: 1, deadlineMs: () => deadlines.shift() ?? 60_000 });
  try {
    expect(await late.helm({ ...shopRequest, lines: true })).toMatchObject({ kind: "late" });
    expect(await late.helm({ ...shopRequest, lines: true })).toMatchObject({ kind: "rendered" });
  } finally {
    late.close();
  }
});

test("lines come only where they are asked for, and then for every line of a document", async () => {
  const plain = await renderer.helm(shopRequest);
  const lined = await renderer.helm({ ...shopRequest, lines: true });
  if (plain.kind !== "rendered" || lined.kind !== "rendered") throw new Error("not rendered");
  expect(plain.answer.documents.some(({ lines }) => lines !== undefined)).toBe(false);
  const printed = lined.answer.documents.filter(({ template }) => template !== "crds/shops.yaml");
  for (const { yaml, lines } of printed) expect(lines).toHaveLength(yaml.trimEnd().split("\n").length);
  expect(
    printed.flatMap(({ yaml, lines }) =>
      yaml.split("\n").filter((text, at) => text.trim() !== "" && lines?.[at] === null),
    ),
  ).toEqual([]);
  expect(lined.answer.documents.map(({ yaml }) => yaml)).toEqual(plain.answer.documents.map(({ yaml }) => yaml));
});
