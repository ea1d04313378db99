import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { chartArchive } from "../support/remote-servers/archives.ts";
import { startHelmRepository, type HelmRepository } from "../support/remote-servers/helm-repository.ts";
import { startLoopback, type Loopback } from "../support/remote-servers/loopback.ts";
import { directoryWith, portcullis } from "./run-portcullis.ts";

// Charts whose values schema is kept in several files on a server, as app-template and its library are.

const NOW = "2026-01-01T00:00:00Z";
const port = { port: { type: "integer", maximum: 65_535 } };

let schemas: Loopback;
let charts: HelmRepository;
let holds: { [path: string]: object };
beforeAll(async () => {
  schemas = await startLoopback((request, response) => {
    const held = holds[request.url ?? ""];
    if (held === undefined) response.writeHead(404).end("no such schema");
    else response.end(JSON.stringify(held));
  });
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: `${schemas.origin}/v1/values.schema.json`,
    properties: { service: { $ref: "parts/service.json#/instance" } },
  };
  charts = await startHelmRepository([
    {
      name: "web",
      version: "1.0.0",
      files: {
        "values.schema.json": JSON.stringify(schema),
        "values.yaml": "{}\n",
        "templates/service.yaml": `apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: web }\nspec: { ports: [{ port: {{ .Values.service.port }} }] }\n`,
      },
    },
  ]);
});
afterAll(() => Promise.all([schemas.close(), charts.close()]));
beforeEach(() => {
  holds = {
    "/v1/parts/service.json": { instance: { properties: { port: { $ref: "ports.json#/port" } } } },
    "/v1/parts/ports.json": port,
  };
  schemas.seen.splice(0);
});

const release = (value: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: charts, namespace: web }
spec: { url: "${charts.origin}/charts" }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: web }
spec:
  chart:
    spec:
      chart: web
      version: 1.0.0
      sourceRef: { kind: HelmRepository, name: charts }
  values: { service: { port: ${value} } }
