import { afterAll, expect, test } from "@jest/globals";
import { readConfig } from "../../src/config/read-config.ts";
import { check } from "../../src/gate/check.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { simpleJudge } from "./simple-judge.ts";

type Files = { readonly [path: string]: string };

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

const byPath = "environments:\n  prod: { paths: [prod] }\n";
const byCluster = "environments:\n  prod: { clusters: [eu-1] }\n";

async function configProblems(text: string, after: Files, before?: Files): Promise<readonly string[]> {
  const { config, source } = readConfig("portcullis.yaml", `gaps: allow\n${text}`);
  const { problems } = await check({
    ...(before === undefined ? {} : { before: memoryTree(before, "before") }),
    after: memoryTree(after, "after"),
    renderer,
    config,
    ...(source === undefined ? {} : { configSource: source }),
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "directory" },
  });
  return problems.map(({ path, line, message }) => `${path}:${line}: ${message}`);
}

const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, labels: { owner: me } }\n`;
/** Yields no manifest here: its chart is in a registry. */
const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd, labels: { owner: me } }
spec:
  project: default
  source: { repoURL: https://example.com/charts, chart: web, targetRevision: 1.0.0 }
  destination: { name: eu-1, namespace: web }
`;
const other: Files = { "other.yaml": pod("other") };

test.each<[string, string, Files, Files | undefined]>([
  ["a plain file", byPath, { "prod/a.yaml": pod("a") }, undefined],
  [
    "a Kustomize root that yields nothing",
    byPath,
    { "prod/kustomization.yaml": "resources: [../base]\n", "base/kustomization.yaml": "namePrefix: a-\n", ...other },
    undefined,
  ],
  ["an Application that yields nothing here", byCluster, { ...other, "app.yaml": application }, undefined],
  ["a file that the change adds", byPath, { ...other, "prod/a.yaml": pod("a") }, other],
  ["an Application that the change adds", byCluster, { ...other, "app.yaml": application }, other],
  ["the Application that the change removes", byCluster, other, { ...other, "app.yaml": application }],
  ["the file that the change removes", byPath, other, { ...other, "prod/a.yaml": pod("a") }],
  ["a file that stays as it is", byPath, { ...other, "prod/a.yaml": pod("a") }, { "prod/a.yaml": pod("a") }],
])("an environment may be configured for %s", async (_, config, after, before) => {
  expect(await configProblems(config, after, before)).toEqual([]);
});

test("an environment that nothing lands in is a problem at its line", async () => {
  expect(await configProblems(byCluster, { ...other, "app.yaml": application.replace("eu-1", "eu-2") })).toEqual([
    'portcullis.yaml:3: nothing lands in the environment "prod": expected paths or clusters that feed it',
  ]);
});
