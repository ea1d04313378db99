import { describe, expect, test } from "@jest/globals";
import type { Config } from "../../src/model/config.ts";
import { bad, kustomization, pod } from "./attack-files.ts";
import { type Files, here } from "./change-judge.ts";
import { application, chart, dangerJudge, hidden, introduced, overlay, template, worse } from "./ratchet-files.ts";

const judged = dangerJudge();

describe("a source leaves judgement only with its objects, or with a finding", () => {
  const values = ", helm: { valueFiles: [values-live.yaml] }";
  const webChart: Files = {
    "web/Chart.yaml": chart,
    "web/templates/a.yaml": template("nginx:{{ .Values.tag | default 1 }}"),
    "web/values-live.yaml": "tag: '1'\n",
  };
  const worseChart: Files = { "web/Chart.yaml": chart, "web/templates/a.yaml": `${template("nginx:1")}# other\n` };
  const overlayOf = (path: string): string =>
    kustomization(
      `resources: [../base]\npatches: [{ patch: '- { op: replace, path: /spec/source/path, value: ${path} }', target: { kind: Application } }]`,
    );
  const set = [
    "apiVersion: argoproj.io/v1alpha1",
    "kind: ApplicationSet",
    "metadata: { name: set, namespace: argocd, labels: { owner: me } }",
    "spec:",
    `  generators: [{ git: { repoURL: ${here}, revision: HEAD, files: [{ path: live/config.json }] } }]`,
    "  template:",
    "    metadata: { name: web, labels: { owner: me } }",
    "    spec:",
    "      project: default",
    "      destination: { server: https://kubernetes.default.svc, namespace: web }",
    `      source: { repoURL: ${here}, path: "{{path}}" }`,
    "",
  ].join("\n");
  const release = [
    "apiVersion: source.toolkit.fluxcd.io/v1",
    "kind: HelmRepository",
    "metadata: { name: charts, namespace: web, labels: { owner: me } }",
    "spec: { url: https://charts.example.com }",
    "---",
    "apiVersion: helm.toolkit.fluxcd.io/v2",
    "kind: HelmRelease",
    "metadata: { name: web, namespace: web, labels: { owner: me } }",
    "spec:",
    "  chart: { spec: { chart: web, version: 1.0.0, sourceRef: { kind: HelmRepository, name: charts } } }",
    "  valuesFrom: [{ kind: ConfigMap, name: web-values }]",
    "",
  ].join("\n");
  const configMap = (tag: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web-values, namespace: web, labels: { owner: me } }\ndata: { values.yaml: 'tag: ${tag}' }\n`;
  const copy: Files = {
    "vendor/web/Chart.yaml": chart,
    "vendor/web/templates/a.yaml": template("nginx:{{ .Values.tag }}"),
  };

  test.each<{
    readonly name: string;
    readonly before: Files;
    readonly after: Files;
    readonly told: string;
    readonly config?: Partial<Config>;
  }>([
    {
      name: "an Application goes with a values file that it needs, while its chart changes",
      before: { ...webChart, "argo/web.yaml": application("web", values) },
      after: worseChart,
      told: "Application argocd/web is removed while web/templates/a.yaml, which it reads, changes, and what it would make of that is not judged: file web/values-live.yaml is not in this tree",
    },
    {
      name: "an Application goes while a file turns its directory to a plugin",
      before: { ...overlay, "argo/web.yaml": application("prod") },
      after: { ...overlay, "prod/pod.yaml": pod("nginx:2"), "prod/.argocd-source.yaml": "plugin: { name: x }\n" },
      told: "Application argocd/web is removed while prod/pod.yaml, which it reads, changes, and what it would make of that is not judged: not rendered: it needs the config management plugin x",
    },
    {
      name: "an Application goes while another of its name appears elsewhere",
      before: { ...overlay, "argo/web.yaml": application("prod") },
      after: {
        ...overlay,
        "prod/pod.yaml": pod("nginx:2"),
        "prod/.argocd-source.yaml": "plugin: { name: x }\n",
        "docs/web.yaml": application("docs/example"),
        "docs/example/pod.yaml": pod("nginx:1", "example"),
      },
      told: "Application argocd/web is removed while prod/pod.yaml",
    },
    {
      name: "a release goes with the copy of its chart, while its values change",
      before: { ...copy, "flux/web.yaml": release, "flux/values.yaml": configMap("1") },
      after: { "flux/values.yaml": configMap("latest") },
      told: "HelmRelease web/web is removed while flux/values.yaml, which it reads, changes",
      config: { helm: { vendor: "vendor" } },
    },
  ])("$name", async ({ before, after, told, config }) => {
    const { findings, problems } = await judged(before, after, config);
    const found = findings.filter(({ policy }) => policy === "changes/unjudged");
    expect(found).toMatchObject([{ level: "deny", status: "introduced", message: expect.stringContaining(told) }]);
    expect(problems).toEqual([]);
  });

  test.each<[string, Files, Files]>([
    [
      "an Application goes with its values, and its chart stays as it was",
      { ...webChart, "argo/web.yaml": application("web", values), "x.yaml": pod("nginx:1", "x") },
      {
        "web/Chart.yaml": chart,
        "web/templates/a.yaml": webChart["web/templates/a.yaml"] ?? "",
        "x.yaml": pod("nginx:2", "x"),
      },
    ],
    [
      "an Application moves and takes other values, while its chart changes",
      { ...webChart, "argo/web.yaml": application("web", values) },
      {
        ...worseChart,
        "web/live.yaml": "tag: '1'\n",
        "apps/web.yaml": application("web", ", helm: { valueFiles: [live.yaml] }"),
      },
    ],
    [
      "an Application goes with its directory",
      { ...overlay, "argo/web.yaml": application("prod"), "x.yaml": pod("nginx:1", "x") },
      { "x.yaml": pod("nginx:2", "x") },
    ],
  ])("no finding where %s", async (_, before, after) => {
    const { findings, problems } = await judged(before, after);
    expect(findings.map(({ policy }) => policy)).not.toContain("changes/unjudged");
    expect(problems).toEqual([]);
  });

  test.each<{ readonly name: string; readonly before: Files; readonly after: Files; readonly finding: string }>([
    {
      name: "one of two overlays of an Application goes, and what it applied is wrapped",
      before: {
        ...overlay,
        "dev/pod.yaml": pod(),
        "argo/base/kustomization.yaml": kustomization("resources: [web.yaml]"),
        "argo/base/web.yaml": application("nowhere"),
        "argo/dev/kustomization.yaml": overlayOf("dev"),
        "argo/prod/kustomization.yaml": overlayOf("prod"),
      },
      after: {
        ...worse,
        "dev/pod.yaml": pod(),
        "argo/base/kustomization.yaml": kustomization("resources: [web.yaml]"),
        "argo/base/web.yaml": application("nowhere"),
        "argo/dev/kustomization.yaml": overlayOf("dev"),
        "zz/kustomization.yaml": kustomization(`resources: [../prod]\n${hidden}`),
      },
      finding: "images/tag a prod/pod.yaml Application argocd/web (before this change)",
    },
    {
      name: "a kustomization in a chart's directory reads all of the chart",
      before: {
        "web/Chart.yaml": chart,
        "web/values.yaml": "tag: '1'\n",
        "web/templates/a.yaml": template("nginx:{{ .Values.tag }}"),
      },
      after: {
        "web/Chart.yaml": chart,
        "web/values.yaml": "tag: latest\n",
        "web/templates/a.yaml": template("nginx:{{ .Values.tag }}"),
        "web/kustomization.yaml": kustomization(
          "configMapGenerator: [{ name: c, files: [Chart.yaml, values.yaml, templates/a.yaml] }]\ngeneratorOptions: { labels: { owner: me } }",
        ),
      },
      finding: "images/tag web web/kustomization.yaml web (before this change)",
    },
    {
      name: "the file of a generator goes, and what its Application applied is wrapped",
      before: { "live/config.json": "{}", "live/pod.yaml": pod(), "argo/set.yaml": set },
      after: {
        "live/pod.yaml": bad,
        "argo/set.yaml": set,
        "zz/kustomization.yaml": kustomization(`resources: [../live/pod.yaml]\n${hidden}`),
      },
      finding: "images/tag a live/pod.yaml Application argocd/web",
    },
  ])("judged as before: $name", async ({ before, after, finding }) => {
    const report = await judged(before, after);
    expect(introduced(report)).toContain(finding);
  });

  test("an integer beyond a double is no obstacle", async () => {
    const large = "12345678901234567890";
    const project = `apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: default, namespace: argocd, labels: { owner: me } }\nspec: { sourceRepos: ["*"], destinations: [{ server: "*", namespace: "*" }], x: ${large} }\n`;
    const before = { ...overlay, "argo/web.yaml": application("prod"), "argo/project.yaml": project };
    const report = await judged(before, { ...before, "prod/pod.yaml": bad });
    expect(introduced(report)).toContain("images/tag a prod/pod.yaml Application argocd/web");
  });
});
