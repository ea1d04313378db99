import { afterAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { builtinChecks } from "../../src/engine/builtin-checks.ts";
import { check } from "../../src/gate/check.ts";
import type { Report } from "../../src/model/report.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { simpleJudge } from "./simple-judge.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

type Files = { readonly [path: string]: MemoryFile };
const config = { ...defaultConfig, schemas: { enabled: false } };

async function judged(files: Files): Promise<Report> {
  return check({
    renderer,
    repositories: ["https://github.com/acme/gitops"],
    after: memoryTree(files),
    config,
    judge: simpleJudge(),
    builtins: builtinChecks(config, undefined).builtins,
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "directory" },
  });
}

async function found(files: Files): Promise<readonly string[]> {
  const { findings, problems } = await judged(files);
  return [
    ...findings.map(
      ({ level, policy, manifest, location }) =>
        `${level} ${policy} ${manifest.kind} ${manifest.name} ${location.path}:${location.line}`,
    ),
    ...problems.map(({ path, line, message }) => `${path}:${line} ${message}`),
  ].toSorted();
}

const object = (kind: string, name: string, metadata = ""): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}, labels: {owner: me}${metadata}}\n`;
const repository = `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: repo, namespace: web, labels: {owner: me}}
spec: {url: https://github.com/acme/gitops}
`;
const kustomization = (more: string): Files => ({
  "clusters/prod/all.yaml": `${repository}---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: web, labels: {owner: me}}
spec: {path: app, prune: true, sourceRef: {kind: GitRepository, name: repo}${more}}
`,
});
const release = (name: string, values = "{}"): string => `
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: ${name}, namespace: web, labels: {owner: me}}
spec:
  chart: {spec: {chart: chart, sourceRef: {kind: GitRepository, name: repo}}}
  values: ${values}
`;
const application = (name: string, source: string): string => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd, labels: {owner: me}}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: web}
  ${source}
`;
const directory = (path: string): string => `{repoURL: https://github.com/acme/gitops, path: ${path}}`;
const chart = (template: string): Files => ({
  "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "chart/templates/a.yaml": template,
});

test.each<[string, Files, readonly string[]]>([
  [
    "Flux refuses a namespaced object without namespace",
    { ...kustomization(""), "app/a.yaml": object("ConfigMap", "a") },
    ["deny flux/namespace ConfigMap a app/a.yaml:3"],
  ],
  [
    "Flux sets the namespace of the Kustomization",
    { ...kustomization(", targetNamespace: web"), "app/a.yaml": object("ConfigMap", "a") },
    [],
  ],
  [
    "a cluster-scoped object has none, and of other kinds it is not known",
    {
      ...kustomization(""),
      "app/a.yaml": `${object("Namespace", "a")}---\n${object("Thing", "b").replace("v1", "example.com/v1")}`,
    },
    [],
  ],
  [
    "two sources of an Application yield the same object",
    {
      "app.yaml": application("web", `sources: [${directory("one")}, ${directory("two")}]`),
      "one/a.yaml": object("ConfigMap", "a"),
      "two/a.yaml": object("ConfigMap", "a", ", annotations: {a: b}"),
    },
    ["warn argocd/repeated-object ConfigMap a two/a.yaml:3"],
  ],
  [
    "a chart renders a key twice",
    {
      "app.yaml": application("web", `source: ${directory("chart")}`),
      ...chart(`${object("ConfigMap", "a")}kind: ConfigMap\n`),
    },
    ["warn helm/repeated-key ConfigMap a app.yaml:2"],
  ],
  [
    "a release name is too long",
    { "app.yaml": application("w".repeat(54), `source: ${directory("chart")}`), ...chart(object("ConfigMap", "a")) },
    [
      `app.yaml:2 Application argocd/${"w".repeat(54)} cannot be rendered: ${"w".repeat(54)} is not a valid release name of at most 53 characters: it has 54 characters`,
    ],
  ],
])("%s", async (_, files, expected) => {
  expect(await found(files)).toEqual(expected);
});

test("a value that a chart refuses is named at its line, with the release that sets it", async () => {
  const schema = '{"properties": {"replicas": {"type": "integer"}}}';
  const files = {
    "clusters/prod/all.yaml": `${repository}${release("a", "{replicas: many}")}${release("b", "{replicas: 2}")}${release("c", "\n    replicas: none")}`,
    ...chart(object("ConfigMap", "a")),
    "chart/values.schema.json": schema,
  };
  expect((await found(files)).map((one) => one.split(":").slice(0, 2).join(":"))).toEqual([
    "clusters/prod/all.yaml:13 HelmRelease web/a cannot be rendered",
    "clusters/prod/all.yaml:30 HelmRelease web/c cannot be rendered",
  ]);
});

test("a template that no release can render is one problem that names them", async () => {
  const files = {
    "clusters/prod/all.yaml": repository + ["a", "b", "c", "d", "e"].map((name) => release(name)).join(""),
    ...chart('{{ fail "no" }}'),
  };
  const problems = (await judged(files)).problems.map(({ path, message }) => `${path} ${message}`);
  expect(problems).toEqual([
    expect.stringMatching(
      /^chart\/templates\/a.yaml HelmRelease web\/a, HelmRelease web\/b, HelmRelease web\/c and 2 more cannot be rendered: /,
    ),
  ]);
});
