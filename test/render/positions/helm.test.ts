import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../../../src/manifest/identity.ts";
import { keysOf, valueAt } from "../../../src/manifest/pointer.ts";
import type { JsonObject, Pointer } from "../../../src/model/json.ts";
import { readFile } from "../../../src/render/files/read-file.ts";
import { chartValues, type ChartFile } from "../../../src/render/positions/chart-values.ts";
import { helmPlaces, type HelmPlaces } from "../../../src/render/positions/helm.ts";
import { valuesFile, valuesInObject, type ValuesText } from "../../../src/render/positions/values-text.ts";
import type { PlacedSet } from "../../../src/render/positions/winning-layer.ts";
import { createRenderer } from "../../../src/renderers/create-renderer.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

const chart = "fixtures/charts/shop";
const root = new URL(`../../../../${chart}/`, import.meta.url);
const bytesOf = (path: string): Uint8Array => readFileSync(new URL(path, root));
const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

const chartFiles = new Map(
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.pathname.length))
    .filter((path) => !path.startsWith("deploy/"))
    .map((path): [string, ChartFile] => [path, { path: `${chart}/${path}`, bytes: bytesOf(path) }]),
);

const production = valuesFile(`${chart}/deploy/production.yaml`, bytesOf("deploy/production.yaml"));

function inline(kind: string, pointer: Pointer): ValuesText {
  const [path, bytes] = [`${chart}/deploy/application.yaml`, bytesOf("deploy/application.yaml")];
  const object = readFile(path, bytes).manifests.find(({ identity }) => identity.kind === kind);
  const held = valueAt(object?.value, keysOf(pointer));
  const value = typeof held === "string" ? readFile(path, Buffer.from(held)).notManifests[0]?.value : held;
  if (object === undefined || !isObject(value)) throw new Error(`no values in the ${kind}`);
  return valuesInObject(value, { path, line: object.position.line, pointer }, bytes);
}

interface Rendered {
  readonly places: HelmPlaces;
  readonly documents: readonly JsonObject[];
}

async function render(layers: readonly ValuesText[], set: readonly PlacedSet[] = []): Promise<Rendered> {
  const outcome = await renderer.helm({
    chart: new Map([...chartFiles].map(([path, { bytes }]) => [path, bytes])),
    releaseName: "shop",
    namespace: "shop",
    values: layers.map(({ value }) => value),
    set,
    includeCrds: true,
    lines: true,
  });
  if (outcome.kind !== "rendered") throw new Error(outcome.message);
  return {
    documents: outcome.answer.documents.map(
      ({ yaml }) => (readFile("", Buffer.from(yaml)).manifests[0]?.value ?? {}) as JsonObject,
    ),
    places: helmPlaces({
      answer: outcome.answer,
      texts: [...chartValues(chartFiles), ...layers],
      set,
      treePath: (path) => chartFiles.get(path)?.path,
    }),
  };
}

const own = { "fixtures/charts/shop/": "" };

/** `path:line text [precision]`, as a person would look it up. */
function placeOf({ places, documents }: Rendered, object: string, pointer: Pointer): string {
  const [kind, name] = object.split(" ");
  const number = documents.findIndex(
    (value) => value["kind"] === kind && valueAt(value, ["metadata", "name"]) === name,
  );
  const value = documents[number];
  const found = places.place(number, pointer, valueAt(value, keysOf(pointer)));
  if (found === undefined) return "the source's entry";
  const path = Object.entries(own).reduce((text, [long, short]) => text.replace(long, short), found.path);
  const { line, endLine } = found.place;
  const text = bytesOf(path).toString().split("\n")[line - 1]?.trim() ?? "";
  return `${path}:${line}${endLine > line ? `-${endLine}` : ""} ${text}${found.precision === undefined ? "" : ` [${found.precision}]`}`;
}

const rendered: { [name: string]: Rendered } = {};
beforeAll(async () => {
  rendered["plain"] = await render([]);
  rendered["production"] = await render([production]);
  rendered["application"] = await render([production, inline("Application", "/spec/source/helm/values")]);
  rendered["release"] = await render([inline("HelmRelease", "/spec/values")]);
  rendered["set"] = await render(
    [production],
    [
      { as: "value", name: "replicaCount", value: "9" },
      {
        as: "string",
        name: "image.tag",
        value: "v9",
        place: { path: `${chart}/deploy/application.yaml`, place: { line: 9, column: 1, endLine: 9 } },
      },
      { as: "value", name: "extraContainers[0].image", value: "busybox" },
    ],
  );
});

const pod = "/spec/template/spec";
const container = `${pod}/containers/0`;

