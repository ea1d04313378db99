import { afterAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import type { Report } from "../../src/model/report.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { simpleJudge } from "./simple-judge.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

type Files = { readonly [path: string]: string };

function judged(before: Files, after: Files): Promise<Report> {
  return check({
    renderer,
    repositories: ["https://github.com/acme/gitops"],
    before: memoryTree(before, "before"),
    after: memoryTree(after, "after"),
    config: defaultConfig,
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "test merge" },
  });
}

const tree: Files = {
  "app.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd, labels: { owner: me } }
spec:
  project: default
  destination: { server: https://kubernetes.default.svc, namespace: web }
  source:
    repoURL: https://github.com/acme/gitops
    path: app
    directory: { jsonnet: { libs: [lib] } }
`,
  "app/main.jsonnet": "local pod = import 'pod.libsonnet';\npod('web')\n",
  "lib/pod.libsonnet": `function(name) {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: name, labels: { owner: 'me' } },
  spec: { containers: [{ name: name, image: 'nginx:1.27' }] },
}
`,
};
const changed = (path: string, from: string, to: string): Files => ({
  ...tree,
  [path]: (tree[path] ?? "").replace(from, to),
});

test("what a change of an imported library brings is judged in the source that imports it", async () => {
  const report = await judged(tree, changed("lib/pod.libsonnet", "nginx:1.27", "nginx:latest"));
  expect(report.findings).toMatchObject([
    {
      status: "introduced",
      location: { path: "lib/pod.libsonnet", line: 5, precision: "source" },
      related: { path: "app/main.jsonnet", line: 1 },
    },
  ]);
  expect(report.problems).toEqual([]);
  expect(report.gaps).toEqual([]);
});

test("an error that a library brings is an introduced problem at its line", async () => {
  const report = await judged(tree, changed("lib/pod.libsonnet", "kind: 'Pod'", "kind: std.extVar('gone')"));
  expect(report.problems).toMatchObject([{ status: "introduced", path: "lib/pod.libsonnet", line: 3 }]);
});

test("a library that another one hides is judged as what the source then yields", async () => {
  const hiding = (tree["lib/pod.libsonnet"] ?? "").replace("nginx:1.27", "nginx:latest");
  const report = await judged(tree, { ...tree, "app/pod.libsonnet": hiding });
  expect(report.findings).toMatchObject([
    { status: "introduced", location: { path: "app/pod.libsonnet" }, related: { path: "app/main.jsonnet", line: 1 } },
  ]);
});
