import { createHash } from "node:crypto";
import { afterAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import type { Report } from "../../src/model/report.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { simpleJudge } from "./simple-judge.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

type Files = { readonly [path: string]: string };

const url = "https://example.com/base.yaml";

async function judged(before: Files, after: Files): Promise<Report> {
  return check({
    renderer,
    repositories: ["https://github.com/acme/gitops"],
    branches: ["main"],
    before: memoryTree({ "vendor/base.yaml": base, ...before }, "before"),
    after: memoryTree({ "vendor/base.yaml": base, ...before, ...after }, "after"),
    config: { ...defaultConfig, helm: { vendor: "vendor" }, kustomize: { vendored: { [url]: "vendor/base.yaml" } } },
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", before: "before", how: "test merge" },
  });
}

const blocking = ({ problems }: Report): readonly string[] =>
  problems.filter(({ status }) => status === "introduced").map(({ path, message }) => `${path}: ${message}`);

const labels = "labels: { owner: me }";
const pod = (image = "nginx:1"): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: web, ${labels} }\nspec: { containers: [{ name: main, image: ${image} }] }\n`;
const base = pod().replace("name: a", "name: base");
/** A copy of a chart of a registry, and what installs it. */
const copied: Files = {
  "vendor/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "vendor/web/templates/pod.yaml": pod(),
};
const changed: Files = { "vendor/web/templates/pod.yaml": pod("nginx:2") };
const ofRegistry = (url = "https://charts.example.com", namespace = "web"): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: { name: charts, namespace: ${namespace}, ${labels} }\nspec: { url: ${url} }\n---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: apps, namespace: ${namespace}, ${labels} }\nspec: { chart: { spec: { chart: web, version: 1.0.0, sourceRef: { kind: HelmRepository, name: charts } } } }\n`;