const table: readonly (readonly [variant: string, object: string, pointer: Pointer, place: string])[] = [
  ["plain", "Deployment shop", "/spec/replicas", "values.yaml:1 replicaCount: 2"],
  ["production", "Deployment shop", "/spec/replicas", "deploy/production.yaml:2 replicaCount: 5"],
  ["set", "Deployment shop", "/spec/replicas", "the source's entry"],
  ["plain", "Deployment shop", "", "templates/deployment.yaml:1-66 apiVersion: apps/v1"],
  ["plain", "Deployment shop", "/kind", "templates/deployment.yaml:2 kind: Deployment"],
  ["plain", "Deployment shop", "/metadata/name", 'templates/deployment.yaml:4 name: {{ include "shop.name" . }}'],
  ["plain", "Deployment shop", "/metadata/labels/team", "values.yaml:9 team: checkout"],
  [
    "plain",
    "Deployment shop",
    "/metadata/labels/app.kubernetes.io~1instance",
    "templates/_helpers.tpl:7 app.kubernetes.io/instance: {{ .Release.Name }}",
  ],
  [
    "plain",
    "Deployment shop",
    "/metadata/annotations/motto",
    'templates/deployment.yaml:8 motto: {{ include "shop.render" (dict "value" .Values.motto "context" $) | quote }}',
  ],
  [
    "plain",
    "Deployment shop",
    "/spec/template/metadata/annotations/checksum~1config",
    'templates/deployment.yaml:19 checksum/config: {{ include (print $.Template.BasePath "/config.yaml") . | sha256sum }}',
  ],
  [
    "plain",
    "Deployment shop",
    "/spec/template/metadata/annotations/prometheus.io~1scrape",
    'values.yaml:12 prometheus.io/scrape: "true"',
  ],
  ["plain", "Deployment shop", "/spec/template/metadata/labels/tier", "values.yaml:15 tier: web"],
  [
    "application",
    "Deployment shop",
    "/spec/template/metadata/labels/cluster",
    "deploy/application.yaml:13 cluster: eu-1",
  ],
  ["application", "Deployment shop", "/spec/template/metadata/labels/tier", "values.yaml:15 tier: web"],
  ["application", "Deployment shop", `${pod}/nodeSelector`, "deploy/application.yaml:14-15 nodeSelector:"],
  ["application", "Deployment shop", `${pod}/nodeSelector/pool`, "deploy/application.yaml:15 pool: shop"],
  ["application", "Deployment shop", `${container}/env/0/value`, "deploy/application.yaml:17 zone: green"],
  ["plain", "Deployment shop", `${pod}/hostNetwork`, "templates/deployment.yaml:26-66 spec:"],
  ["production", "Deployment shop", `${pod}/hostNetwork`, "deploy/production.yaml:7 hostNetwork: true"],
  [
    "production",
    "Deployment shop",
    `${pod}/dnsPolicy`,
    "templates/deployment.yaml:29 dnsPolicy: ClusterFirstWithHostNet",
  ],
  ["plain", "Deployment shop", `${container}/image`, "values.yaml:3-6 image: [parent]"],
  ["production", "Deployment shop", `${container}/image`, "deploy/production.yaml:5 tag: latest [parent]"],
  ["set", "Deployment shop", `${container}/image`, "deploy/application.yaml:9 releaseName: shop"],
  ["plain", "Deployment shop", `${container}/imagePullPolicy`, "values.yaml:6 pullPolicy: IfNotPresent"],
  ["plain", "Deployment shop", `${container}/securityContext/privileged`, "values.yaml:20 privileged: false"],
  [
    "release",
    "Deployment shop",
    `${container}/securityContext/privileged`,
    "deploy/application.yaml:26 privileged: true",
  ],
  ["plain", "Deployment shop", `${container}/securityContext/capabilities/drop/0`, "values.yaml:24 - ALL"],
  ["plain", "Deployment shop", `${container}/securityContext/runAsUser`, "values.yaml:19-24 securityContext:"],
  ["plain", "Deployment shop", `${container}/env/1/name`, "templates/deployment.yaml:52 - name: {{ $name }}"],
  ["plain", "Deployment shop", `${container}/env/2/value`, "values.yaml:35 REGION: eu-west-1"],
  ["plain", "Deployment shop", `${container}/env/3/value`, 'values.yaml:39 value: "on"'],
  ["production", "Deployment shop", `${container}/env/4/name`, "deploy/production.yaml:24 - name: FEATURE_B"],
  ["production", "Deployment shop", `${container}/env/4`, "deploy/production.yaml:24-25 - name: FEATURE_B"],
  ["plain", "Deployment shop", `${container}/ports/0/containerPort`, "values.yaml:43 port: 8080"],
  [
    "plain",
    "Deployment shop",
    `${container}/livenessProbe/httpGet/path`,
    "templates/deployment.yaml:63 httpGet: { path: /healthz, port: http }",
  ],
  ["plain", "Deployment shop", `${container}/readinessProbe`, "templates/deployment.yaml:39-66 - name: shop"],
  ["plain", "Deployment shop", `${container}/resources/requests/cpu`, "values.yaml:28 cpu: 100m"],
  ["production", "Deployment shop", `${container}/resources/limits/memory`, "deploy/production.yaml:11 memory: 512Mi"],
  ["production", "Deployment shop", `${container}/resources/limits`, "deploy/production.yaml:10-11 limits:"],
  ["production", "Deployment shop", `${container}/resources`, "deploy/production.yaml:9-11 resources: [parent]"],
  ["plain", "Deployment shop", `${container}/resources/limits/cpu`, "values.yaml:26-29 resources:"],
  [
    "production",
    "Deployment shop",
    `${pod}/containers/1/securityContext/privileged`,
    "deploy/production.yaml:17 privileged: true",
  ],
  [
    "production",
    "Deployment shop",
    `${pod}/containers/1/image`,
    "deploy/production.yaml:15 image: registry.example.com/proxy:1.2",
  ],
  ["set", "Deployment shop", `${pod}/containers/1/image`, "the source's entry"],
  ["production", "Deployment shop", `${pod}/containers/2/name`, "deploy/production.yaml:18 - name: metrics"],
  ["production", "Deployment shop", `${pod}/tolerations/0/operator`, "deploy/production.yaml:32 operator: Exists"],
  ["plain", "Service shop", "/spec/type", "values.yaml:42 type: ClusterIP"],
  ["production", "Service shop", "/spec/type", "deploy/production.yaml:28 type: LoadBalancer"],
  ["plain", "Service shop", "/metadata/labels/app.kubernetes.io~1part-of", "values.yaml:9 team: checkout"],
  [
    "plain",
    "Service shop",
    "/metadata/labels/app.kubernetes.io~1managed-by",
    "charts/labels/templates/_labels.tpl:2 app.kubernetes.io/managed-by: {{ .Release.Service }}",
  ],
  ["plain", "Ingress shop", "/spec/rules/0/host", "values.yaml:48 - host: shop.example.com"],
  ["plain", "Ingress shop", "/spec/rules/1/host", "values.yaml:52 - host: www.example.com"],
  ["plain", "Ingress shop", "/spec/rules/0/http/paths/1/path", "values.yaml:51 - /api"],
  ["plain", "Ingress shop", "/spec/rules/0/http/paths/1/backend/service/port/number", "values.yaml:43 port: 8080"],
  ["plain", "Ingress shop", "/spec/tls", "templates/ingress.yaml:6-18 spec:"],
  [
    "plain",
    "ConfigMap shop-files",
    "/data/release",
    "templates/config.yaml:6 release: {{ .Release.Name }}-{{ .Release.Revision }}",
  ],
  ["plain", "ConfigMap shop-files", "/data/motd.txt", "values.yaml:61-63 motd.txt: |"],
  ["plain", "ConfigMap shard-0", "/data/team", "values.yaml:9 team: checkout"],
  ["plain", "ConfigMap shard-1", "/metadata/name", "templates/config.yaml:17 name: shard-{{ $i }}"],
  ["plain", "StatefulSet shop-db", "/metadata/labels/zone", "values.yaml:69 zone: blue"],
  ["application", "StatefulSet shop-db", "/metadata/labels/zone", "deploy/application.yaml:17 zone: green"],
  ["plain", "StatefulSet shop-db", "/metadata/labels/tier", "charts/postgres/values.yaml:7 tier: data"],
  ["plain", "StatefulSet shop-db", `${container}/image`, "charts/postgres/values.yaml:3 image: postgres:16"],
  ["production", "StatefulSet shop-db", `${container}/env/0/value`, "deploy/production.yaml:35 password: hunter2"],
  [
    "plain",
    "StatefulSet shop-db",
    "/spec/volumeClaimTemplates/0/spec/resources/requests/storage",
    "values.yaml:73 storage: 10Gi",
  ],
  [
    "release",
    "StatefulSet shop-db",
    "/spec/volumeClaimTemplates/0/spec/resources/requests/storage",
    "deploy/application.yaml:28 storage: 50Gi",
  ],
  ["plain", "Secret shop-token", "/stringData/token", "templates/secret.yaml:8 token: {{ randAlphaNum 24 }}"],
  [
    "plain",
    "Pod shop-smoke",
    "/spec/containers/0/args/0",
    'templates/tests/smoke.yaml:12 args: ["http://shop:{{ .Values.service.port }}/"]',
  ],
  [
    "plain",
    "Pod shop-smoke",
    "/spec/containers/0/image",
    "templates/tests/smoke.yaml:11 image: registry.example.com/curl:8",
  ],
];

describe("the place that a rendered value came from", () => {
  test.each(table)("%s: %s %s stands at its line", (variant, object, pointer, place) => {
    const found = rendered[variant];
    expect(found === undefined ? "" : placeOf(found, object, pointer)).toBe(place);
  });
});

test("a value that was changed after Helm has no place", () => {
  const { places, documents } = rendered["plain"] as Rendered;
  const number = documents.findIndex(({ kind }) => kind === "Deployment");
  expect(places.place(number, "/spec/replicas", 3)).toBeUndefined();
  expect(places.place(number, "/metadata/labels/added", "later")).toBeUndefined();
});
