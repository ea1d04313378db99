import { afterAll, expect, test } from "@jest/globals";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { configMap, treeFiles } from "./tree-files.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

const shop = {
  "base/kustomization.yaml": "resources: [web.yaml, db.yaml]\n",
  "base/web.yaml":
    "# the shop's front\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: nginx:1.0\n",
  "base/db.yaml": `---\n${configMap("db-a")}---\n# nothing here\n---\n${configMap("db-b")}`,
  "prod/kustomization.yaml":
    "namespace: shop\nnamePrefix: prod-\nresources: [../base]\nimages: [{name: nginx, newTag: '2.0'}]\nconfigMapGenerator:\n  - name: settings\n    literals: [level=high]\npatches:\n  - path: replicas.yaml\n",
  "prod/replicas.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n",
};

test("a build prints what kustomize prints, with the file that each object comes from and all files read", async () => {
  const outcome = await renderer.kustomize({ root: "prod", files: treeFiles({ ...shop, "other.yaml": "x: y" }) });
  expect(outcome).toEqual({
    kind: "rendered",
    answer: {
      yaml: `apiVersion: v1
kind: ConfigMap
metadata:
  name: prod-db-a
  namespace: shop
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: prod-db-b
  namespace: shop
---
apiVersion: v1
data:
  level: high
kind: ConfigMap
metadata:
  name: prod-settings-k284879947
  namespace: shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: prod-web
  namespace: shop
spec:
  replicas: 3
  template:
    spec:
      containers:
      - image: nginx:2.0
        name: web
`,
      origins: [
        { path: "base/db.yaml" },
        { path: "base/db.yaml" },
        { configuredIn: "prod/kustomization.yaml" },
        { path: "base/web.yaml" },
      ],
      reads: [
        "base/db.yaml",
        "base/kustomization.yaml",
        "base/web.yaml",
        "prod/kustomization.yaml",
        "prod/replicas.yaml",
      ],
    },
  });
});

test.each([
  [
    "a JSON patch hides where its target comes from, and the name still tells",
    {
      "kustomization.yaml":
        'resources: [a.yaml, b.yaml]\npatches:\n  - target: {name: one}\n    patch: \'[{"op": "add", "path": "/data", "value": {"x": "y"}}]\'\n',
      "a.yaml": configMap("one"),
      "b.yaml": configMap("two"),
    },
    [{ path: "a.yaml" }, { path: "b.yaml" }],
  ],
  [
    "a name within another is not taken for it",
    {
      "kustomization.yaml":
        'resources: [a.yaml, b.yaml]\npatches:\n  - target: {name: one-more}\n    patch: \'[{"op": "add", "path": "/data", "value": {"x": "y"}}]\'\n',
      "a.yaml": configMap("one-more"),
      "b.yaml": configMap("one"),
    },
    [{ path: "b.yaml" }, { path: "a.yaml" }],
  ],
  [
    "objects that JSON patches give each other's names keep their files",
    {
      "kustomization.yaml":
        'resources: [a.yaml, b.yaml]\npatches:\n  - target: {name: one}\n    patch: \'[{"op": "replace", "path": "/metadata/name", "value": "three"}]\'\n  - target: {name: two}\n    patch: \'[{"op": "replace", "path": "/metadata/name", "value": "one"}]\'\n',
      "a.yaml": configMap("one"),
      "b.yaml": configMap("two"),
    },
    [{ path: "b.yaml" }, { path: "a.yaml" }],
  ],
  [
    "two objects of one name that JSON patches change keep their files, and lists too",
    {
      "kustomization.yaml":
        'resources: [a, b]\npatches:\n  - target: {kind: ConfigMap}\n    patch: \'[{"op": "add", "path": "/data", "value": {"x": "y"}}]\'\n',
      "a/kustomization.yaml": "resources: [one.yaml]\nnamespace: a\n",
      "a/one.yaml": configMap("one"),
      "b/kustomization.yaml": "resources: [list.yaml]\nnamespace: b\n",
      "b/list.yaml":
        "apiVersion: v1\nkind: ConfigMapList\nitems:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}\n",
    },
    [{ path: "a/one.yaml" }, { path: "b/list.yaml" }],
  ],
  [
    "what a generator merges with keeps its file, and what it replaces comes from the generator",
    {
      "kustomization.yaml":
        "resources: [base]\nconfigMapGenerator:\n  - {name: one, behavior: merge, literals: [a=b]}\n  - {name: two, behavior: replace, literals: [a=b]}\n  - {name: three, behavior: merge, literals: [a=b]}\n",
      "base/kustomization.yaml":
        "resources: [one.yaml]\nconfigMapGenerator: [{name: two, literals: [c=d]}, {name: three, literals: [c=d]}]\n",
      "base/one.yaml": configMap("one"),
    },
    [{ path: "base/one.yaml" }, { configuredIn: "base/kustomization.yaml" }, { configuredIn: "kustomization.yaml" }],
  ],
  [
    "a generator of its own file is where its object comes from",
    {
      "kustomization.yaml": "generators: [made.yaml]\nresources: [a.yaml]\n",
      "made.yaml":
        "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: made}\nliterals: [a=b]\noptions: {disableNameSuffixHash: true}\n",
      "a.yaml": configMap("made-up"),
    },
    [{ configuredIn: "made.yaml" }, { path: "a.yaml" }],
  ],
  [
    "members of a List come from its file",
    {
      "kustomization.yaml": "resources: [a.yaml]\n",
      "a.yaml": `apiVersion: v1\nkind: ConfigMapList\nitems:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: two}}\n`,
    },
    [{ path: "a.yaml" }, { path: "a.yaml" }],
  ],
  [
    "what a JSON patch takes all annotations from keeps its file",
    {
      "kustomization.yaml":
        'resources: [a.yaml, b.yaml]\npatches:\n  - target: {name: one-more}\n    patch: \'[{"op": "add", "path": "/metadata/annotations", "value": {"x": "y"}}]\'\n',
      "a.yaml": configMap("one-more"),
      "b.yaml": configMap("two"),
    },
    [{ path: "a.yaml" }, { path: "b.yaml" }],
  ],
  [
    "a file that is also the content of a ConfigMap is not touched",
    {
      "kustomization.yaml":
        "resources: [a.yaml]\nconfigMapGenerator: [{name: copy, files: [a.yaml], options: {disableNameSuffixHash: true}}]\n",
      "a.yaml": configMap("one"),
    },
    [{ configuredIn: "kustomization.yaml" }, { path: "a.yaml" }],
  ],
])("%s", async (_, files, origins) => {
  const outcome = await renderer.kustomize({ root: "", files: treeFiles(files) });
  expect(outcome).toMatchObject({ kind: "rendered", answer: { origins } });
  expect(JSON.stringify(outcome)).not.toContain("portcullis");
});

