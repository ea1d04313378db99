import { afterAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import { createDangers } from "../../src/gate/dangers/create-dangers.ts";
import type { Config } from "../../src/model/config.ts";
import type { Report } from "../../src/model/report.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { archiveOf } from "../renderers/helm-charts.ts";
import { simpleJudge } from "./simple-judge.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

type Files = { readonly [path: string]: MemoryFile };

async function judged(before: Files, after: Files, config: Partial<Config> = {}): Promise<Report> {
  const used = { ...defaultConfig, ...config };
  return check({
    renderer,
    repositories: ["https://github.com/acme/gitops"],
    before: memoryTree(before, "before"),
    after: memoryTree(after, "after"),
    config: used,
    judge: simpleJudge(),
    builtins: [createDangers(used)],
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", before: "before", how: "test merge" },
  });
}

/** What a change brings: policy, object and place of findings, and the first words of gaps. */
function introduced({ findings, gaps }: Report): readonly string[] {
  return [
    ...findings.flatMap(({ status, policy, manifest, location }) =>
      status === "introduced" ? [`${policy} ${manifest.name} ${location.path}:${location.line}`] : [],
    ),
    ...gaps.flatMap(({ touched, path, line, reason }) =>
      touched === true ? [`${path}:${line} ${/depends on (.*?)[:,]/.exec(reason)?.[1] ?? reason}`] : [],
    ),
  ].toSorted();
}

const pod = (image: string, more = ""): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web, labels: {owner: me}}\nspec:\n  containers:\n    - name: main\n      image: ${image}\n${more}`;
const bad = pod("nginx:latest");
const chart = { "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n" };
const template = (text: string): Files => ({ ...chart, "chart/templates/a.yaml": text });
const under = (condition: string, text = bad): Files => template(`{{- if ${condition} }}\n${text}{{- end }}\n`);

const application = `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd, labels: {owner: me}}
spec:
  project: default
  source: {repoURL: https://github.com/acme/gitops, path: chart}
  destination: {server: https://kubernetes.default.svc, namespace: web}
`;
const release = `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: repo, namespace: web, labels: {owner: me}}
spec: {url: https://github.com/acme/gitops}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web, labels: {owner: me}}
spec: {chart: {spec: {chart: chart, sourceRef: {kind: GitRepository, name: repo}}}}
`;
const flux = { "clusters/prod/all.yaml": release };
const argocd = { "app.yaml": application };

const found = "images/tag a chart/templates/a.yaml:8";
const told = (line: number, what: string): string => `chart/templates/a.yaml:${line} ${what}`;

test.each<[string, Files, Files, readonly string[]]>([
  ["an upgrade", flux, under(".Release.IsUpgrade"), [found]],
  ["an installation", flux, under("$.Release.IsInstall"), [found]],
  ["an upgrade, asked in a helper", flux, under('include "up" .'), [found]],
  ["an upgrade, asked by index", flux, under('index .Release "IsUpgrade"'), [found]],
  ["an API version", argocd, under('.Capabilities.APIVersions.Has "example.com/v1"'), [found]],
  ["the absence of an API version", argocd, under('not (has "example.com/v1" .Capabilities.APIVersions)'), [found]],
  [
    "one API version without another",
    argocd,
    under('and (.Capabilities.APIVersions.Has "a.com/v1") (not (.Capabilities.APIVersions.Has "b.com/v1"))'),
    [found],
  ],
  [
    "an upgrade without an API version",
    flux,
    under('and .Release.IsUpgrade (not (.Capabilities.APIVersions.Has "b.com/v1"))'),
    [found],
  ],
  ["an object of the cluster", flux, under('lookup "v1" "Namespace" "" "web"'), [told(1, "lookup")]],
  [
    "an object of the cluster, through a variable",
    flux,
    template(`{{- $found := lookup "v1" "Namespace" "" "web" }}\n{{- with $found }}\n${bad}{{- end }}\n`),
    [told(1, "lookup")],
  ],
  ["a revision", flux, under("gt .Release.Revision 1"), [told(1, ".Release.Revision")]],
  ["a host", flux, under('ne (getHostByName "a.example.com") ""'), [told(1, "getHostByName")]],
  ["the time", argocd, under('gt (now | date "2006" | atoi) 2025'), [told(1, "the time")]],
  ["a draw", argocd, under('eq (randNumeric 2) "7"'), [told(1, "a random value")]],
  ["Helm's version", argocd, under('hasPrefix "v4" .Capabilities.HelmVersion.Version'), [told(1, "Helm's version")]],
  [
    "the Kubernetes version",
    argocd,
    under('semverCompare "<1.30-0" .Capabilities.KubeVersion.Version'),
    [told(1, "the Kubernetes version")],
  ],
  [
    "the namespace of a chart that nothing applies",
    {},
    under('ne .Release.Namespace "default"'),
    [told(1, "the release's name or namespace")],
  ],
])("what a chart yields depends on %s", async (_, around, files, expected) => {
  const helper = { "chart/templates/_up.tpl": '{{- define "up" }}{{ if .Release.IsUpgrade }}yes{{ end }}{{ end }}' };
  const before = { ...around, ...template(""), ...helper };
  expect(introduced(await judged(before, { ...before, ...files }))).toEqual(expected);
});

test.each<[string, Files, Files, Partial<Config>]>([
  ["Argo CD never upgrades", argocd, under(".Release.IsUpgrade"), {}],
  ["Argo CD looks nothing up", argocd, under('lookup "v1" "Namespace" "" "web"'), {}],
  [
    "the configuration names all API versions",
    { "clusters/prod/all.yaml": release },
    under('.Capabilities.APIVersions.Has "example.com/v1"'),
    {
      environments: {
        prod: { paths: ["clusters/prod/**"], clusters: [], levels: {}, parameters: {}, apiVersions: [] },
      },
    },
  ],
  [
    "the configuration names the Kubernetes version",
    argocd,
    under('semverCompare "<1.30-0" .Capabilities.KubeVersion.Version'),
    { schemas: { enabled: true, kubernetes: "1.34" } },
  ],
  [
    "the name decides how long another one is",
    {},
    template('a: {{ if contains "web" .Release.Name }}b{{ end }}\n'),
    {},
  ],
  [
    "a password is kept",
    flux,
    template(
      [
        '{{- $held := lookup "v1" "Secret" "web" "a" }}',
        "apiVersion: v1",
        "kind: Secret",
        "metadata: {name: a, namespace: web, labels: {owner: me}}",
        "data:",
        "{{- if $held }}",
        '  password: {{ index $held.data "password" }}',
        "{{- else }}",
        "  password: {{ randAlphaNum 16 | b64enc }}",
        "{{- end }}",
        "",
      ].join("\n"),
    ),
    {},
  ],
])("nothing is unknown where %s", async (_, around, files, config) => {
  const before = { ...around, ...template("") };
  expect(introduced(await judged(before, { ...before, ...files }, config))).toEqual([]);
});

test("what both renderings of an object have alike is one finding, and existing", async () => {
  const label = "{{ if .Release.IsUpgrade }}  restartPolicy: Never\n{{ end }}";
  const report = await judged({ ...flux, ...template(bad) }, { ...flux, ...template(bad + label) });
  expect(report.findings.map(({ status }) => status)).toEqual(["existing"]);
});

test("an installation is compared with an installation, and an upgrade with an upgrade", async () => {
  const either = (installed: string, upgraded: string): Files =>
    template(pod(`{{ if .Release.IsUpgrade }}${upgraded}{{ else }}${installed}{{ end }}`));
  const report = await judged(
    { ...flux, ...either("nginx:1", "redis:latest") },
    { ...flux, ...either("nginx:latest", "redis:latest") },
  );
  expect(report.findings.map(({ status, message }) => `${status} ${message}`).toSorted()).toEqual([
    "existing redis:latest is not pinned",
    "introduced nginx:latest is not pinned",
  ]);
});

test("a rendering that goes away deletes nothing where another has the object", async () => {
  const claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a, namespace: web, labels: {owner: me}";
  const before = { ...flux, ...template(`${claim}}\nspec: {a: {{ .Release.IsUpgrade }}}\n`) };
  const report = await judged(before, { ...flux, ...template(`${claim}}\nspec: {a: false}\n`) });
  expect(report.findings).toEqual([]);
  expect(report.changes?.deleted).toBe(0);
});

test("what the cluster decides is existing until the change touches it", async () => {
  const files = (text: string): Files => ({ ...flux, ...under('lookup "v1" "Namespace" "" "web"', text) });
  const other = await judged(files(bad), {
    ...files(bad),
    "chart/templates/b.yaml": pod("nginx:1").replace("name: a", "name: b"),
  });
  expect(introduced(other)).toEqual([]);
  expect(other.gaps).toHaveLength(1);
  expect(introduced(await judged(files(bad), files(pod("nginx:2"))))).toEqual([told(1, "lookup")]);
});

test("templates of a packed dependency are asked too", async () => {
  const packed = (condition: string): Files => ({
    ...flux,
    ...chart,
    "chart/Chart.yaml": `${chart["chart/Chart.yaml"]}dependencies: [{name: db, version: 1.0.0, repository: ""}]\n`,
    "chart/charts/db-1.0.0.tgz": archiveOf([
      { name: "db/Chart.yaml", content: "apiVersion: v2\nname: db\nversion: 1.0.0\n" },
      { name: "db/templates/a.yaml", content: `{{- if ${condition} }}\n${bad}{{- end }}\n` },
    ]),
  });
  expect(introduced(await judged(packed("false"), packed(".Release.IsUpgrade")))).toHaveLength(1);
  expect(introduced(await judged(packed("false"), packed('lookup "v1" "Namespace" "" "web"')))).toEqual([
    "clusters/prod/all.yaml:7 lookup",
  ]);
});