`;

interface Judged {
  readonly problems: readonly { readonly message: string; readonly line?: number }[];
  readonly gaps: readonly { readonly reason: string; readonly line?: number }[];
  readonly remotes?: readonly { readonly reference: string }[];
  readonly sources: readonly { readonly id: string; readonly manifests: number }[];
}

async function judged(value: string, more: { readonly allow?: string; readonly store?: string } = {}): Promise<Judged> {
  const { allow = `["${charts.origin}/**", "${schemas.origin}/**"]`, store } = more;
  const directory = directoryWith({
    "portcullis.yaml": `version: 1\nschemas: off\nremotes: { fetch: known, allow: ${allow} }\n`,
    "apps/web.yaml": release(value),
  });
  const environment = store === undefined ? {} : { PORTCULLIS_CACHE_DIR: store };
  const { out } = await portcullis(directory, ["check", "apps", "--no-cache", "-o", "json", "--now", NOW], environment);
  return JSON.parse(out) as Judged;
}

test("values are held against what the schema refers to, as Helm does", async () => {
  const good = await judged("80");
  expect([good.problems, good.gaps]).toEqual([[], []]);
  expect(good.sources).toMatchObject([{ id: "HelmRelease web/web", manifests: 1 }]);
  expect(good.remotes?.map(({ reference }) => reference)).toEqual([
    `${schemas.origin}/v1/parts/ports.json`,
    `${schemas.origin}/v1/parts/service.json`,
    `web 1.0.0 of ${charts.origin}/charts`,
  ]);
  const bad = await judged("70000");
  expect(bad.problems).toMatchObject([
    { message: expect.stringContaining("at '/service/port': maximum: got 70,000, want 65,535") },
  ]);
});

test("a schema is fetched once: it belongs to the chart", async () => {
  const store = directoryWith({});
  await judged("80", { store });
  expect(schemas.seen).toHaveLength(2);
  await judged("81", { store });
  expect(schemas.seen).toHaveLength(2);
});

test("a schema that its server does not have fails, as it fails for Helm", async () => {
  delete holds["/v1/parts/ports.json"];
  const { problems } = await judged("80", { store: directoryWith({}) });
  expect(problems).toMatchObject([
    {
      message: expect.stringMatching(/values\.schema\.json refers to http:.*\/v1\/parts\/ports\.json: .*404 Not Found/),
      line: 13,
    },
  ]);
});

/** What is judged of a tree without a GitOps tool that permits to fetch `allow`. */
async function judgedTree(
  files: { readonly [path: string]: string | Buffer },
  {
    fetch = "any",
    allow = [charts.origin, schemas.origin],
  }: { readonly fetch?: string; readonly allow?: string[] } = {},
): Promise<Judged> {
  const patterns = JSON.stringify(allow.map((origin) => `${origin}/**`));
  const texts = Object.entries(files).filter((file): file is [string, string] => typeof file[1] === "string");
  const directory = directoryWith({
    "portcullis.yaml": `version: 1\nschemas: off\n${Object.hasOwn(files, "vendor/web-1.0.0.tgz") ? "helm: { vendor: vendor }\n" : ""}remotes: { fetch: ${fetch}, allow: ${patterns} }\n`,
    ...Object.fromEntries(texts),
  });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  const { out } = await portcullis(directory, ["check", ".", "--no-cache", "-o", "json", "--now", NOW], {
    PORTCULLIS_CACHE_DIR: directoryWith({}),
  });
  return JSON.parse(out) as Judged;
}

const chartText = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
const service = `apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: web }\nspec: { ports: [{ port: {{ .Values.service.port }} }] }\n`;
const schemaOf = (id: string): string =>
  JSON.stringify({
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: `${id}/v1/values.schema.json`,
    properties: { service: { $ref: "parts/service.json#/instance" }, replicas: { type: "integer" } },
  });
const tooLarge = expect.stringContaining("at '/service/port': maximum: got 70,000, want 65,535") as unknown;

test.each<[string, string, { readonly fetch: string; readonly allow: string[] }, RegExp]>([
  [
    "nothing is fetched",
    "https://schemas.example.com",
    { fetch: "off", allow: [] },
    /not fetched: that part accepts any value$/,
  ],
  ["it has a private address", "https://10.1.2.3", { fetch: "any", allow: [] }, /10\.1\.2\.3/],
])(
  "a schema that may not be fetched, as %s, is a gap, and the rest of the values is validated",
  async (_, id, more, reason) => {
    const chart = (values: string) => ({
      "chart/Chart.yaml": chartText,
      "chart/templates/service.yaml": service,
      "chart/values.schema.json": schemaOf(id),
      "chart/values.yaml": values,
    });
    const good = await judgedTree(chart("service: { port: 70000 }\n"), more);
    expect([good.problems, good.gaps]).toMatchObject([[], [{ reason: expect.stringMatching(reason), line: 1 }]]);
    const bad = await judgedTree(chart("service: { port: 80 }\nreplicas: many\n"), more);
    expect(bad.problems).toMatchObject([{ message: expect.stringContaining("at '/replicas'") }]);
  },
);

test("values that a kustomization gives a chart are held against what its schema refers to", async () => {
  const kustomization = (port: string) => ({
    "app/kustomization.yaml": `helmCharts:\n- name: web\n  repo: ${charts.origin}/charts\n  version: 1.0.0\n  releaseName: web\n  valuesInline: { service: { port: ${port} } }\n`,
  });
  const good = await judgedTree(kustomization("80"));
  expect([good.problems, good.gaps]).toEqual([[], []]);
  expect(good.sources).toMatchObject([{ id: "app", manifests: 1 }]);
  expect((await judgedTree(kustomization("70000"))).problems).toMatchObject([{ message: tooLarge }]);
});

/** An archive of the chart, in which it may be a dependency of another. */
const packed = (more: { readonly [path: string]: string | Uint8Array } = {}): Buffer =>
  chartArchive("web", "1.0.0", {
    "templates/service.yaml": service,
    "values.schema.json": schemaOf(schemas.origin),
    "values.yaml": "service: { port: 80 }\n",
    ...more,
  });

test("values are held against the schema of a packed copy of a chart", async () => {
  const tree = (port: string) => ({ "vendor/web-1.0.0.tgz": packed(), "apps/web.yaml": release(port) });
  const good = await judgedTree(tree("80"));
  expect([good.problems, good.gaps]).toEqual([[], []]);
  expect(good.sources).toMatchObject([{ id: "HelmRelease web/web", manifests: 1 }]);
  expect((await judgedTree(tree("70000"))).problems).toMatchObject([{ message: tooLarge }]);
});

test("values are held against the schemas of packed dependencies, however deep", async () => {
  const long = `files/${"long/".repeat(30)}name.txt`;
  const middle = chartArchive("middle", "1.0.0", { "charts/web-1.0.0.tgz": packed({ [long.slice(0, 90)]: "kept" }) });
  const tree = (port: string) => ({
    "chart/Chart.yaml": chartText.replace("web", "whole"),
    "chart/charts/middle-1.0.0.tgz": middle,
    "chart/values.yaml": `middle: { web: { service: { port: ${port} } } }\n`,
  });
  const good = await judgedTree(tree("80"));
  expect([good.problems, good.gaps]).toEqual([[], []]);
  expect(good.sources).toMatchObject([{ id: "chart", manifests: 1 }]);
  expect((await judgedTree(tree("70000"))).problems).toMatchObject([{ message: tooLarge }]);
});
