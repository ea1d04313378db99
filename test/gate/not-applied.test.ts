import { expect, test } from "@jest/globals";
import { createDangers } from "../../src/gate/dangers/create-dangers.ts";
import type { Report } from "../../src/model/report.ts";
import { application, bad, chart, flux, gitRepository, kustomization, pod } from "./attack-files.ts";
import { changeJudge } from "./change-judge.ts";

type Files = { readonly [path: string]: string | undefined };

const judgedWhole = changeJudge((config) => ({ builtins: [createDangers(config)] }));
/** Judges a change to some of the files; undefined removes one. */
const judged = (before: Files, after: Files): Promise<Report> =>
  judgedWhole(filesOf(before), filesOf({ ...before, ...after }));

function filesOf(files: Files): { readonly [path: string]: string } {
  return Object.fromEntries(Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const introduced = ({ findings, problems }: Report): readonly string[] => [
  ...findings
    .filter(({ status }) => status === "introduced")
    .map(({ policy, manifest: { name } }) => `${policy} ${name}`),
  ...problems.map(({ message }) => message),
];

/** The text with an annotation that keeps Argo CD from applying it. */
const skipped = (text: string): string =>
  text.replace("labels:", "annotations: { argocd.argoproj.io/hook: Skip }, labels:");
const reason = "Argo CD neither applies nor deletes it: argocd.argoproj.io/hook: Skip";
const app = { "app.yaml": application("web") };

test.each<[string, Files]>([
  ["a directory", { "web/pod.yaml": skipped(bad) }],
  [
    "a Kustomize root",
    { "web/kustomization.yaml": kustomization("resources: [pod.yaml]"), "web/pod.yaml": skipped(bad) },
  ],
  [
    "a root whose kustomization sets it",
    {
      "web/kustomization.yaml": kustomization(
        "resources: [pod.yaml]\ncommonAnnotations: { argocd.argoproj.io/hook: Skip }",
      ),
      "web/pod.yaml": bad,
    },
  ],
  [
    "a chart",
    { ...chart("web", "latest"), "web/templates/pod.yaml": skipped(chart("web")["web/templates/pod.yaml"] ?? "") },
  ],
])("what an Application yields with hook: Skip is not judged, and the report says so: %s", async (_, files) => {
  const report = await judged(app, files);
  expect(introduced(report)).toEqual([]);
  const path = Object.keys(files).find((one) => one.endsWith("pod.yaml")) ?? "";
  expect(report.skipped).toEqual([{ path, reason, touched: true }]);
  expect(report.checked.map((file) => file.path)).not.toContain(path);
});

test("of a file with several objects only the one with hook: Skip is left out, at its line", async () => {
  const report = await judged(app, { "web/pods.yaml": `${pod("nginx:latest", "b")}---\n${skipped(bad)}` });
  expect(introduced(report)).toEqual(["images/tag b"]);
  expect(report.checked).toContainEqual({
    path: "web/pods.yaml",
    manifests: 1,
    sources: ["Application argocd/web"],
    skipped: [{ line: 6, reason }],
  });
});

test.each<[string, Files, Files, readonly string[]]>([
  ["a file that nothing in the tree applies", {}, { "web/pod.yaml": skipped(bad) }, ["images/tag a"]],
  [
    "what Flux applies too",
    { ...app, "flux/source.yaml": gitRepository, "flux/web.yaml": flux("./web", { name: "other" }) },
    { "web/pod.yaml": skipped(bad) },
    ["images/tag a"],
  ],
  [
    "the mark beside a phase",
    app,
    { "web/pod.yaml": skipped(bad).replace("Skip", '"Skip,PreSync"') },
    ["images/tag a"],
  ],
  ["the mark beside a number", app, { "web/pod.yaml": skipped(bad).replace("Skip", "Skip, x: 1") }, ["images/tag a"]],
  [
    "what the Application of the tree before would apply, where it goes",
    { ...app, "web/pod.yaml": pod() },
    { "app.yaml": undefined, "web/pod.yaml": skipped(bad) },
    ["images/tag a"],
  ],
  [
    "what an Application yields that is still in the cluster",
    { "root.yaml": application("apps", { name: "root" }), "apps/web.yaml": application("web") },
    { "apps/web.yaml": skipped(application("web")).replace(", labels: { owner: me }", ""), "web/pod.yaml": bad },
    ["meta/owner web", "images/tag a"],
  ],
  [
    "an object that loses the mark",
    { ...app, "web/pod.yaml": skipped(bad) },
    { "web/pod.yaml": bad },
    ["images/tag a"],
  ],
])("judged all the same: %s", async (_, before, after, expected) => {
  expect(introduced(await judged(before, after))).toEqual(expected);
});

test("a guardrail that Argo CD no longer applies counts as one that leaves", async () => {
  const limits =
    "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: limits, namespace: web, labels: { owner: me } }\nspec: { hard: { pods: '4' } }\n";
  const prunes = {
    "app.yaml": application("web").replace("spec:\n", "spec:\n  syncPolicy: { automated: { prune: true } }\n"),
  };
  const before = { ...prunes, "web/limits.yaml": limits, "web/pod.yaml": pod() };
  const report = await judged(before, { "web/limits.yaml": skipped(limits) });
  expect(report.findings.map(({ policy, level, message }) => `${level} ${policy}: ${message}`)).toEqual([
    "warn changes/guardrail: ResourceQuota web/limits leaves the desired state; Application argocd/web leaves it in the cluster as it is, and no longer if it leaves the tree too",
  ]);
  expect(report.manifestChanges?.map(({ kind, pruned }) => [kind, pruned])).toEqual([["deleted", false]]);
});
