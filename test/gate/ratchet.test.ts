import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import { createDangers } from "../../src/gate/dangers/create-dangers.ts";
import type { Config } from "../../src/model/config.ts";
import type { Report } from "../../src/model/report.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { simpleJudge } from "./simple-judge.ts";

const cacheDir = mkdtempSync(join(tmpdir(), "portcullis-ratchet-"));
const renderer = createRenderer({ cacheDir, processes: 1 });
afterAll(() => {
  renderer.close();
  rmSync(cacheDir, { recursive: true, force: true });
});

type Files = { readonly [path: string]: MemoryFile };

const here = "https://github.com/acme/gitops";

async function judged(before: Files, after: Files, config: Partial<Config> = {}): Promise<Report> {
  const used = { ...defaultConfig, ...config };
  return check({
    renderer,
    repositories: [here],
    before: memoryTree(before, "before"),
    after: memoryTree(after, "after"),
    config: used,
    judge: simpleJudge(),
    builtins: [createDangers(used)],
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", before: "before", how: "test merge" },
  });
}

/** Introduced findings as policy, object and place, with the source they came through. */
function introduced({ findings }: Report): readonly string[] {
  return findings
    .filter(({ status }) => status === "introduced")
    .map(({ policy, manifest, location, source = "-" }) => `${policy} ${manifest.name} ${location.path} ${source}`);
}

