import { afterAll, describe, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import type { Report } from "../../src/model/report.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { simpleJudge } from "./simple-judge.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

type Files = { readonly [path: string]: MemoryFile };

async function judged(
  after: Files,
  before: Files = {},
  { exclude = [], render = false }: { readonly exclude?: readonly string[]; readonly render?: boolean } = {},
): Promise<Report> {
  return check({
    ...(render ? { renderer, repositories: ["https://github.com/acme/gitops"] } : {}),
    before: memoryTree(before, "before"),
    after: memoryTree(after, "after"),
    config: { ...defaultConfig, manifests: { include: ["**"], exclude } },
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "test merge" },
  });
}

const spec = "spec: { containers: [{ name: main, image: nginx:latest }] }";
const labels = "metadata: { name: evil, labels: { owner: me } }";
const evil = `apiVersion: v1\nkind: Pod\n${labels}\n${spec}\n`;
const item = `  - { apiVersion: v1, kind: Pod, ${labels}, ${spec} }\n`;
const typeless = `  - { ${labels}, ${spec} }\n`;
const chart = "apiVersion: v2\nname: c\nversion: 1.0.0\n";
const application = (source: string): string =>
  [
    "apiVersion: argoproj.io/v1alpha1",
    "kind: Application",
    "metadata: { name: a, labels: { owner: me } }",
    "spec:",
    "  project: default",
    "  destination: { server: https://kubernetes.default.svc, namespace: web }",
    `  source: { repoURL: https://github.com/acme/gitops, ${source} }`,
    "",
  ].join("\n");
const kustomization = (text: string): string => `apiVersion: kustomize.config.k8s.io/v1beta1\n${text}\n`;

