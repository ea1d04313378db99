import { describe, expect, test } from "@jest/globals";
import { applicationSet, bad, kustomization, pod } from "./attack-files.ts";
import type { Files } from "./change-judge.ts";
import { application, dangerJudge, flux, gitRepository, hidden, introduced, overlay, plugin } from "./ratchet-files.ts";

const judged = dangerJudge();

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
  const forClusters = applicationSet("").replace("{ list: { elements: [] } }", "{ clusters: {} }");
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
    [
      "an Application without its directory moves down its file",
      { "a.yaml": application("gone"), ...overlay },
      { "a.yaml": `# a remark\n${application("gone")}`, ...overlay },
      "pass",
    ],
    [
      "an ApplicationSet of which one directory is missing gains another one",
      { "a.yaml": applicationSet("{ name: a, path: gone }"), ...overlay },
      { "a.yaml": applicationSet("{ name: a, path: gone }, { name: b, path: prod }"), ...overlay },
      "pass",
    ],
    [
      "an ApplicationSet of which one directory is missing gains another that is missing",
      { "a.yaml": applicationSet("{ name: a, path: gone }"), ...overlay },
      { "a.yaml": applicationSet("{ name: a, path: gone }, { name: b, path: gone }"), ...overlay },
      "error",
    ],
    [
      "another object in the file of an ApplicationSet for unknown clusters changes",
      { "a.yaml": `${forClusters}---\n${pod("nginx:1", "o")}` },
      { "a.yaml": `${forClusters}---\n${pod("nginx:2", "o")}` },
      "pass",
    ],
    [
      "an ApplicationSet for unknown clusters changes",
      { "a.yaml": forClusters },
      { "a.yaml": forClusters.replace("{ clusters: {} }", "{ clusters: { values: { a: b } } }") },
      "error",
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

  const root = (more: string): string => `namespace: prod\nnamePrefix: a-\n${more}`;
  const loading = root("components: [../extra]\n");
  const extra = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [pod.yaml]\n";
  const loaded = { "prod/kustomization.yaml": loading, "extra/kustomization.yaml": extra, "extra/pod.yaml": bad };
  const tags = (report: Awaited<ReturnType<typeof judged>>): readonly string[] =>
    introduced(report).filter((line) => line.startsWith("images/tag"));

  test("a file that a root no longer loads, and that stays as it is, introduces nothing", async () => {
    expect(tags(await judged(loaded, { ...loaded, "prod/kustomization.yaml": root("") }))).toEqual([]);
  });

  const { "extra/kustomization.yaml": _, ...plain } = loaded;
  const deep = {
    "prod/kustomization.yaml": root("components: [../examples/a]\n"),
    "examples/a/kustomization.yaml": extra,
    "examples/a/pod.yaml": bad,
    "examples/other.yaml": pod("nginx:1", "other"),
  };
  const repaired = { ...loaded, "prod/kustomization.yaml": `${loading}images: [{ name: nginx, newTag: "1.27" }]\n` };
  test.each<[string, Files, Files]>([
    ["it changes as well", loaded, { ...loaded, "extra/pod.yaml": `# Other\n${bad}` }],
    ["its root had repaired it", repaired, loaded],
    ["its directory is no longer a kustomization", loaded, plain],
    [
      "a directory above it is no longer a kustomization",
      { ...deep, "examples/kustomization.yaml": extra.replace("pod.yaml", "other.yaml") },
      deep,
    ],
  ])("a file that a root no longer loads is new where %s", async (_, before, after) => {
    expect(tags(await judged(before, { ...after, "prod/kustomization.yaml": root("") }))).toHaveLength(1);
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
