import { afterAll, describe, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import type { RemotesConfig } from "../../src/model/config.ts";
import type { Remotes } from "../../src/model/remotes.ts";
import type { Report } from "../../src/model/report.ts";
import { pretty } from "../../src/report/pretty.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { remotesOf } from "./remote-content.ts";
import { simpleJudge } from "./simple-judge.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

type Files = { readonly [path: string]: string };

async function judged(
  trees: { readonly before?: Files; readonly after: Files },
  remotes: Remotes,
  settings: Partial<RemotesConfig> = {},
): Promise<Report> {
  const { before, after } = trees;
  return check({
    renderer,
    remotes,
    repositories: ["https://github.com/acme/gitops"],
    branches: ["main"],
    ...(before === undefined ? {} : { before: memoryTree(before, "before") }),
    after: memoryTree({ ...before, ...after }, "after"),
    config: { ...defaultConfig, remotes: { ...defaultConfig.remotes, fetch: "known", ...settings } },
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "test" },
  });
}

const labels = "labels: { owner: me }";
const pod = (name: string, image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: web, ${labels} }\nspec: { containers: [{ name: main, image: ${image} }] }\n`;
const chart = (version: string, image: string): Files => ({
  "Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\n`,
  "values.yaml": `image: ${image}\n`,
  "templates/pod.yaml": pod("web", "{{ .Values.image }}"),
});
const release = (version: string, values = ""): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: charts, namespace: web, ${labels} }
spec: { url: https://charts.example.com }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: apps, namespace: web, ${labels} }
spec:
  chart:
    spec:
      chart: web
      version: ${version}
      sourceRef: { kind: HelmRepository, name: charts }
${values}`;

const found = ({ findings }: Report): readonly string[] =>
  findings.map(({ status, location: { path, line }, message }) => `${status} ${path}:${line}: ${message}`);
const told = ({ problems }: Report): readonly string[] =>
  problems.map(({ status, path, line, message }) => `${status} ${path}:${line}: ${message}`);

describe("a chart of a registry", () => {
  const registry = {
    "https://charts.example.com/web 1.0.0": chart("1.0.0", "nginx:1"),
    "https://charts.example.com/web 2.0.0": chart("2.0.0", "nginx:latest"),
  };

  test("is rendered and judged, and the report says what was fetched", async () => {
    const report = await judged({ after: { "flux/apps.yaml": release("2.0.0") } }, remotesOf(registry));
    expect(found(report)).toEqual(["introduced flux/apps.yaml:13: nginx:latest is not pinned"]);
    expect(report.gaps).toEqual([]);
    expect(report.remotes).toEqual([
      {
        source: "HelmRelease web/apps",
        reference: "web 2.0.0 of https://charts.example.com",
        name: "web of https://charts.example.com",
        version: "2.0.0",
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      },
    ]);
  });

  test("in another version is compared with the one before, and its findings stand at the version", async () => {
    const report = await judged(
      { before: { "flux/apps.yaml": release("1.0.0") }, after: { "flux/apps.yaml": release("2.0.0") } },
      remotesOf(registry),
    );
    expect(report.verdict).toBe("fail");
    expect(found(report)).toEqual(["introduced flux/apps.yaml:13: nginx:latest is not pinned"]);
    expect(report.remoteChanges).toEqual([
      {
        name: "web of https://charts.example.com",
        before: "1.0.0",
        after: "2.0.0",
        sources: ["HelmRelease web/apps"],
        objects: { created: 0, updated: 1, deleted: 0 },
        images: [{ before: "nginx:1", after: "nginx:latest" }],
      },
    ]);
    expect(pretty(report, { colour: false, showAll: false, blocks: () => true, readLine: () => undefined })).toContain(
      "web of https://charts.example.com 1.0.0 → 2.0.0 (HelmRelease web/apps): 1 updated; nginx:1 → nginx:latest",
    );
  });

  test("is shown with a caret under the version, and with the file that holds the value", async () => {
    const files = { "flux/apps.yaml": release("2.0.0") };
    const report = await judged({ after: files }, remotesOf(registry));
    expect(report.findings[0]?.location).toEqual({
      path: "flux/apps.yaml",
      line: 13,
      column: 7,
      precision: "source",
      fetched: { reference: "web 2.0.0 of https://charts.example.com", path: "values.yaml", line: 1 },
    });
    const text = pretty(report, {
      colour: false,
      showAll: false,
      blocks: () => true,
      readLine: (_, line) => files["flux/apps.yaml"].split("\n")[line - 1],
    });
    expect(text).toContain(
      [
        "  --> flux/apps.yaml:13:7",
        "   |",
        "13 |       version: 2.0.0",
        "   |                ^^^^^ in what this refers to",
        "   = Pod web/web: Images are pinned",
        "   = in values.yaml of web 2.0.0 of https://charts.example.com",
      ].join("\n"),
    );
  });

  test("keeps the line of a value that the repository sets", async () => {
    const after = { "flux/apps.yaml": release("1.0.0", "  values:\n    image: nginx:latest\n") };
    const report = await judged({ after }, remotesOf(registry));
    expect(found(report)).toEqual(["introduced flux/apps.yaml:16: nginx:latest is not pinned"]);
  });

  test("in a version that its server does not have is a problem at the version, of the change that asks for it", async () => {
    const report = await judged(
      { before: { "flux/apps.yaml": release("1.0.0") }, after: { "flux/apps.yaml": release("3.0.0") } },
      remotesOf(registry),
    );
    expect(report.verdict).toBe("error");
    expect(told(report)).toEqual([
      "introduced flux/apps.yaml:13: HelmRelease web/apps cannot be rendered: chart web 3.0.0 of https://charts.example.com: the server has no https://charts.example.com/web 3.0.0",
    ]);
    expect(report.remoteChanges).toBeUndefined();
  });

  test("of a server that does not answer is a problem, also where a run before had its answer", async () => {
    const remotes = remotesOf({ "https://charts.example.com/web 1.0.0": { kind: "unanswered", message: "no answer" } });
    const report = await judged({ after: { "flux/apps.yaml": release("1.0.0") } }, remotes);
    expect(report.verdict).toBe("error");
    expect(told(report)[0]).toContain("no answer");
  });

  test("brings its dependencies along, in the versions of its lock", async () => {
    const umbrella = {
      "umbrella/Chart.yaml":
        "apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n- { name: web, version: x, repository: https://charts.example.com }\n",
      "umbrella/Chart.lock":
        "dependencies: [{ name: web, version: 1.0.0, repository: https://charts.example.com }]\ndigest: sha256:1\n",
    };
    const remotes = remotesOf(registry);
    const report = await judged({ after: umbrella }, remotes);
    expect([...new Set(remotes.asked)]).toEqual(["https://charts.example.com/web 1.0.0"]);
    expect(told(report)).toEqual([]);
    expect(report.counts.manifests).toBe(1);
    const later = await judged(
      {
        before: umbrella,
        after: {
          "umbrella/Chart.lock": umbrella["umbrella/Chart.lock"].replaceAll("1.0.0", "2.0.0"),
        },
      },
      remotes,
    );
    expect(found(later)).toEqual(["introduced umbrella/Chart.lock:1: nginx:latest is not pinned"]);
  });
});

describe("what may be fetched", () => {
  const both = {
    "https://charts.example.com/web 1.0.0": chart("1.0.0", "nginx:1"),
    "https://charts.example.com/web 2.0.0": chart("2.0.0", "nginx:1"),
    "https://evil.example.org/web 2.0.0": chart("2.0.0", "nginx:1"),
  };
  const moved = release("2.0.0").replace("charts.example.com", "evil.example.org");

  test("nothing where it is off", async () => {
    const remotes = remotesOf(both);
    const report = await judged({ after: { "flux/apps.yaml": release("1.0.0") } }, remotes, { fetch: "off" });
    expect(remotes.asked).toEqual([]);
    expect(report.gaps).toHaveLength(1);
  });

  test.each([
    { name: "known: a server that the change brings is not asked", settings: {}, isAsked: false },
    { name: "any: it is", settings: { fetch: "any" as const }, isAsked: true },
    { name: "known, and allowed: it is", settings: { allow: ["https://evil.example.org/**"] }, isAsked: true },
    {
      name: "known, another host allowed: it is not",
      settings: { allow: ["https://evil.example/**"] },
      isAsked: false,
    },
  ])("$name", async ({ settings, isAsked }) => {
    const remotes = remotesOf(both);
    const trees = { before: { "flux/apps.yaml": release("1.0.0") }, after: { "flux/apps.yaml": moved } };
    const report = await judged(trees, remotes, settings);
    expect(remotes.asked.includes("https://evil.example.org/web 2.0.0")).toBe(isAsked);
    expect(report.gaps.map(({ touched }) => touched)).toEqual(isAsked ? [] : [true]);
    expect(report.verdict).toBe(isAsked ? "pass" : "error");
  });
});

describe("what a kustomization loads from servers", () => {
  const repository = "https://github.com/acme/bases";
  const held = {
    [`${repository} v1`]: {
      "web/kustomization.yaml": "resources: [../shared, pod.yaml]\n",
      "web/pod.yaml": pod("web", "nginx:latest"),
      "shared/kustomization.yaml": "resources: [pod.yaml, https://example.com/more.yaml]\n",
      "shared/pod.yaml": pod("shared", "nginx:1"),
      "out/kustomization.yaml": "resources: [../../../secret]\n",
    },
    "https://example.com/more.yaml": { "more.yaml": pod("more", "nginx:1") },
    "https://example.com/patch.yaml": {
      "patch.yaml":
        "apiVersion: v1\nkind: Pod\nmetadata: { name: own, namespace: web }\nspec: { containers: [{ name: main, image: nginx:latest }] }\n",
    },
  };
  const own = {
    "prod/kustomization.yaml": `resources:\n- own.yaml\n- ${repository}//web?ref=v1\n`,
    "prod/own.yaml": pod("own", "nginx:1"),
  };

  test("is rendered, whatever it loads in turn, and its findings stand at the line that loads it", async () => {
    const report = await judged({ after: own }, remotesOf(held));
    expect(told(report)).toEqual([]);
    expect(report.counts.manifests).toBe(4);
    expect(found(report)).toEqual(["introduced prod/kustomization.yaml:3: nginx:latest is not pinned"]);
    expect(report.findings[0]?.location).toMatchObject({
      column: 3,
      precision: "source",
      fetched: { reference: `${repository} v1`, path: "web/pod.yaml", line: 4 },
    });
    expect(report.sources).toMatchObject([{ id: "prod", manifests: 4 }]);
    expect(report.remotes?.map(({ reference }) => reference)).toEqual([
      "https://example.com/more.yaml",
      "https://github.com/acme/bases v1",
    ]);
  });

  test("may be a patch", async () => {
    const after = {
      "prod/kustomization.yaml": "resources: [own.yaml]\npatches:\n- path: https://example.com/patch.yaml\n",
      "prod/own.yaml": pod("own", "nginx:1"),
    };
    const report = await judged({ after }, remotesOf(held));
    expect(told(report)).toEqual([]);
    expect(found(report)).toEqual(["introduced prod/kustomization.yaml:3: nginx:latest is not pinned"]);
  });

  test("may be charts, under helmCharts and as generators", async () => {
    const after = {
      "prod/kustomization.yaml":
        "helmCharts:\n- name: web\n  repo: https://charts.example.com\n  version: 1.0.0\ngenerators: [chart.yaml]\n",
      "prod/chart.yaml":
        "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: { name: other }\nname: other\nrepo: https://charts.example.com\nversion: 2.0.0\n",
    };
    const remotes = remotesOf({
      "https://charts.example.com/web 1.0.0": chart("1.0.0", "nginx:latest"),
      "https://charts.example.com/other 2.0.0": {
        ...chart("2.0.0", "nginx:latest"),
        "Chart.yaml": "apiVersion: v2\nname: other\nversion: 2.0.0\n",
        "templates/pod.yaml": pod("other", "nginx:latest"),
      },
    });
    const report = await judged({ after }, remotes);
    expect([told(report), report.gaps]).toEqual([[], []]);
    expect(found(report)).toEqual([
      "introduced prod/chart.yaml:6: nginx:latest is not pinned",
      "introduced prod/kustomization.yaml:4: nginx:latest is not pinned",
    ]);
    expect(report.findings.map(({ location: { fetched } }) => fetched)).toEqual([
      { reference: "other 2.0.0 of https://charts.example.com", path: "templates/pod.yaml", line: 1 },
      { reference: "web 1.0.0 of https://charts.example.com", path: "templates/pod.yaml", line: 1 },
    ]);
  });

  test("does not lead to files of this repository", async () => {
    const after = {
      "prod/kustomization.yaml": `resources: ["${repository}//out?ref=v1"]\n`,
      "secret/kustomization.yaml": "resources: [pod.yaml]\n",
      "secret/pod.yaml": pod("secret", "nginx:latest"),
    };
    const report = await judged({ after }, remotesOf(held));
    expect(told(report)).toEqual([
      "introduced prod/kustomization.yaml:1: out/kustomization.yaml, line 1: cannot be rendered: resources names ../../../secret, which is not in the tree",
    ]);
    expect(found(report)).toEqual(["introduced secret/pod.yaml:4: nginx:latest is not pinned"]);
  });

  test("is told apart from files of the tree of the same path", async () => {
    const after = {
      ...own,
      ".fetched/bases-1-000000000000/web/pod.yaml": pod("planted", "nginx:latest"),
      "other/kustomization.yaml": "resources: [../.fetched/bases-1-000000000000/web/pod.yaml]\n",
    };
    const report = await judged({ after }, remotesOf(held));
    expect(found(report)).toEqual([
      "introduced .fetched/bases-1-000000000000/web/pod.yaml:4: nginx:latest is not pinned",
      "introduced prod/kustomization.yaml:3: nginx:latest is not pinned",
    ]);
  });

  test("that its server does not have is a problem at its line", async () => {
    const after = { "prod/kustomization.yaml": `resources:\n- ${repository}//web?ref=v9\n` };
    const report = await judged({ after }, remotesOf(held));
    expect(told(report)).toEqual([
      `introduced prod/kustomization.yaml:2: cannot be rendered: ${repository}//web?ref=v9 (resource): the server has no ${repository} v9`,
    ]);
  });
});