describe.each([
  ["without a renderer", false],
  ["with a renderer", true],
])("%s", (_name, render) => {
  test.each<[string, Files, string]>([
    [
      "a kustomization above it calls it a patch",
      { "kustomization.yaml": "patches: [{ path: a/e.yaml }]\n" },
      "a/e.yaml",
    ],
    [
      "a kustomization beside it calls it a patch",
      { "a/kustomization.yaml": "patches: [{ path: e.yaml }]\n" },
      "a/e.yaml",
    ],
    [
      "a kustomization generates a ConfigMap of it",
      { "kustomization.yaml": kustomization("configMapGenerator: [{ name: x, files: [a/e.yaml] }]") },
      "a/e.yaml",
    ],
    ["a kustomization calls it a transformer", { "kustomization.yaml": "transformers: [a/e.yaml]\n" }, "a/e.yaml"],
    ["a chart stands beside it", { "a/Chart.yaml": "name: x\n" }, "a/e.yaml"],
    ["a chart makes a template of it", { "a/Chart.yaml": "name: x\n" }, "a/templates/e.yaml"],
    ["its extension is in capitals", {}, "a/e.YAML"],
  ])("a manifest is judged although %s", async (_name, around, path) => {
    const { verdict, findings } = await judged({ ...around, [path]: evil }, {}, { render });
    expect(findings.map(({ location }) => location.path)).toContain(path);
    // What cannot be built is a problem besides.
    expect(verdict === "fail" || (render && verdict === "error")).toBe(true);
  });

  test.each<[string, Files, readonly string[]]>([
    [
      "braces in a comment make no template",
      { "c/Chart.yaml": "name: x\n", "c/templates/e.yaml": `# {{ .Values.x }}\n${evil}` },
      ["c/templates/e.yaml"],
    ],
    [
      "a template beside it in one file makes none of it",
      { "c/Chart.yaml": "name: x\n", "c/templates/e.yaml": `${evil}---\nname: "{{ .Values.x }}"\n---\n{{- if .x }}\n` },
      ["c/templates/e.yaml"],
    ],
    [
      "a kustomization loads resources of any name",
      { "k/kustomization.yaml": "resources: [e.txt, e]\n", "k/e.txt": evil, "k/e": evil },
      ["k/e", "k/e.txt"],
    ],
    [
      "a kustomization loads resources through links",
      { "k/kustomization.yaml": "resources: [link]\n", "k/link": { symlink: "../x/e.txt" }, "x/e.txt": evil },
      ["x/e.txt"],
    ],
    [
      "a kustomization may be a link",
      {
        "k/kustomization.yaml": { symlink: "../x/k.txt" },
        "x/k.txt": "resources: [e.txt]\npatches: [{ path: f.yaml }]\n",
        "k/e.txt": evil,
        "k/f.yaml": evil.replace("name: evil", "name: worse"),
      },
      ["k/e.txt", "k/f.yaml"],
    ],
    [
      "what is excluded is judged where a kustomization in scope loads it",
      {
        "k/kustomization.yaml": "resources: [../excluded/base]\n",
        "excluded/base/kustomization.yaml": "resources: [e.yaml, ../more]\n",
        "excluded/base/e.yaml": evil,
        "excluded/more/kustomization.yml": "resources: [f.yaml]\n",
        "excluded/more/f.yaml": evil,
        "excluded/unused.yaml": evil,
      },
      ["excluded/base/e.yaml", "excluded/more/f.yaml"],
    ],
    [
      "a patch of what is not there is a manifest",
      {
        "k/kustomization.yaml": "resources: [c.yaml]\npatches: [{ path: e.yaml, target: { kind: Job } }]\n",
        "k/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, labels: { owner: me } }\n",
        "k/e.yaml": evil,
      },
      ["k/e.yaml"],
    ],
    [
      "a root that cannot be built hides nothing that it loads",
      {
        "k/kustomization.yaml": "resources: [e.yaml, https://example.com/base.yaml]\npatches: [{ path: f.yaml }]\n",
        "k/e.yaml": evil,
        "k/f.yaml": evil,
      },
      ["k/e.yaml", "k/f.yaml"],
    ],
    [
      "a component that nothing loads hides nothing",
      {
        "k/kustomization.yaml":
          "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [e.yaml]\npatches: [{ path: f.yaml }]\n",
        "k/e.yaml": evil,
        "k/f.yaml": evil,
      },
      ["k/e.yaml", "k/f.yaml"],
    ],
    [
      "what a chart ignores is a manifest",
      { "c/Chart.yaml": chart, "c/.helmignore": "templates/e.yaml\n", "c/templates/e.yaml": evil },
      ["c/templates/e.yaml"],
    ],
    [
      "values that are a manifest are one",
      { "c/Chart.yaml": chart, "c/values.yaml": evil, "c/templates/NOTES.txt": "" },
      ["c/values.yaml"],
    ],
    [
      "an Application hides nothing that it excludes",
      { "a.yaml": application("path: d, directory: { exclude: e.yaml }"), "d/e.yaml": evil },
      ["d/e.yaml"],
    ],
    [
      "an Application hides nothing that a plugin would render",
      { "a.yaml": application("path: d, plugin: { name: x }"), "d/e.yaml": evil },
      ["d/e.yaml"],
    ],
    [
      "an Application of another repository hides nothing here",
      { "a.yaml": application("path: d").replace("acme/gitops", "else/where"), "d/e.yaml": evil },
      ["d/e.yaml"],
    ],
    [
      "an Application whose directory holds more than manifests hides none of them",
      { "a.yaml": application("path: d"), "d/e.yaml": evil, "d/deep/f.yaml": evil },
      ["d/deep/f.yaml", "d/e.yaml"],
    ],
    [
      "an object of a kind that takes no items hides none there",
      { "e.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, labels: { owner: me } }\nitems:\n${item}` },
      ["e.yaml"],
    ],
    [
      "items without a type are of the kind around them",
      {
        "e.yaml": `apiVersion: v1\nkind: Pod\n${labels}\nspec: { containers: [] }\nitems:\n${typeless}`,
      },
      ["e.yaml"],
    ],
    ["a list may have a name", { "e.yaml": `apiVersion: v1\nkind: List\n${labels}\nitems:\n${item}` }, ["e.yaml"]],
    [
      "a typed list may have a name",
      { "e.yaml": `apiVersion: v1\nkind: PodList\n${labels}\nitems:\n${typeless}` },
      ["e.yaml"],
    ],
    [
      "a list within a list is a list",
      {
        "e.yaml": `{ apiVersion: v1, kind: List, items: [{ apiVersion: v1, kind: List, items: [{ apiVersion: v1, kind: Pod, ${labels}, ${spec} }] }] }\n`,
      },
      ["e.yaml"],
    ],
    [
      "the name of a kustomization makes none of a manifest",
      { "kustomization.yaml": evil, "a/kustomization.yaml": `patches: []\n---\n${evil}` },
      ["a/kustomization.yaml", "kustomization.yaml"],
    ],
    ["metadata of SOPS makes no secret of a manifest", { "e.yaml": `${evil}sops: { mac: x }\n` }, ["e.yaml"]],
    [
      "a manifest may have no name",
      { "e.yaml": `apiVersion: v1\nkind: Pod\nmetadata: { labels: { owner: me } }\n${spec}\n` },
      ["e.yaml"],
    ],
    [
      "a configuration of the head excludes nothing",
      { "portcullis.yaml": "manifests: { exclude: ['**'] }\n", "e.yaml": evil },
      ["e.yaml"],
    ],
  ])("%s", async (_name, files, paths) => {
    const { verdict, findings } = await judged(files, {}, { exclude: ["excluded/**"], render });
    const denied = findings.filter(({ level }) => level === "deny");
    expect(denied.map(({ location }) => location.path)).toEqual(paths);
    expect(["fail", "error"]).toContain(verdict);
  });
});

const partial = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 3 }\n";

