import { afterAll, describe, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import { createRemoteCheck } from "../../src/gate/remotes/unknown-remotes.ts";
import type { Config } from "../../src/model/config.ts";
import type { Report } from "../../src/model/report.ts";
import { formats } from "../../src/report/formats.ts";
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
  before: Files,
  after: Files,
  settings: Partial<Config> = {},
  failOn?: "deny" | "warn" | "never",
  held: Parameters<typeof remotesOf>[0] = {},
): Promise<Report> {
  return check({
    renderer,
    remotes: remotesOf(held),
    repositories: ["https://github.com/acme/gitops"],
    branches: ["main"],
    before: memoryTree({ "own.yaml": pod, ...before }, "before"),
    after: memoryTree({ "own.yaml": pod, ...before, ...after }, "after"),
    config: { ...defaultConfig, remotes: { ...defaultConfig.remotes, fetch: "known" }, ...settings },
    judge: simpleJudge(),
    builtins: [createRemoteCheck()],
    now: "2026-01-01T00:00:00Z",
    judged: { before: "before", after: "after", how: "test" },
    ...(failOn === undefined ? {} : { failOn }),
  });
}

const labels = "labels: { owner: me }";
const pod = `apiVersion: v1\nkind: Pod\nmetadata: { name: own, namespace: web, ${labels} }\nspec: { containers: [{ name: main, image: "nginx:1" }] }\n`;
const release = `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: charts, namespace: web, ${labels} }
spec: { url: https://charts.example.com/stable }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: apps, namespace: web, ${labels} }
spec:
  chart:
    spec:
      chart: web
      version: 1.0.0
      sourceRef: { kind: HelmRepository, name: charts }
`;
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
      revision: main
      directories: [{ path: "apps/*" }]
  template:
    metadata: { name: "{{ .path.basename }}" }
    spec:
      project: default
      destination: { name: in-cluster, namespace: web }
      source: { repoURL: https://github.com/other/apps, targetRevision: main, path: "{{ .path.path }}" }
`;

const shown = ({ findings }: Report): readonly string[] =>
  findings.map(
    ({ policy, level, status, manifest: { kind, name }, location: { path, line } }) =>
      `${status} ${level} ${policy} ${kind} ${name} ${path}:${line}`,
  );

describe("a change that brings a reference which nothing permits", () => {
  test.each([
    {
      name: "a chart that Flux installs",
      files: { "a.yaml": release },
      finding: "HelmRelease apps a.yaml:13",
      reference: "web 1.0.0 of https://charts.example.com/stable",
      allow: "https://charts.example.com/stable/**",
    },
    {
      name: "a repository of Flux",
      files: {
        "a.yaml": flux("GitRepository", "  interval: 1h\n  ref:\n    tag: v1\n  url: https://github.com/other/apps"),
      },
      finding: "Kustomization web a.yaml:8",
      reference: "https://github.com/other/apps v1",
      allow: "https://github.com/other/apps",
    },
    {
      name: "an artifact of Flux",
      files: { "a.yaml": flux("OCIRepository", "  url: oci://ghcr.io/other/apps\n  ref:\n    tag: v1") },
      finding: "Kustomization web a.yaml:5",
      reference: "oci://ghcr.io/other/apps:v1",
      allow: "oci://ghcr.io/other/apps",
    },
    {
      name: "a repository of Argo CD",
      files: {
        "a.yaml": application("    path: apps\n    repoURL: git@github.com:other/apps.git\n    targetRevision: v1"),
      },
      finding: "Application web a.yaml:9",
      reference: "git@github.com:other/apps.git v1",
      allow: "ssh://git@github.com/other/apps.git",
    },
    {
      name: "a chart of Argo CD",
      files: { "a.yaml": application("    repoURL: ghcr.io/other/charts\n    chart: web\n    targetRevision: 1.0.0") },
      finding: "Application web a.yaml:10",
      reference: "web 1.0.0 of oci://ghcr.io/other/charts",
      allow: "oci://ghcr.io/other/charts/**",
    },
    {
      name: "a repository that an ApplicationSet reads",
      files: { "a.yaml": generated },
      finding: "ApplicationSet apps a.yaml:8",
      reference: "https://github.com/other/apps main",
      allow: "https://github.com/other/apps",
    },
    {
      name: "a base by URL",
      files: { "prod/kustomization.yaml": "resources:\n- ../own.yaml\n- https://github.com/other/bases//web?ref=v1\n" },
      finding: "Kustomization prod prod/kustomization.yaml:3",
      reference: "https://github.com/other/bases v1",
      allow: "https://github.com/other/bases",
    },
    {
      name: "a file by URL",
      files: {
        "prod/kustomization.yaml": "resources:\n- https://raw.githubusercontent.com/other/bases/v1/web/all.yaml\n",
      },
      finding: "Kustomization prod prod/kustomization.yaml:2",
      reference: "https://raw.githubusercontent.com/other/bases/v1/web/all.yaml",
      allow: "https://raw.githubusercontent.com/other/bases/**",
    },
    {
      name: "a chart of a kustomization",
      files: {
        "prod/kustomization.yaml":
          "helmCharts:\n- name: web\n  repo: https://charts.example.com/stable\n  version: 1.0.0\n",
      },
      finding: "Kustomization prod prod/kustomization.yaml:4",
      reference: "web 1.0.0 of https://charts.example.com/stable",
      allow: "https://charts.example.com/stable/**",
    },
    {
      name: "a dependency of a chart",
      files: {
        "umbrella/Chart.yaml":
          "apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n- { name: web, version: 1.0.0, repository: https://charts.example.com/stable }\n",
      },
      finding: "Chart umbrella umbrella/Chart.yaml:5",
      reference: "web 1.0.0 of https://charts.example.com/stable",
      allow: "https://charts.example.com/stable/**",
    },
  ])("$name", async ({ files, finding, reference, allow }) => {
    const report = await judged({}, files);
    expect(shown(report)).toEqual([`introduced deny remotes/unknown ${finding}`]);
    expect(report.findings[0]?.message).toBe(
      `${reference} is not fetched and not judged: nothing on the gated branch comes from there, and the configuration does not permit it. To permit it, add "${allow}" to remotes.allow in a change of its own`,
    );
    expect(report.verdict).toBe("fail");
    expect(report.problems).toEqual([]);
    expect(report.gaps).toMatchObject([{ touched: true, policy: "remotes/unknown" }]);
    const [, ...named] = report.gaps[0]?.reason.split(reference) ?? [];
    expect(named.length).toBeLessThan(2);
    expect(report.gaps[0]?.reason).toContain("is not fetched: nothing on the gated branch refers to it");
    // What the message says does permit it.
    const permitted = await judged({}, files, {
      remotes: { ...defaultConfig.remotes, fetch: "known", allow: [allow] },
    });
    expect(permitted.findings).toEqual([]);
    expect(permitted.problems).toHaveLength(1);
  });

  test("in place of one that is known does not read as if that were gone", async () => {
    const report = await judged(
      { "a.yaml": release },
      { "a.yaml": release.replace("charts.example.com", "evil.example.org") },
      {},
      "deny",
      {
        "https://charts.example.com/stable/web 1.0.0": { "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n" },
      },
    );
    expect(report.findings).toHaveLength(1);
    expect([report.remotes?.length, report.remoteChanges]).toEqual([1, undefined]);
  });

  test("a URL with a user in it is not repeated, and no pattern is named", async () => {
    const files = { "a.yaml": application("    path: apps\n    repoURL: https://secret@github.com/other/apps\n") };
    const report = await judged({}, files);
    expect(report.findings[0]?.message).toContain("name where it comes from under remotes.allow");
    expect(JSON.stringify(report)).not.toContain("secret");
  });
});

describe("what it decides", () => {
  const files = { "a.yaml": release };

  test.each([
    { name: "deny blocks, and nothing else does", settings: {}, verdict: "fail", findings: 1, problems: 0 },
    {
      name: "with gaps allowed it blocks too",
      settings: { gaps: "allow" as const },
      verdict: "fail",
      findings: 1,
      problems: 0,
    },
    {
      name: "warn lets what is not judged block as any gap does",
      settings: { levels: { "remotes/unknown": "warn" as const } },
      verdict: "error",
      findings: 1,
      problems: 1,
    },
    {
      name: "so does off",
      settings: { levels: { "remotes/unknown": "off" as const } },
      verdict: "error",
      findings: 0,
      problems: 1,
    },
    {
      name: "so does report only",
      settings: { mode: "report" as const },
      verdict: "error",
      findings: 1,
      problems: 1,
    },
    {
      name: "with gaps allowed, warn only warns",
      settings: { gaps: "allow" as const, levels: { "remotes/unknown": "warn" as const } },
      verdict: "warn",
      findings: 1,
      problems: 0,
    },
  ])("$name", async ({ settings, verdict, findings, problems }) => {
    const report = await judged({}, files, settings);
    expect([report.verdict, report.findings.length, report.problems.length]).toEqual([verdict, findings, problems]);
    expect(report.gaps).toHaveLength(1);
  });

  test("--fail-on never does not let through what is not judged", async () => {
    const report = await judged({}, files, {}, "never");
    expect([report.verdict, report.problems.length]).toEqual(["error", 1]);
  });

  test("another version from a known place is no finding", async () => {
    const report = await judged(files, { "a.yaml": release.replace("1.0.0", "2.0.0") });
    expect(report.findings).toEqual([]);
  });
});

test.each(Object.keys(formats).filter((format) => format !== "json"))("%s says it once", async (format) => {
  const report = await judged({}, { "a.yaml": release });
  const write = await formats[format as keyof typeof formats]();
  const text = write(report, {
    colour: false,
    showAll: true,
    blocks: ({ status }) => status === "introduced",
    readLine: () => undefined,
  });
  expect(text).toContain("is not fetched and not judged");
  // What the gap says.
  expect(text).not.toContain("nothing on the gated branch refers to it");
});

test("the terminal tells a gap once: as a problem where it is one, else among what is not rendered", async () => {
  const files = { "a.yaml": release };
  const told = async (settings: Partial<Config>): Promise<string> => {
    const levels = { "remotes/unknown": "off" as const };
    const report = await judged({}, files, { levels, ...settings });
    return pretty(report, { colour: false, showAll: true, blocks: () => true, readLine: () => undefined });
  };
  const reason = "it is not fetched: nothing on the gated branch refers to it";
  for (const text of [await told({}), await told({ gaps: "allow" })]) expect(text.split(reason)).toHaveLength(2);
  expect(await told({})).not.toContain("not rendered, though this change touches it");
  expect(await told({ gaps: "allow" })).toContain("not rendered, though this change touches it");
});