test("origins that a kustomization asks for stay in what it prints", async () => {
  const files = {
    "kustomization.yaml": "resources: [a.yaml]\nbuildMetadata: [originAnnotations]\n",
    "a.yaml": configMap("one"),
  };
  const outcome = await renderer.kustomize({ root: "", files: treeFiles(files) });
  expect(outcome).toMatchObject({
    kind: "rendered",
    answer: {
      yaml: expect.stringContaining("config.kubernetes.io/origin: |\n      path: a.yaml"),
      origins: [{ path: "a.yaml" }],
    },
  });
});

test("an OpenAPI schema of one build is unknown to the next", async () => {
  const crd = { apiVersion: "example.com/v1", kind: "Crontab" };
  const schema = {
    definitions: {
      Crontab: {
        properties: {
          jobs: {
            type: "array",
            items: { type: "object" },
            "x-kubernetes-patch-merge-key": "name",
            "x-kubernetes-patch-strategy": "merge",
          },
        },
        "x-kubernetes-group-version-kind": [{ group: "example.com", kind: "Crontab", version: "v1" }],
      },
    },
  };
  const files = {
    "kustomization.yaml": "resources: [a.yaml]\nopenapi: {path: schema.json}\npatches: [{path: p.yaml}]\n",
    "schema.json": JSON.stringify(schema),
    "a.yaml": JSON.stringify({ ...crd, metadata: { name: "a" }, jobs: [{ name: "one" }] }),
    "p.yaml": JSON.stringify({ ...crd, metadata: { name: "a" }, jobs: [{ name: "two" }] }),
  };
  const without = { ...files, "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n" };
  const jobs = async (given: { readonly [path: string]: string }): Promise<number> => {
    const outcome = await renderer.kustomize({ root: "", files: treeFiles(given) });
    return outcome.kind === "rendered" ? outcome.answer.yaml.split("- name").length - 1 : -1;
  };
  expect([await jobs(without), await jobs(files), await jobs(without)]).toEqual([1, 2, 1]);
});

