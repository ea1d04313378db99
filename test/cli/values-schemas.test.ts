import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
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
