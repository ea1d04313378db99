import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import type { Renderer } from "../../../src/model/renderer.ts";
import type { DesiredState } from "../../../src/render/desired-state.ts";
import { findDesiredState } from "../../../src/render/find-desired-state.ts";
import { scopeOf } from "../../../src/render/files/scope.ts";
import { createRenderer } from "../../../src/renderers/create-renderer.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

let renderer: Renderer;
beforeAll(() => {
  renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
});
afterAll(() => {
  renderer.close();
});

const url = "https://git.example/acme/deploy";
const application = (name: string, path: string, more = ""): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd }
spec:
  project: default
  destination: { name: prod, namespace: shop }
  source: { repoURL: ${url}, path: ${path}${more} }
`;
const set = (generator: string, path: string): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all, namespace: argocd }
spec:
  generators:
  - ${generator}
  template:
    metadata: { name: '{{path.basename}}' }
    spec:
      project: default
      destination: { name: prod, namespace: shop }
      source: { repoURL: ${url}, path: '${path}' }
`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { template: { spec: { containers: [{ name: web, image: nginx }] } } }
`;

async function stateOf(files: { readonly [path: string]: string }): Promise<DesiredState> {
  return findDesiredState(memoryTree(files), {
    scope: scopeOf(defaultConfig.manifests),
    config: defaultConfig,
    renderer,
    repositories: [url],
    branches: [],
    cache: { get: () => undefined, set: () => {} },
  });
}

const shown = ({ graph }: DesiredState): readonly string[] =>
  graph.sources.map(
    ({ id, parent, path, line, manifests }) => `${id} < ${parent ?? "-"} ${path}:${line} ${manifests ?? "-"}`,
  );

test("Applications of Applications, and of an ApplicationSet, are found from the one that stands in the tree", async () => {
  const state = await stateOf({
    "root.yaml": application("root", "argocd"),
    "argocd/one.yaml": application("one", "apps/one"),
    "argocd/set.yaml": set(`git: { repoURL: '${url}', directories: [{ path: 'apps/t*' }] }`, "{{path}}"),
    "apps/one/web.yaml": deployment,
    "apps/two/kustomization.yaml": "resources: [web.yaml]\n",
    "apps/two/web.yaml": deployment,
  });
  expect(state.problems).toEqual([]);
  expect(shown(state)).toEqual([
    "Application argocd/one < Application argocd/root argocd/one.yaml:1 1",
    "Application argocd/root < - root.yaml:1 2",
    "Application argocd/two < ApplicationSet argocd/all argocd/set.yaml:6 1",
  ]);
  const two = await state.units.find(({ source }) => source.id === "Application argocd/two")?.render();
  expect(two?.manifests[0]?.identity.namespace).toBe("shop");
});

test.each<[string, { readonly [path: string]: string }, number]>([
  ["an Application that applies itself", { "argocd/self.yaml": application("self", "argocd") }, 1],
  [
    "two Applications that apply each other",
    { "a/b.yaml": application("b", "b"), "b/a.yaml": application("a", "a") },
    2,
  ],
  [
    "an ApplicationSet whose Application applies the set",
    { "apps/web/set.yaml": set(`git: { repoURL: '${url}', directories: [{ path: 'apps/*' }] }`, "{{path}}") },
    1,
  ],
])("%s comes to an end", async (_, files, sources) => {
  const state = await stateOf(files);
  expect(state.problems).toEqual([]);
  expect(state.graph.sources).toHaveLength(sources);
});

test("an AppProject's lists hold for what is rendered", async () => {
  const state = await stateOf({
    "project.yaml": `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: default, namespace: argocd }
spec:
  sourceRepos: ['*']
  destinations: [{ name: '*', namespace: shop }]
  namespaceResourceBlacklist: [{ group: apps, kind: Deployment }]
`,
    "app.yaml": application("web", "web"),
    "web/web.yaml": deployment,
  });
  const unit = state.units.find(({ source }) => source.id === "Application argocd/web");
  const reading = await unit?.render();
  expect(reading?.violations).toMatchObject([
    {
      manifest: { identity: { kind: "Deployment" } },
      violation: { message: "AppProject default does not permit apps/Deployment" },
    },
  ]);
});

test("an Application that is wrong leaves its files to be judged as they stand", async () => {
  const state = await stateOf({
    "app.yaml": application("web", "web", ", helm: { releaseName: a }, kustomize: { namePrefix: a }"),
    "web/web.yaml": deployment,
  });
  expect(state.problems).toMatchObject([{ path: "app.yaml", line: 7 }]);
  expect(state.files.map(({ entry, role }) => `${entry.path} ${role.kind}`)).toEqual([
    "app.yaml plain",
    "web/web.yaml plain",
  ]);
});