test("files outside of the kustomization load only where anywhere is said", async () => {
  const files = treeFiles({ "o/kustomization.yaml": "resources:\n- ../a.yaml\n", "a.yaml": configMap("one") });
  expect(await renderer.kustomize({ root: "o", files })).toEqual({
    kind: "failed",
    message: "resources names ../a.yaml, a file outside of the kustomization's own directory",
    path: "o/kustomization.yaml",
    line: 2,
  });
  expect(await renderer.kustomize({ root: "o", files, anywhere: true })).toMatchObject({
    kind: "rendered",
    answer: { origins: [{ path: "a.yaml" }], reads: ["a.yaml", "o/kustomization.yaml"] },
  });
});

test("a chart is rendered first, with the values, namespace and hooks that its entry says", async () => {
  const files = treeFiles({
    "kustomization.yaml":
      "namespace: shop\nhelmCharts:\n- name: web\n  releaseName: my\n  skipHooks: true\n  valuesInline: {image: redis}\n",
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "image: nginx\n",
    "charts/web/templates/pod.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}\nspec: {containers: [{name: a, image: {{ .Values.image }}}]}\n",
    "charts/web/templates/hook.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata: {name: hook, annotations: {helm.sh/hook: pre-install}}\n",
  });
  expect(await renderer.kustomize({ root: "", files })).toMatchObject({
    kind: "rendered",
    answer: {
      yaml: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: my\n  namespace: shop\nspec:\n  containers:\n  - image: redis\n    name: a\n",
      origins: [{ path: "charts/web/templates/pod.yaml", configuredIn: "kustomization.yaml" }],
      reads: expect.arrayContaining([
        "charts/web/Chart.yaml",
        "charts/web/templates/pod.yaml",
        "charts/web/values.yaml",
      ]),
    },
  });
});

test("a chart whose entry names no release gets the name that `helm template` gives", async () => {
  const files = treeFiles({
    "kustomization.yaml": "helmCharts:\n- name: web\n",
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "{}\n",
    "charts/web/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
  });
  expect(await renderer.kustomize({ root: "", files })).toMatchObject({
    kind: "rendered",
    answer: { yaml: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: release-name\n" },
  });
});

test("a block of text at the end of a chart's template keeps its last line end, as native Helm prints it", async () => {
  const files = treeFiles({
    "kustomization.yaml": "helmCharts:\n- name: web\n  releaseName: my\n",
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "{}\n",
    "charts/web/templates/a.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  text: |\n    one\n    two\n",
  });
  expect(await renderer.kustomize({ root: "", files })).toMatchObject({
    kind: "rendered",
    answer: { yaml: expect.stringContaining("  text: |\n    one\n    two\nkind: ConfigMap\n") },
  });
});

test.each([
  ["a missing file", "resources:\n- a.yaml\n- gone.yaml\n", 3, /^resources names gone.yaml, which is not in the tree$/],
  [
    "a chart that only a registry has",
    "helmCharts:\n- name: redis\n  repo: https://charts.example\n  version: 1.0.0\n",
    2,
    /^helmCharts: redis: the chart \(https:\/\/charts.example 1.0.0\) is not in the tree at charts\/redis-1.0.0\/redis/,
  ],
  [
    "a patch without a target",
    "resources: [a.yaml]\npatches:\n- patch: |\n    kind: Pod\n    apiVersion: v1\n    metadata: {name: web}\n",
    3,
    /no matches for Id Pod/,
  ],
  [
    "the same object twice",
    "resources: [a.yaml]\nconfigMapGenerator:\n- name: a\n  options: {disableNameSuffixHash: true}\n",
    undefined,
    /^merging from generator: id .*ConfigMap.* exists; can not use behavior: 'unspecified'/,
  ],
  ["text that is no YAML", "resources:\n- broken.yaml\n", 2, /MalformedYAMLError/],
  ["a kustomization that is none", "resources: 5\n", undefined, /invalid Kustomization/],
])("%s is named with its line", async (_, kustomization, line, message) => {
  const files = treeFiles({ "kustomization.yaml": kustomization, "a.yaml": configMap("a"), "broken.yaml": "a: [\n" });
  const outcome = await renderer.kustomize({ root: "", files });
  expect(outcome).toMatchObject({ kind: "failed", message: expect.stringMatching(message) });
  expect(outcome).toHaveProperty("kind", "failed");
  expect((outcome as { readonly line?: number }).line).toBe(line);
});
