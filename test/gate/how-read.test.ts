import { describe, expect, test } from "@jest/globals";
import { bad, kustomization } from "./attack-files.ts";
import { type Files, here } from "./change-judge.ts";
import { application, chart, dangerJudge, introduced, overlay } from "./ratchet-files.ts";

const judged = dangerJudge();

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
