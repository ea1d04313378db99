import { afterAll, describe, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import type { RemoteOutcome } from "../../src/model/remotes.ts";
import type { Report } from "../../src/model/report.ts";
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
type Held = Parameters<typeof remotesOf>[0];

async function judged(before: Files | undefined, after: Files, held: Held): Promise<Report> {
  return check({
    renderer,
    remotes: remotesOf(held),
    repositories: ["https://github.com/acme/gitops"],
    branches: ["main"],
    ...(before === undefined ? {} : { before: memoryTree({ "own.yaml": pod("own"), ...before }, "before") }),
    after: memoryTree({ "own.yaml": pod("own"), ...before, ...after }, "after"),
    config: { ...defaultConfig, remotes: { ...defaultConfig.remotes, fetch: "any" } },
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { before: "before", after: "after", how: "test" },
  });
}

const labels = "labels: { owner: me }";
const pod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: web, ${labels} }\nspec: { containers: [{ name: main, image: "nginx:1" }] }\n`;
const flux = (kind: string, spec: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: ${kind}
metadata: { name: platform, namespace: flux-system, ${labels} }
spec:
${spec}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: web, namespace: flux-system, ${labels} }
spec: { path: ./, prune: true, sourceRef: { kind: ${kind}, name: platform } }
`;
const release = (chart: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: charts, namespace: web, ${labels} }
spec: { url: https://charts.example.com }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: platform, namespace: web, ${labels} }
spec:
  url: https://github.com/other/charts
  ref:
    tag: v1
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: apps, namespace: web, ${labels} }
spec:
  chart:
    spec:
${chart}
`;
const application = (source: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd, ${labels} }
spec:
  project: default
  destination: { name: in-cluster, namespace: web }
  source:
${source}
`;
const generated = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: apps, namespace: argocd, ${labels} }
spec:
  goTemplate: true
  generators:
  - git:
      repoURL: https://github.com/other/apps
      revision: v1
      directories: [{ path: "apps/*" }]
  template:
    metadata: { name: "{{ .path.basename }}" }
    spec:
      project: default
      destination: { name: in-cluster, namespace: web }
      source: { repoURL: https://github.com/other/apps, targetRevision: v1, path: "{{ .path.path }}" }
`;

const references: readonly { name: string; path: string; text: string; line: number; held?: Held; key: string }[] = [
  {
    name: "a chart of a HelmRelease",
    path: "a.yaml",
    text: release("      chart: web\n      version: 1.0.0\n      sourceRef: { kind: HelmRepository, name: charts }"),
    line: 21,
    key: "https://charts.example.com/web 1.0.0",
  },
  {
    name: "the repository of a HelmRelease's chart",
    path: "a.yaml",
    text: release("      chart: ./web\n      sourceRef: { kind: GitRepository, name: platform }"),
    line: 12,
    key: "https://github.com/other/charts v1",
  },
  {
    name: "a GitRepository",
    path: "a.yaml",
    text: flux("GitRepository", "  url: https://github.com/other/apps\n  ref:\n    tag: v1"),
    line: 7,
    key: "https://github.com/other/apps v1",
  },
  {
    name: "an OCIRepository",
    path: "a.yaml",
    text: flux("OCIRepository", "  interval: 1h\n  url: oci://ghcr.io/other/apps"),
    line: 6,
    key: "oci://ghcr.io/other/apps",
  },
  {
    name: "a repository of an Application",
    path: "a.yaml",
    text: application("    path: apps\n    repoURL: https://github.com/other/apps\n    targetRevision: v1"),
    line: 10,
    key: "https://github.com/other/apps v1",
  },
  {
    name: "a chart of an Application",
    path: "a.yaml",
    text: application("    repoURL: https://charts.example.com\n    chart: web\n    targetRevision: 1.0.0"),
    line: 10,
    key: "https://charts.example.com/web 1.0.0",
  },
  {
    name: "a repository that an ApplicationSet reads",
    path: "a.yaml",
    text: generated,
    line: 9,
    key: "https://github.com/other/apps v1",
  },
  {
    name: "a base",
    path: "prod/kustomization.yaml",
    text: "resources:\n- ../own.yaml\n- https://github.com/other/bases//web?ref=v1\n",
    line: 3,
    key: "https://github.com/other/bases v1",
  },
  {
    name: "a base below a base",
    path: "prod/kustomization.yaml",
    text: "resources:\n- ../own.yaml\n- https://github.com/other/bases//web?ref=v1\n",
    line: 3,
    held: {
      "https://github.com/other/bases v1": {
        "web/kustomization.yaml": "# one\nresources:\n- https://github.com/third/bases?ref=v2\n",
      },
    },
    key: "https://github.com/third/bases v2",
  },
  {
    name: "a chart of a kustomization",
    path: "prod/kustomization.yaml",
    text: "helmCharts:\n- name: web\n  repo: https://charts.example.com\n  version: 1.0.0\n",
    line: 4,
    key: "https://charts.example.com/web 1.0.0",
  },
  {
    name: "a dependency of a chart",
    path: "umbrella/Chart.yaml",
    text: "apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n- name: web\n  repository: https://charts.example.com\n  version: 1.0.0\n",
    line: 7,
    key: "https://charts.example.com/web 1.0.0",
  },
  {
    name: "a dependency of a chart that is fetched",
    path: "a.yaml",
    text: release("      chart: web\n      version: 1.0.0\n      sourceRef: { kind: HelmRepository, name: charts }"),
    line: 21,
    held: {
      "https://charts.example.com/web 1.0.0": {
        "Chart.yaml":
          "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{ name: lib, version: 2.0.0, repository: https://charts.example.com }]\n",
      },
    },
    key: "https://charts.example.com/lib 2.0.0",
  },
];

const outcomes: readonly Exclude<RemoteOutcome, { kind: "found" }>[] = [
  { kind: "absent", message: "answered 404 Not Found" },
  { kind: "unanswered", message: "gave no answer" },
];

describe.each(outcomes)("what a server said: $message", (outcome) => {
  test.each(references)("$name: a problem at its line, of the change that brings it", async (reference) => {
    const { path, text, line, held = {}, key } = reference;
    const report = await judged({}, { [path]: text }, { ...held, [key]: outcome });
    expect(report.problems.map((one) => [one.status, one.path, one.line])).toEqual([["introduced", path, line]]);
    expect(report.problems[0]?.message).toContain(outcome.message);
    expect(report.gaps).toEqual([]);
    expect(report.verdict).toBe("error");
  });

  test.each(references)(
    "$name: not of one that only writes beside it",
    async ({ path, text, line, held = {}, key }) => {
      // An object moves with its text; of a kustomization or chart every change counts.
      const isObject = path === "a.yaml";
      const after = isObject ? { [path]: `${pod("new")}---\n${text}` } : { "prod/new.yaml": pod("new") };
      const report = await judged({ [path]: text }, after, { ...held, [key]: outcome });
      const shift = isObject ? pod("new").split("\n").length : 0;
      expect(report.problems.map((one) => [one.status, one.path, one.line])).toEqual([
        ["existing", path, line + shift],
      ]);
      expect(report.verdict).toBe("pass");
    },
  );
});