describe("what GitOps objects take from other repositories", () => {
  const elsewhere = "https://github.com/acme/platform";
  const held = {
    [`${elsewhere} v1`]: {
      "apps/web/pod.yaml": pod("web", "nginx:1"),
      "apps/web/notes.txt": "none",
      "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "charts/web/templates/pod.yaml": pod("chart", "{{ .Values.image }}"),
      "values/web.yaml": "image: nginx:latest\n",
    },
    [`${elsewhere} v2`]: { "apps/web/pod.yaml": pod("web", "nginx:latest") },
    "oci://ghcr.io/acme/web v1": { "pod.yaml": pod("web", "nginx:latest") },
    "https://github.com/acme/gitops v1.0": { "prod/pod.yaml": pod("pinned", "nginx:latest") },
    "https://charts.example.com/web 1.0.0": {
      ...chart("1.0.0", "nginx:1"),
      "values-latest.yaml": "image: nginx:latest\n",
    },
  };
  const flux = (spec: string, kind = "GitRepository", kustomization = "path: ./apps/web"): string =>
    `apiVersion: source.toolkit.fluxcd.io/v1
kind: ${kind}
metadata: { name: platform, namespace: flux-system, ${labels} }
spec:
${spec}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: web, namespace: flux-system, ${labels} }
spec: { ${kustomization}, prune: true, sourceRef: { kind: ${kind}, name: platform } }
`;
  const application = (source: string): string =>
    `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd, ${labels} }
spec:
  project: default
  destination: { name: in-cluster, namespace: web }
${source}
`;

  test.each([
    {
      name: "Flux, a tag",
      files: { "flux.yaml": flux(`  url: ${elsewhere}\n  ref:\n    tag: v2`) },
      findings: ["introduced flux.yaml:7: nginx:latest is not pinned"],
    },
    {
      name: "Flux, an artifact",
      files: { "flux.yaml": flux("  url: oci://ghcr.io/acme/web\n  ref:\n    tag: v1", "OCIRepository", "path: ./") },
      findings: ["introduced flux.yaml:7: nginx:latest is not pinned"],
    },
    {
      name: "Argo CD, a directory",
      files: {
        "app.yaml": application(`  source:\n    repoURL: ${elsewhere}\n    path: apps/web\n    targetRevision: v2`),
      },
      findings: ["introduced app.yaml:10: nginx:latest is not pinned"],
    },
    {
      name: "Argo CD, a chart with values of its repository",
      files: {
        "app.yaml": application(
          `  source:\n    repoURL: ${elsewhere}\n    path: charts/web\n    targetRevision: v1\n    helm: { valueFiles: [../../values/web.yaml] }`,
        ),
      },
      findings: ["introduced app.yaml:10: nginx:latest is not pinned"],
    },
    {
      name: "Argo CD, a chart of a registry with values of another repository",
      files: {
        "app.yaml": application(
          `  sources:\n  - repoURL: ${elsewhere}\n    targetRevision: v1\n    ref: values\n  - repoURL: https://charts.example.com\n    chart: web\n    targetRevision: 1.0.0\n    helm: { valueFiles: [$values/values/web.yaml] }`,
        ),
      },
      findings: ["introduced app.yaml:9: nginx:latest is not pinned"],
    },
    {
      name: "Argo CD, a chart of a registry with values in the chart",
      files: {
        "app.yaml": application(
          "  source:\n    repoURL: https://charts.example.com\n    chart: web\n    targetRevision: 1.0.0\n    helm: { valueFiles: [values-latest.yaml] }",
        ),
      },
      findings: ["introduced app.yaml:10: nginx:latest is not pinned"],
    },
    {
      name: "Argo CD, Applications generated from directories of another repository",
      files: {
        "apps.yaml": `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: apps, namespace: argocd, ${labels} }
spec:
  goTemplate: true
  generators: [{ git: { repoURL: "${elsewhere}", revision: v2, directories: [{ path: "apps/*" }] } }]
  template:
    metadata: { name: "{{ .path.basename }}" }
    spec:
      project: default
      destination: { name: in-cluster, namespace: web }
      source: { repoURL: "${elsewhere}", targetRevision: v2, path: "{{ .path.path }}" }
`,
      },
      findings: ["introduced apps.yaml:12: nginx:latest is not pinned"],
    },
    {
      name: "Argo CD, a revision of this repository",
      files: {
        "app.yaml": application(
          "  source:\n    repoURL: https://github.com/acme/gitops\n    path: prod\n    targetRevision: v1.0",
        ),
      },
      findings: ["introduced app.yaml:10: nginx:latest is not pinned"],
    },
  ])("$name", async ({ files, findings }) => {
    const report = await judged({ after: files }, remotesOf(held));
    expect(told(report)).toEqual([]);
    expect(report.gaps).toEqual([]);
    expect(found(report)).toEqual(findings);
  });

  test.each([
    {
      name: "directories but for those that are excluded, wherever the exclusion stands",
      generator: 'directories: [{ path: apps/old, exclude: true }, { path: "apps/*" }], values: { size: s }',
      template: "{{ .path.basename }}-{{ .values.size }}",
      path: "{{ .path.path }}",
      yields: ["Application argocd/db-s", "Application argocd/web-s"],
    },
    {
      name: "files but for those that are excluded, with the values that they hold",
      generator:
        'files: [{ path: "sets/**/*.yaml" }, { path: "sets/old/*", exclude: true }], values: { team: "{{ .owner }}" }',
      template: "{{ .path.filenameNormalized }}-{{ .values.team }}",
      path: "{{ .app }}",
      yields: ["Application argocd/eu.yaml-shop", "Application argocd/us.yaml-search"],
    },
    {
      name: "files with a prefix of their parameters",
      generator: 'pathParamPrefix: my, files: [{ path: "sets/live/eu.yaml" }]',
      template: "{{ .my.path.basename }}",
      path: "{{ .app }}",
      yields: ["Application argocd/live"],
    },
  ])("a git generator over another repository takes $name", async ({ generator, template, path, yields }) => {
    const files = {
      "apps.yaml": `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: apps, namespace: argocd, ${labels} }
spec:
  goTemplate: true
  generators: [{ git: { repoURL: "${elsewhere}", revision: sets, ${generator} } }]
  template:
    metadata: { name: "${template}" }
    spec:
      project: default
      destination: { name: in-cluster, namespace: web }
      source: { repoURL: "${elsewhere}", targetRevision: sets, path: "${path}" }
`,
    };
    const remotes = remotesOf({
      [`${elsewhere} sets`]: {
        "apps/web/pod.yaml": pod("web", "nginx:1"),
        "apps/db/pod.yaml": pod("db", "nginx:1"),
        "apps/old/pod.yaml": pod("old", "nginx:latest"),
        "sets/live/eu.yaml": "owner: shop\napp: apps/web\n",
        "sets/live/us.yaml": "owner: search\napp: apps/db\n",
        "sets/old/eu.yaml": "owner: none\napp: apps/old\n",
      },
    });
    const report = await judged({ after: files }, remotes, { fetch: "any" });
    expect([told(report), report.gaps, found(report)]).toEqual([[], [], []]);
    const kept = report.sources.filter(({ id }) => id.startsWith("Application "));
    expect(kept.map(({ id }) => id).toSorted()).toEqual(yields);
  });

  test("a bump shows what it changes, and what was there before is existing", async () => {
    const of = (tag: string): Files => ({ "flux.yaml": flux(`  url: ${elsewhere}\n  ref:\n    tag: ${tag}`) });
    const report = await judged({ before: of("v1"), after: of("v2") }, remotesOf(held));
    expect(found(report)).toEqual(["introduced flux.yaml:7: nginx:latest is not pinned"]);
    const back = await judged({ before: of("v2"), after: { ...of("v2"), "readme.md": "more" } }, remotesOf(held));
    expect(found(back)).toEqual(["existing flux.yaml:7: nginx:latest is not pinned"]);
  });

  test.each([
    {
      name: "Argo CD",
      file: application(
        "  source:\n    repoURL: https://github.com/acme/gitops\n    path: prod\n    targetRevision: feature",
      ),
    },
    {
      name: "Flux",
      file: flux("  url: https://github.com/acme/gitops\n  ref:\n    branch: feature", "GitRepository", "path: ./prod"),
    },
  ])("$name: another branch of this repository is judged, and is a gap unless it is gated", async ({ file }) => {
    const remotes = remotesOf({
      "https://github.com/acme/gitops feature": { "prod/pod.yaml": pod("a", "nginx:latest") },
    });
    const report = await judged({ before: { "old.yaml": pod("b", "nginx:1") }, after: { "own.yaml": file } }, remotes, {
      fetch: "any",
    });
    expect(found(report)).toHaveLength(1);
    expect(report.gaps).toMatchObject([
      {
        reason: expect.stringContaining("which is not gated: what is pushed there later is not judged"),
        touched: true,
      },
    ]);
    expect(report.verdict).toBe("error");
  });

  test("a source that may not be fetched leaves what it yielded before unknown, not deleted", async () => {
    const of = (url: string): Files => ({
      "app.yaml": application(
        `  sources:\n  - { repoURL: "https://github.com/acme/gitops", path: own }\n  - { repoURL: "${url}", path: apps/web, targetRevision: v1 }`,
      ),
      "own/pod.yaml": pod("own", "nginx:1"),
    });
    const report = await judged(
      { before: of(elsewhere), after: of("https://github.com/evil/platform") },
      remotesOf(held),
    );
    expect(report.verdict).toBe("error");
    expect(report.gaps).toMatchObject([{ reason: expect.stringContaining("is not fetched"), touched: true }]);
    expect(report.changes).toMatchObject({ deleted: 0 });
  });

  test("a directory that the revision does not have is a problem of the change", async () => {
    const of = (tag: string): Files => ({
      "app.yaml": application(
        `  source:\n    repoURL: ${elsewhere}\n    path: charts/web\n    targetRevision: ${tag}\n    helm: { valueFiles: [../../values/web.yaml] }`,
      ),
    });
    const report = await judged({ before: of("v1"), after: of("v2") }, remotesOf(held));
    expect(told(report)).toEqual([
      `introduced app.yaml:9: Application argocd/web: ${elsewhere} has no directory charts/web at 1`,
    ]);
  });
});