const pod = (image = "nginx:1", name = "a"): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: web, labels: { owner: me } }\nspec: { containers: [{ name: main, image: ${image} }] }\n`;
const bad = pod("nginx:latest");
const kustomization = (text: string): string => `apiVersion: kustomize.config.k8s.io/v1beta1\n${text}\n`;
const application = (path: string, more = "", name = "web"): string =>
  [
    "apiVersion: argoproj.io/v1alpha1",
    "kind: Application",
    `metadata: { name: ${name}, namespace: argocd, labels: { owner: me } }`,
    "spec:",
    "  project: default",
    "  destination: { server: https://kubernetes.default.svc, namespace: web }",
    `  source: { repoURL: ${here}, path: ${path}${more} }`,
    "",
  ].join("\n");
const flux = (path: string, more = "", name = "web"): string =>
  [
    "apiVersion: kustomize.toolkit.fluxcd.io/v1",
    "kind: Kustomization",
    `metadata: { name: ${name}, namespace: flux-system, labels: { owner: me } }`,
    "spec:",
    "  prune: true",
    "  sourceRef: { kind: GitRepository, name: flux-system }",
    `  path: ${path}`,
    ...(more === "" ? [] : [`  ${more}`]),
    "",
  ].join("\n");
const gitRepository = [
  "apiVersion: source.toolkit.fluxcd.io/v1",
  "kind: GitRepository",
  "metadata: { name: flux-system, namespace: flux-system, labels: { owner: me } }",
  `spec: { url: ${here} }`,
  "",
].join("\n");
const hidden = "images: [{ name: nginx, newTag: '1' }]";
const hiddenByArgo = ", kustomize: { images: ['nginx:1'] }";
const plugin = ", plugin: { name: x }";
const chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
const template = (image: string): string => pod(image).replace("name: a", "name: {{ .Chart.Name }}");

const overlay = { "prod/kustomization.yaml": kustomization("resources: [pod.yaml]"), "prod/pod.yaml": pod() };
const worse = { ...overlay, "prod/pod.yaml": bad };

describe("what judged the tree before judges the tree after", () => {
  test.each<{ readonly name: string; readonly before: Files; readonly after: Files; readonly finding: string }>([
    {
      name: "a root that a new root wraps and repairs",
      before: overlay,
      after: { ...worse, "zz/kustomization.yaml": kustomization(`resources: [../prod]\n${hidden}`) },
      finding: "images/tag a prod/pod.yaml prod",
    },
    {
      name: "a root that a new Application renders with a patch",
      before: overlay,
      after: { ...worse, "docs/app.yaml": application("prod", hiddenByArgo) },
      finding: "images/tag a prod/pod.yaml prod",
    },
    {
      name: "a root that a new Flux Kustomization renders with a patch",
      before: { ...overlay, "flux/source.yaml": gitRepository },
      after: { ...worse, "flux/source.yaml": gitRepository, "docs/ks.yaml": flux("./prod", hidden) },
      finding: "images/tag a prod/pod.yaml prod",
    },
    {
      name: "a plain file that becomes a resource of a root that repairs it",
      before: { "k/pod.yaml": pod() },
      after: { "k/pod.yaml": bad, "k/kustomization.yaml": kustomization(`resources: [pod.yaml]\n${hidden}`) },
      finding: "images/tag a k/pod.yaml -",
    },
    {
      name: "a plain file that is renamed and becomes a resource of a root that repairs it",
      before: { "k/pod.yaml": pod() },
      after: { "k/deep/new.yaml": bad, "k/kustomization.yaml": kustomization(`resources: [deep/new.yaml]\n${hidden}`) },
      finding: "images/tag a k/deep/new.yaml -",
    },
    {
      name: "a new file beside a plain one, of a root that repairs it",
      before: { "k/pod.yaml": pod() },
      after: {
        "k/pod.yaml": pod(),
        "k/b.yaml": pod("nginx:latest", "b"),
        "k/kustomization.yaml": kustomization(`resources: [pod.yaml, b.yaml]\n${hidden}`),
      },
      finding: "images/tag b k/b.yaml -",
    },
    {
      name: "a plain file that a link replaces, in a root that repairs it",
      before: { "k/pod.yaml": pod() },
      after: {
        "k/pod.yaml": { symlink: "../docs/pod.yaml" },
        "docs/pod.yaml": bad,
        "k/kustomization.yaml": kustomization(`resources: [pod.yaml]\n${hidden}`),
      },
      finding: "images/tag a docs/pod.yaml -",
    },
    {
      name: "a plain file below a new Kustomization that only some tools read",
      before: { "k/pod.yaml": pod() },
      after: { "k/pod.yaml": bad, "k/Kustomization": kustomization(`resources: [pod.yaml]\n${hidden}`) },
      finding: "images/tag a k/pod.yaml -",
    },
    {
      name: "a plain file that becomes a patch",
      before: { "k/pod.yaml": pod() },
      after: {
        "k/pod.yaml": bad,
        "k/base.yaml": pod(),
        "k/kustomization.yaml": kustomization(`resources: [base.yaml]\npatches: [{ path: pod.yaml }]\n${hidden}`),
      },
      finding: "images/tag a k/pod.yaml -",
    },
    {
      name: "a plain file that becomes the input of a generator",
      before: { "k/pod.yaml": pod() },
      after: {
        "k/pod.yaml": bad,
        "k/kustomization.yaml": kustomization("configMapGenerator: [{ name: c, files: [pod.yaml] }]"),
      },
      finding: "images/tag a k/pod.yaml -",
    },
    {
      name: "a plain file that ends up in a chart",
      before: { "k/pod.yaml": pod() },
      after: { "k/pod.yaml": bad, "k/Chart.yaml": chart },
      finding: "images/tag a k/pod.yaml -",
    },
    {
      name: "an Application in a file that becomes part of a chart",
      before: { "argo/web.yaml": application("prod"), ...overlay },
      after: { "argo/web.yaml": application("prod"), "Chart.yaml": chart, ...worse },
      finding: "images/tag a prod/pod.yaml Application argocd/web",
    },
    {
      name: "an Application in a file that becomes the input of a generator",
      before: { "argo/web.yaml": application("prod"), ...overlay },
      after: {
        "argo/web.yaml": application("prod"),
        "argo/Kustomization": kustomization("configMapGenerator: [{ name: c, files: [web.yaml] }]"),
        ...worse,
      },
      finding: "images/tag a prod/pod.yaml Application argocd/web",
    },
    {
      name: "an Application that is removed, its directory taken up by a root that repairs it",
      before: { "argo/web.yaml": application("prod"), ...overlay },
      after: { ...worse, "zz/kustomization.yaml": kustomization(`resources: [../prod]\n${hidden}`) },
      finding: "images/tag a prod/pod.yaml Application argocd/web",
    },
    {
      name: "a Flux Kustomization that is suspended",
      before: { "flux/source.yaml": gitRepository, "flux/ks.yaml": flux("./prod"), ...overlay },
      after: { "flux/source.yaml": gitRepository, "flux/ks.yaml": flux("./prod", "suspend: true"), ...worse },
      finding: "images/tag a prod/pod.yaml Kustomization flux-system/web",
    },
    {
      name: "a chart that a new Application renders with values that repair it",
      before: {
        "web/Chart.yaml": chart,
        "web/values.yaml": "tag: '1'\n",
        "web/templates/a.yaml": template("nginx:{{ .Values.tag }}"),
      },
      after: {
        "web/Chart.yaml": chart,
        "web/values.yaml": "tag: latest\n",
        "web/templates/a.yaml": template("nginx:{{ .Values.tag }}"),
        "docs/app.yaml": application("web", ", helm: { parameters: [{ name: tag, value: '1' }] }"),
      },
      finding: "images/tag web web/values.yaml web",
    },
  ])("$name", async ({ before, after, finding }) => {
    const report = await judged(before, after);
    expect(introduced(report)).toContain(finding);
    expect(report.verdict).toBe("fail");
  });

  test("a root that becomes a component is a problem, not a pass", async () => {
    const after = {
      ...worse,
      "prod/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [pod.yaml]\n",
      "zz/kustomization.yaml": kustomization(`components: [../prod]\n${hidden}`),
    };
    expect((await judged(overlay, after)).verdict).not.toBe("pass");
  });

  test("the environment of the tree before keeps its level", async () => {
    const environment = { paths: ["prod"], clusters: [], levels: {}, parameters: {} };
    const config: Partial<Config> = {
      levels: { "images/tag": "warn" },
      environments: { production: { ...environment, levels: { "images/tag": "deny" } } },
    };
    const after = { ...worse, "zz/kustomization.yaml": kustomization("resources: [../prod]") };
    expect((await judged(overlay, after, config)).verdict).toBe("fail");
  });

  test("a directory of plain files may become a chart", async () => {
    const report = await judged(
      { "web/pod.yaml": pod() },
      {
        "web/Chart.yaml": chart,
        "web/values.yaml": "tag: '1'\n",
        "web/templates/pod.yaml": template("nginx:{{ .Values.tag }}"),
      },
    );
    expect(report.problems).toEqual([]);
    expect(report.verdict).toBe("pass");
  });

  test("a new file beside a root is judged by the root that repairs it", async () => {
    const after = {
      ...overlay,
      "prod/b.yaml": pod("nginx:latest", "b"),
      "prod/kustomization.yaml": kustomization(`resources: [pod.yaml, b.yaml]\n${hidden}`),
    };
    expect((await judged(overlay, after)).verdict).toBe("pass");
  });

  test.each<[string, Files]>([
    ["a file", { "prod/pod.yaml": { symlink: "../docs/pod.yaml" }, "docs/pod.yaml": bad }],
    ["a directory", { prod: { symlink: "docs" }, "docs/pod.yaml": bad }],
  ])("a link in the place of %s keeps the environment of its own path", async (_, after) => {
    const environment = { paths: ["prod/**"], clusters: [], levels: { "images/tag": "deny" }, parameters: {} } as const;
    const config: Partial<Config> = { levels: { "images/tag": "warn" }, environments: { production: environment } };
    expect((await judged({ "prod/pod.yaml": pod() }, after, config)).verdict).toBe("fail");
  });

  test("what both plans ask is asked once", async () => {
    const before = { "argo/web.yaml": application("prod"), ...overlay };
    const report = await judged(before, { ...before, "prod/pod.yaml": bad });
    expect(introduced(report)).toEqual(["images/tag a prod/pod.yaml Application argocd/web"]);
    expect(report.sources.map(({ id }) => id)).toEqual(["Application argocd/web"]);
  });

  test("a GitOps object that moves to another file with another path leaves nothing behind", async () => {
    const before = { "argo/web.yaml": application("prod"), ...overlay };
    const after = {
      "apps/web.yaml": application("live"),
      "live/kustomization.yaml": kustomization("resources: [pod.yaml]"),
      "live/pod.yaml": pod(),
    };
    const report = await judged(before, after);
    expect(report.problems).toEqual([]);
    expect(report.sources.map(({ id }) => id)).toEqual(["Application argocd/web"]);
    expect(report.verdict).toBe("pass");
  });

  test("an Application that goes with its directory is a deletion and nothing else", async () => {
    const report = await judged(
      { "argo/web.yaml": application("prod"), ...overlay, "x.yaml": pod("nginx:1", "x") },
      { "x.yaml": pod("nginx:1", "x") },
    );
    expect(report.problems).toEqual([]);
    expect(report.changes).toMatchObject({ deleted: 2 });
    expect(report.verdict).toBe("pass");
  });

  test("a source carried over applies nothing: its objects count as deleted, and it owns none", async () => {
    const environment = { production: { paths: ["prod"], clusters: [], levels: {}, parameters: {} } };
    const before = { "argo/web.yaml": application("prod"), ...overlay };
    const after = { "argo/other.yaml": application("prod", "", "other"), ...overlay };
    const report = await judged(before, after, { environments: environment });
    expect(report.findings.map(({ policy }) => policy)).not.toContain("changes/two-owners");
    expect(report.verdict).toBe("pass");
  });
});

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

describe("what the tree after does not tell is neither deleted nor fixed", () => {
  const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: team, labels: { owner: me } }\n";
  const app = {
    "argo/web.yaml": application("prod"),
    "prod/kustomization.yaml": kustomization("resources: [namespace.yaml, pod.yaml]"),
    "prod/namespace.yaml": namespace,
    "prod/pod.yaml": bad,
  };

  test.each<[string, Files]>([
    [
      "a root that no longer builds",
      { ...app, "prod/kustomization.yaml": kustomization("resources: [namespace.yaml, gone.yaml]") },
    ],
    [
      "a source in another repository",
      { ...app, "argo/web.yaml": application("prod").replace("acme/gitops", "acme/other") },
    ],
    [
      "an object that cannot be planned",
      { ...app, "argo/web.yaml": application("prod").replace("  project: default\n", "") },
    ],
    ["a file that cannot be read", { ...app, "argo/web.yaml": "a: [" }],
  ])("%s", async (_, after) => {
    const report = await judged(app, after);
    expect(report.verdict).toBe("error");
    expect(report.changes).toMatchObject({ deleted: 0 });
    expect(report.findings.filter(({ status }) => status === "fixed")).toEqual([]);
    expect(report.findings.filter(({ policy }) => policy.startsWith("changes/"))).toEqual([]);
  });

  test("nor are the sources that an unreadable parent led to", async () => {
    const parent = {
      "apps/kustomization.yaml": kustomization("resources: [web.yaml]"),
      "apps/web.yaml": application("prod"),
    };
    const before = {
      ...parent,
      "prod/kustomization.yaml": app["prod/kustomization.yaml"],
      "prod/namespace.yaml": namespace,
      "prod/pod.yaml": bad,
    };
    const report = await judged(before, {
      ...before,
      "apps/kustomization.yaml": kustomization("resources: [web.yaml, gone.yaml]"),
    });
    expect(report.changes).toMatchObject({ deleted: 0 });
    expect(report.findings.filter(({ status }) => status === "fixed")).toEqual([]);
  });
});

describe("what could not be judged before is blocked once it changes", () => {
  const remote = "resources: [pod.yaml, 'https://github.com/acme/base//monitoring?ref=v1']";
  const before = {
    "prod/kustomization.yaml": kustomization(remote),
    "prod/pod.yaml": pod(),
    "other.yaml": pod("nginx:1", "o"),
  };

  test.each<[string, Files, Files, string]>([
    ["nothing of it changes", before, { ...before, "other.yaml": pod("nginx:2", "o") }, "pass"],
    [
      "its kustomization gains a patch",
      before,
      { ...before, "prod/kustomization.yaml": kustomization(`${remote}\n${hidden}`) },
      "error",
    ],
    ["a file that it reads changes", before, { ...before, "prod/pod.yaml": pod("nginx:2") }, "error"],
    [
      "an Application that needs a plugin gets another path",
      { "a.yaml": application("prod", plugin), ...overlay },
      { "a.yaml": application(".", plugin), ...overlay },
      "error",
    ],
    [
      "an Application that needs a plugin moves down its file",
      { "a.yaml": application("prod", plugin), ...overlay },
      { "a.yaml": `# a remark\n${application("prod", plugin)}`, ...overlay },
      "pass",
    ],
  ])("%s", async (_, was, is, verdict) => {
    expect((await judged(was, is)).verdict).toBe(verdict);
  });

  test("with gaps: allow a gap is named and lets through", async () => {
    const report = await judged(overlay, { ...overlay, "a.yaml": application("prod", plugin) }, { gaps: "allow" });
    expect(report.gaps).toMatchObject([{ source: "Application argocd/web", touched: true }]);
    expect(report.verdict).toBe("pass");
  });
});