test.each<[string, string]>([
  ["a Deployment without a selector", partial],
  [
    "a container without an image",
    "apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec: { containers: [{ name: a, image: x:latest }, { name: b }] }\n",
  ],
  ["a patch that deletes", "apiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n$patch: delete\n"],
  ["operations", "[{ op: add, path: /x, value: 1 }]\n"],
  ["a generator", "apiVersion: builtin\nkind: SecretGenerator\nmetadata: { name: x }\n"],
])("a patch that could not be applied by itself is no resource: %s", async (_name, text) => {
  const report = await judged({ "kustomization.yaml": "patches: [{ path: p.yaml }]\n", "p.yaml": text });
  expect(report.findings).toEqual([]);
  expect(report.skipped).toContainEqual({
    path: "p.yaml",
    reason: "patch of kustomization.yaml, which was not rendered",
    touched: true,
  });
});

test("a whole object beside a part of one is judged, and the part is named", async () => {
  const report = await judged({
    "kustomization.yaml": "patchesStrategicMerge: [p.yaml]\n",
    "p.yaml": `${partial}---\n${evil}`,
  });
  expect(report.findings.map(({ manifest }) => manifest.name)).toEqual(["evil"]);
  expect(report.checked).toEqual([
    {
      path: "p.yaml",
      manifests: 1,
      skipped: [
        {
          line: 1,
          reason: "not a Kubernetes object: part of an object, patch of kustomization.yaml, which was not rendered",
        },
      ],
    },
  ]);
});

test("what a change touches and nobody judged is told from what was there before and from what is no manifest", async () => {
  const old = { "old/kustomization.yaml": "namePrefix: a-\n", "x.jsonnet": "{}", "values.yaml": "a: 1\n" };
  const { skipped } = await judged(
    { ...old, "x.jsonnet": "{ }", "n/kustomization.yaml": "namePrefix: a-\n", "n.yaml": "b: 1\n" },
    old,
  );
  expect(skipped.filter(({ touched }) => touched).map(({ path }) => path)).toEqual([
    "n/kustomization.yaml",
    "x.jsonnet",
  ]);
});

test("a link that is longer than any path leads nowhere, and is not even read", async () => {
  const long = { symlink: `${"a/".repeat(5000)}e.yaml` };
  const { problems, verdict } = await judged({ "l.yaml": long });
  expect(verdict).toBe("error");
  expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    "l.yaml: cannot be read: the symbolic link leads out of the tree: /…",
  ]);
});
