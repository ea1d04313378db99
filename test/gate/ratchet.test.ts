import { describe, expect, test } from "@jest/globals";
import type { Config } from "../../src/model/config.ts";
import { bad, kustomization, pod } from "./attack-files.ts";
import type { Files } from "./change-judge.ts";
import {
  application,
  chart,
  dangerJudge,
  flux,
  gitRepository,
  hidden,
  hiddenByArgo,
  introduced,
  overlay,
  template,
  worse,
} from "./ratchet-files.ts";

const judged = dangerJudge();

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
      name: "a new file beside a plain one, below a new chart and of a root that repairs it",
      before: { "k/d/pod.yaml": pod() },
      after: {
        "k/d/pod.yaml": pod(),
        "k/d/b.yaml": pod("nginx:latest", "b"),
        "k/Chart.yaml": "type: library\n",
        "k/d/kustomization.yaml": kustomization("resources: [pod.yaml, b.yaml]\n"),
        "z/kustomization.yaml": kustomization(`resources: [../k/d]\n${hidden}`),
      },
      finding: "images/tag b k/d/b.yaml -",
    },
    {
      name: "a new file beside a plain one, that a new root takes for a patch",
      before: { "k/pod.yaml": pod() },
      after: {
        "k/pod.yaml": pod(),
        "k/b.yaml": pod("nginx:latest", "b"),
        "k/c.yaml": pod("nginx:1.0", "b"),
        "k/kustomization.yaml": kustomization(`resources: [pod.yaml, c.yaml]\npatches: [{ path: b.yaml }]\n${hidden}`),
      },
      finding: "images/tag b k/b.yaml -",
    },
    {
      name: "a plain file that a link replaces, in a root that repairs it",
      before: { "k/pod.yaml": pod() },
      after: {
        "k/pod.yaml": { symlink: "docs/pod.yaml" },
        "k/docs/pod.yaml": bad,
        "k/kustomization.yaml": kustomization(`resources: [pod.yaml]\n${hidden}`),
      },
      finding: "images/tag a k/docs/pod.yaml -",
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