describe("a finding is existing only where its object was applied before", () => {
  const exposed: readonly [string, Files, Files][] = [
    [
      "an Application deploys an example",
      { "example/pod.yaml": bad },
      { "example/pod.yaml": bad, "a.yaml": application("example") },
    ],
    [
      "a Flux Kustomization deploys an example",
      { "s.yaml": gitRepository, "example/pod.yaml": bad },
      { "s.yaml": gitRepository, "example/pod.yaml": bad, "k.yaml": flux("./example") },
    ],
    ["a file moves from an example to what is applied", { "example/pod.yaml": bad }, { "prod/pod.yaml": bad }],
  ];
  test.each(exposed)("%s", async (_, before, after) => {
    const report = await judged(before, after);
    expect(introduced(report).filter((line) => line.startsWith("images/tag"))).toHaveLength(1);
    expect(report.verdict).toBe("fail");
  });

  test("an Application that takes over from another of the same cluster introduces nothing", async () => {
    const files = { "prod/kustomization.yaml": overlay["prod/kustomization.yaml"], "prod/pod.yaml": bad };
    const report = await judged(
      { "a.yaml": application("prod"), ...files },
      { "b.yaml": application("prod", "", "renamed"), ...files },
    );
    expect(introduced(report).filter((line) => line.startsWith("images/tag"))).toEqual([]);
  });
});