test.each<{ readonly name: string; readonly before: Files; readonly after: Files; readonly told: readonly string[] }>([
  {
    name: "a vendored chart that changes while its version stays",
    before: { ...copied, "flux/apps.yaml": ofRegistry() },
    after: changed,
    told: [
      "vendor/web/Chart.yaml: vendor/web is not fully judged: it is to stand for chart web 1.0.0 of https://charts.example.com as before, but its content changes",
    ],
  },
  {
    name: "a vendored dependency that changes while its version stays",
    before: {
      ...copied,
      "app/Chart.yaml": `apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{ name: web, version: 1.0.0, repository: 'https://charts.example.com' }]\n`,
    },
    after: changed,
    told: ["vendor/web/Chart.yaml: vendor/web is not fully judged: it is to stand for chart web 1.0.0"],
  },
  {
    name: "a vendored chart of a Kustomize root that changes while its version stays",
    before: {
      ...copied,
      "vendor/web/values.yaml": "a: 1\n",
      "app/kustomization.yaml":
        "helmCharts: [{ name: web, releaseName: web, version: 1.0.0, repo: 'https://charts.example.com' }]\n",
    },
    after: changed,
    told: ["vendor/web/Chart.yaml: vendor/web is not fully judged: it is to stand for chart web 1.0.0"],
  },
  {
    name: "a copy of a remote resource that changes",
    before: { "app/kustomization.yaml": `resources: ['${url}']\n` },
    after: { "vendor/base.yaml": base.replace("nginx:1", "nginx:2") },
    told: [
      "vendor/base.yaml: vendor/base.yaml is not fully judged: it is to stand for https://example.com/base.yaml as before, but its content changes",
    ],
  },
  {
    name: "a release that turns to another registry with a chart of that name and version",
    before: { ...copied, "flux/apps.yaml": ofRegistry() },
    after: { "flux/apps.yaml": ofRegistry("https://mallory.example.com") },
    told: [
      "flux/apps.yaml: HelmRelease web/apps is not fully judged: chart web 1.0.0 of https://mallory.example.com is only in a registry, and its copy vendor/web was of https://charts.example.com before",
    ],
  },
  {
    name: "another release of another registry with a chart of that name and version, whose copy changes too",
    before: { ...copied, "flux/apps.yaml": ofRegistry() },
    after: {
      "flux/other.yaml": ofRegistry("https://mallory.example.com", "other"),
      "vendor/web/templates/pod.yaml": pod("nginx:2"),
    },
    told: [
      "flux/other.yaml: HelmRelease other/apps is not fully judged: chart web 1.0.0 of https://mallory.example.com is only in a registry",
      "vendor/web/Chart.yaml: vendor/web is not fully judged: it is to stand for chart web 1.0.0",
    ],
  },
  {
    name: "a new copy that two releases take for charts of different registries",
    before: {},
    after: {
      ...copied,
      "flux/apps.yaml": ofRegistry(),
      "flux/other.yaml": ofRegistry("https://mirror.example.com", "other"),
    },
    told: [
      "flux/apps.yaml: HelmRelease web/apps is not fully judged: chart web 1.0.0 of https://charts.example.com is only in a registry, and its copy vendor/web is taken for that of https://mirror.example.com too",
      "flux/other.yaml: HelmRelease other/apps is not fully judged: chart web 1.0.0 of https://mirror.example.com is only in a registry, and its copy vendor/web is taken for that of https://charts.example.com too",
    ],
  },
  {
    name: "a third registry, where two already share a copy",
    before: {
      ...copied,
      "flux/apps.yaml": ofRegistry(),
      "flux/other.yaml": ofRegistry("https://mirror.example.com", "other"),
    },
    after: { "flux/third.yaml": ofRegistry("https://mallory.example.com", "third") },
    told: [
      "flux/third.yaml: HelmRelease third/apps is not fully judged: chart web 1.0.0 of https://mallory.example.com",
    ],
  },
  {
    name: "a release that no longer asks for an exact version",
    before: { ...copied, "flux/apps.yaml": ofRegistry() },
    after: { "flux/apps.yaml": ofRegistry().replace("version: 1.0.0", "version: 1.x") },
    told: [
      "flux/apps.yaml: HelmRelease web/apps is not fully judged: chart web of https://charts.example.com is asked for as 1.x, which is no exact version: rendered as the copy of 1.0.0 in vendor/web",
    ],
  },
])("a copy of what only a server has may be something else: $name", async ({ before, after, told }) => {
  expect(blocking(await judged(before, after))).toEqual(told.map((text) => expect.stringContaining(text)));
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
/** What `sha256sum` prints for the files of the copy. */
const listOf = (files: Files): string =>
  ["Chart.yaml", "templates/pod.yaml"]
    .map((name) => `${sha256(files[`vendor/web/${name}`] ?? "")}  ${name}\n`)
    .join("");
const [old, next] = [copied, { ...copied, ...changed }].map((files) => `sha256:${sha256(listOf(files))}`);
const locked = (digest = old, repository = "https://charts.example.com"): string =>
  `  - { name: web, repository: "${repository}", version: 1.0.0, path: web, digest: "${digest}" }\n`;
const lock = (...entries: readonly string[]): Files => ({
  "vendor/portcullis-vendor.lock.yaml": `version: 1\ncharts:\n${entries.join("")}`,
});
const release: Files = { ...copied, "flux/apps.yaml": ofRegistry() };
const mirror = "https://mirror.example.com";

test.each<{ readonly name: string; readonly before: Files; readonly after: Files; readonly told: readonly string[] }>([
  { name: "the copy is what it records", before: release, after: lock(locked()), told: [] },
  {
    name: "it records a copy that changes while its version stays, in the same change",
    before: { ...release, ...lock(locked()) },
    after: { ...changed, ...lock(locked(next)) },
    told: ["vendor/web/Chart.yaml: vendor/web is not fully judged: it is to stand for chart web 1.0.0"],
  },
  {
    name: "it recorded beforehand what the copy changes to",
    before: { ...release, ...lock(locked(), locked(next)) },
    after: changed,
    told: [],
  },
  {
    name: "it recorded another repository beforehand",
    before: { ...release, ...lock(locked(), locked(old, mirror)) },
    after: { "flux/apps.yaml": ofRegistry(mirror) },
    told: [],
  },
  {
    name: "it records another repository in the change that turns to it",
    before: { ...release, ...lock(locked()) },
    after: { "flux/apps.yaml": ofRegistry(mirror), ...lock(locked(), locked(old, mirror)) },
    told: ["flux/apps.yaml: HelmRelease web/apps is not fully judged: chart web 1.0.0 of https://mirror.example.com"],
  },
  {
    name: "it records a new copy for each of the registries that two releases name",
    before: {},
    after: {
      ...release,
      "flux/other.yaml": ofRegistry(mirror, "other"),
      ...lock(locked(), locked(old, mirror)),
    },
    told: [],
  },
  {
    name: "it records a new copy for one of the registries that two releases name",
    before: {},
    after: { ...release, "flux/other.yaml": ofRegistry(mirror, "other"), ...lock(locked()) },
    told: [
      "vendor/web/Chart.yaml: vendor/web is not fully judged: vendor/portcullis-vendor.lock.yaml does not record chart web 1.0.0 of https://mirror.example.com",
    ],
  },
  {
    name: "it does not record a new chart",
    before: lock(locked().replaceAll("web", "other")),
    after: release,
    told: [
      "vendor/web/Chart.yaml: vendor/web is not fully judged: vendor/portcullis-vendor.lock.yaml does not record chart web 1.0.0 of https://charts.example.com",
    ],
  },
  {
    name: "it records another digest for a new chart",
    before: lock(locked(next)),
    after: release,
    told: [`records ${next} for chart web 1.0.0 of https://charts.example.com, and the content has ${old}`],
  },
  {
    name: "it says where the copy is",
    before: lock(locked().replace("path: web", "path: acme/web")),
    after: {
      "vendor/acme/web/Chart.yaml": copied["vendor/web/Chart.yaml"] ?? "",
      "vendor/acme/web/templates/pod.yaml": copied["vendor/web/templates/pod.yaml"] ?? "",
      "flux/apps.yaml": ofRegistry(),
    },
    told: [],
  },
  {
    name: "it cannot be read",
    before: release,
    after: lock("  - { name: web"),
    told: ["vendor/portcullis-vendor.lock.yaml: This is not valid YAML"],
  },
  {
    name: "an entry lacks its digest",
    before: release,
    after: lock(locked().replace(/, digest.*}/, "}")),
    told: [
      "vendor/portcullis-vendor.lock.yaml: charts[0].digest is missing or wrong: expected sha256: and 64 hexadecimal digits",
      "vendor/web/Chart.yaml: vendor/web is not fully judged: vendor/portcullis-vendor.lock.yaml does not record",
    ],
  },
])("a lock of the vendored charts: $name", async ({ before, after, told }) => {
  expect(blocking(await judged(before, after))).toEqual(told.map((text) => expect.stringContaining(text)));
});

test("a chart of a registry at another version is a copy of its own", async () => {
  const [chart, app] = ["vendor/web/Chart.yaml", "flux/apps.yaml"];
  const report = await judged(release, {
    ...changed,
    [chart]: (release[chart] ?? "").replace("1.0.0", "1.0.1"),
    [app]: (release[app] ?? "").replace("1.0.0", "1.0.1"),
  });
  expect(blocking(report)).toEqual([]);
});
