import { afterAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { simpleJudge } from "./simple-judge.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

type Files = { readonly [path: string]: string };

/** What AppProjects refuse after a change, in one line each. */
async function refused(before: Files, after: Files): Promise<readonly string[]> {
  const { findings } = await check({
    before: memoryTree(before, "before"),
    after: memoryTree({ ...before, ...after }, "after"),
    renderer,
    repositories: ["https://github.com/acme/gitops"],
    config: defaultConfig,
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", before: "before", how: "test merge" },
  });
  return findings
    .filter(({ policy }) => policy === "argocd/project")
    .map(({ status, location, message }) => `${status} ${location.path}:${location.line} ${message}`);
}

const project = (name: string, namespace: string): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: ${name}, namespace: argocd }
spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '${namespace}' }] }
`;
const application = (ofProject: string, namespace = "shop"): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec:
  project: ${ofProject}
  source: { repoURL: https://github.com/acme/gitops, path: web }
  destination: { server: https://kubernetes.default.svc, namespace: ${namespace} }
`;
const other = (ofProject: string, namespace?: string): string =>
  application(ofProject, namespace).replace("name: web", "name: other");
const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: web, namespace: argocd }
spec:
  generators: [{ list: { elements: [] } }]
  template:
    metadata: { name: "{{name}}" }
    spec:
      project: team
      source: { repoURL: https://github.com/acme/gitops, path: web }
      destination: { server: https://kubernetes.default.svc, namespace: shop }
`;
const files: Files = {
  "team.yaml": project("team", "shop"),
  "default.yaml": project("default", "nowhere"),
  "app.yaml": application("team"),
  "web/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n",
};
const kube = "namespace kube-system of cluster https://kubernetes.default.svc as a destination";

test.each<[string, Files, Files, readonly string[]]>([
  ["nothing where neither changes", files, {}, []],
  [
    "what the project permits only after the change",
    files,
    { "team.yaml": project("team", "*"), "app.yaml": application("team", "kube-system") },
    [`introduced app.yaml:7 AppProject team does not permit ${kube}, as it is before this change`],
  ],
  [
    "what neither permits, once",
    files,
    { "team.yaml": project("team", "shop-*"), "app.yaml": application("team", "kube-system") },
    [`introduced app.yaml:7 AppProject team does not permit ${kube}`],
  ],
  [
    "what the project that the Application leaves does not permit",
    { ...files, "free.yaml": project("free", "*") },
    { "app.yaml": application("free", "kube-system") },
    [`introduced app.yaml:7 AppProject team does not permit ${kube}, as it is before this change`],
  ],
  [
    "what the project that the Application joins permits only after the change",
    { ...files, "team.yaml": project("team", "*"), "free.yaml": project("free", "shop"), "other.yaml": other("free") },
    { "free.yaml": project("free", "*"), "app.yaml": application("free", "kube-system") },
    [`introduced app.yaml:7 AppProject free does not permit ${kube}, as it is before this change`],
  ],
  [
    "what a project that the change removes does not permit",
    files,
    { "team.yaml": "", "app.yaml": application("team", "kube-system") },
    [`introduced app.yaml:7 AppProject team does not permit ${kube}, as it is before this change`],
  ],
  [
    "nothing by the project of another object that has the Application's name",
    { ...files, "set.yaml": set, "other.yaml": other("default", "nowhere") },
    {},
    [],
  ],
])("a change is held to the AppProjects before it too: %s", async (_, before, after, expected) => {
  expect(await refused(before, after)).toEqual(expected);
});