describe("what a file holds is asked of its objects, not of its name, its place or its bytes", () => {
  const app = application("prod", ", kustomize: { images: ['nginx:latest'] }");
  test.each<[string, Files]>([
    ["an escape in its group", { "argo/web.yaml": app.replace("argoproj.io/v1alpha1", '"argoproj\\x2eio/v1alpha1"') }],
    [
      "a line break within its group",
      { "argo/web.yaml": app.replace("argoproj.io/v1alpha1", '"argo\\\n  proj.io/v1alpha1"') },
    ],
    [
      "JSON with escapes",
      {
        "argo/web.json": JSON.stringify({
          apiVersion: "argoproj.io/v1alpha1",
          kind: "Application",
          metadata: { name: "web", namespace: "argocd", labels: { owner: "me" } },
          spec: {
            project: "default",
            destination: { server: "https://kubernetes.default.svc", namespace: "web" },
            source: { repoURL: here, path: "prod", kustomize: { images: ["nginx:latest"] } },
          },
        }).replace("argoproj", "\\u0061rgoproj"),
      },
    ],
    [
      "a group right after its quote",
      { "argo/web.yaml": app.replace("argoproj.io/v1alpha1", '"argoproj.io/v1alpha1"') },
    ],
    [
      "a group in a block scalar",
      { "argo/web.yaml": app.replace("argoproj.io/v1alpha1", ">-\n  argoproj.io/v1alpha1") },
    ],
    [
      "a group behind an anchor",
      { "argo/web.yaml": app.replace("argoproj.io/v1alpha1", "&group argoproj.io/v1alpha1") },
    ],
    [
      "an Application that a generator reads",
      {
        "argo/web.yaml": app,
        "argo/kustomization.yaml": kustomization("configMapGenerator: [{ name: c, files: [web.yaml] }]"),
      },
    ],
    [
      "an Application in a chart that cannot be rendered",
      {
        "argo/web.yaml": app,
        "argo/Chart.yaml": `${chart}dependencies: [{ name: x, version: 1.0.0, repository: 'https://charts.example.com' }]\n`,
      },
    ],
  ])("%s", async (_, files) => {
    const report = await judged(overlay, { ...overlay, ...files }, { gaps: "allow" });
    expect(introduced(report).map((line) => line.split(" ")[0])).toContain("images/tag");
  });
});

describe("where an outer root fails, the roots that it loads stand in for it", () => {
  const remote = "'https://github.com/acme/base//operator?ref=v1'";
  const umbrella = {
    "kustomization.yaml": kustomization("resources: [team-a, team-b]"),
    "team-a/kustomization.yaml": kustomization("resources: [../base]\nimages: [{ name: nginx, newTag: '2' }]"),
    "base/kustomization.yaml": kustomization("resources: [pod.yaml]"),
    "base/pod.yaml": bad,
    "team-b/kustomization.yaml": kustomization(`resources: [${remote}]`),
  };

  test("they are rendered, and what they load is not judged as written", async () => {
    const report = await judged(umbrella, umbrella);
    expect(report.findings).toEqual([]);
    expect(report.sources.map(({ id, manifests }) => [id, manifests])).toEqual([
      [".", 0],
      ["team-a", 1],
    ]);
    expect(report.verdict).toBe("pass");
  });

  test("a change within them is judged, and blocked for what remains unknown", async () => {
    const after = { ...umbrella, "team-a/kustomization.yaml": kustomization("resources: [../base]") };
    const report = await judged(umbrella, after);
    expect(introduced(report)).toEqual(["images/tag a team-a/kustomization.yaml team-a"]);
    expect(report.verdict).toBe("error");
  });

  test("they judge the tree after too, where the outer root goes and another one wraps and repairs them", async () => {
    const { "kustomization.yaml": _, ...inner } = umbrella;
    const report = await judged(umbrella, {
      ...inner,
      "team-a/kustomization.yaml": kustomization("resources: [../base]"),
      "zz/kustomization.yaml": kustomization("resources: [../team-a]\nimages: [{ name: nginx, newTag: '2' }]"),
    });
    expect(introduced(report)).toContain("images/tag a team-a/kustomization.yaml team-a");
  });
});
