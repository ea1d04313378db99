import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import type { GoTemplateRequest, Renderer, RenderOutcome } from "../../../src/model/renderer.ts";
import type { DesiredStateRequest } from "../../../src/render/desired-state.ts";
import { scopeOf } from "../../../src/render/files/scope.ts";
import { surveyTree, type Survey } from "../../../src/render/sources/survey-tree.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import type { Files } from "../found-state.ts";

const unused = async (): Promise<RenderOutcome<never>> => ({ kind: "failed", message: "not asked" });
const renderer: Renderer = {
  digest: "renderer",
  kustomize: unused,
  helm: unused,
  substitute: unused,
  goTemplate: unused,
  resourceSet: unused,
  jsonnet: unused,
  close: () => {},
};

interface Asked {
  readonly renderer?: Renderer;
  readonly exclude?: readonly string[];
  readonly cache?: Map<string, unknown>;
}

function survey(files: Files, asked: Asked = {}): Promise<Survey> {
  const held = asked.cache ?? new Map<string, unknown>();
  const cache: DesiredStateRequest["cache"] = {
    get: (key) => held.get(key),
    set: (key, value) => void held.set(key, value),
  };
  return surveyTree(memoryTree(files), {
    scope: scopeOf({ include: ["**"], exclude: asked.exclude ?? [] }),
    config: defaultConfig,
    renderer: asked.renderer ?? renderer,
    repositories: [],
    branches: [],
    cache,
  });
}

const chart = (more = ""): string => `apiVersion: v2\nname: x\nversion: 1.0.0\n${more}`;
const application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: a }\nspec: {}\n";
const release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: r }\nspec: {}\n";
const flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: k }\nspec: {}\n";
const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: {}\n";
const service = "apiVersion: v1\nkind: Service\nmetadata: { name: s }\nspec: {}\n";

test.each<[string, Files, readonly string[]]>([
  [
    "a root with an object that applies directories",
    { "a/kustomization.yaml": "resources: [k.yaml]\n", "a/k.yaml": flux },
    ["root a a/kustomization.yaml directories"],
  ],
  [
    "a root with an object that applies charts alone",
    { "a/kustomization.yml": "resources: [r.yaml]\n", "a/r.yaml": release },
    ["root a a/kustomization.yml charts"],
  ],
  [
    "a root whose base has such an object",
    {
      "a/kustomization.yaml": "resources: [../b]\n",
      "b/kustomization.yaml": "resources: [a.yaml]\n",
      "b/a.yaml": application,
    },
    ["root a a/kustomization.yaml directories"],
  ],
  [
    "a root with nothing of GitOps tools",
    { Kustomization: "resources: [s.yaml]\n", "s.yaml": service },
    ["root  Kustomization nothing"],
  ],
  [
    "a chart with a template of an Application",
    { "a/Chart.yaml": chart(), "a/templates/a.yaml": application },
    ["chart a a/Chart.yaml directories"],
  ],
  [
    "a chart with a template of a HelmRelease",
    { "a/Chart.yaml": chart(), "a/templates/r.yaml": release },
    ["chart a a/Chart.yaml charts"],
  ],
  [
    "a chart at the root of the tree, of a service",
    { "Chart.yaml": chart(), "templates/s.yaml": service },
    ["chart  Chart.yaml nothing"],
  ],
  [
    "a chart within a chart is a part of it",
    { "a/Chart.yaml": chart(), "a/charts/b/Chart.yaml": chart(), "charts/c/Chart.yaml": chart() },
    ["chart a a/Chart.yaml nothing", "chart charts/c charts/c/Chart.yaml nothing"],
  ],
  [
    "a chart below charts of the chart at the root is a part of it, deeper down it is not",
    { "Chart.yaml": chart(), "charts/b/Chart.yaml": chart(), "charts/b/more/c/Chart.yaml": chart() },
    ["chart  Chart.yaml nothing", "chart charts/b/more/c charts/b/more/c/Chart.yaml nothing"],
  ],
  ["a file whose name ends in Chart.yaml is no chart", { "a/MyChart.yaml": chart() }, []],
  ["a library is no chart by itself", { "a/Chart.yaml": chart("type: library\n") }, []],
  ["a Chart.yaml that cannot be read is no chart", { "a/Chart.yaml": "{" }, []],
  [
    "a component is no root",
    { "a/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n" },
    [],
  ],
])("sources by themselves: %s", async (_, files, expected) => {
  const { standalone } = await survey(files);
  expect(standalone.map(({ kind, directory, path, mentions }) => `${kind} ${directory} ${path} ${mentions}`)).toEqual(
    expected,
  );
});

test("what is excluded is no source by itself", async () => {
  const files = { "a/kustomization.yaml": "resources: []\n", "b/Chart.yaml": chart(), "c/Chart.yaml": chart() };
  const { standalone } = await survey(files, { exclude: ["a/**", "b/**"] });
  expect(standalone.map(({ directory }) => directory)).toEqual(["c"]);
});

test("charts that only others use are known as libraries", async () => {
  const { libraries } = await survey({ "a/Chart.yaml": chart("type: library\n"), "b/Chart.yaml": chart() });
  expect([...libraries]).toEqual(["a"]);
});

test("what roots read is known, whether it is there or not", async () => {
  const { readByRoots } = await survey({
    "a/kustomization.yaml": "resources: [../b, gone.yaml]\npatches: [{ path: p.yaml }]\n",
    "a/p.yaml": service,
    "b/kustomization.yaml": "resources: [s.yaml]\n",
    "b/s.yaml": service,
    "other.yaml": service,
  });
  expect([...readByRoots].toSorted()).toEqual(["a/kustomization.yaml", "a/p.yaml", "b/kustomization.yaml", "b/s.yaml"]);
});

test.each<[string, Files, { readonly [path: string]: readonly string[] }]>([
  [
    "settings where an object of a GitOps tool takes values from them",
    {
      "a.yaml": `${release}  valuesFrom: [{ kind: ConfigMap, name: c }]\n`.replace("spec: {}", "spec:"),
      "c.yaml": settings,
    },
    { "a.yaml": ["HelmRelease"], "c.yaml": ["ConfigMap"] },
  ],
  [
    "no settings where nothing takes values from them",
    { "a.yaml": release, "c.yaml": settings },
    { "a.yaml": ["HelmRelease"] },
  ],
  [
    "no settings where the word stands in a file without such objects",
    { "a.yaml": release, "b.yaml": `# valuesFrom\n${service}`, "c.yaml": settings },
    { "a.yaml": ["HelmRelease"] },
  ],
  ["no other objects, where a file mentions a tool", { "s.yaml": `# argoproj.io\n${service}` }, { "s.yaml": [] }],
  [
    "nothing of a file that only annotates for a tool",
    { "s.yaml": service.replace("metadata: {", "metadata: { annotations: { argocd.argoproj.io/sync-wave: '1' }, ") },
    {},
  ],
  [
    "the Deployment whose flags decide how Flux reads its objects",
    {
      "d.yaml":
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: kustomize-controller }\n" +
        "spec: { template: { spec: { containers: [{ name: manager, image: registry.example.com/kc }] } } }\n",
    },
    { "d.yaml": ["Deployment"] },
  ],
])("objects of interest: %s", async (_, files, expected) => {
  const { raw } = await survey(files);
  const kinds = [...raw].map(([path, objects]) => [path, objects.map(({ identity }) => identity.kind)]);
  expect(Object.fromEntries(kinds)).toEqual(expected);
});

test("CRDs in plain files say which of their kinds belong to no namespace", async () => {
  const crd = (kind: string, scope: string): string =>
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: ${kind} }\nspec: { group: example.com, scope: ${scope}, names: { kind: ${kind} } }\n`;
  const { caches, renderContext } = await survey({
    "a.yaml": `${crd("Fleet", "Cluster")}---\n${crd("Ship", "Namespaced")}`,
  });
  const scopes = ["Fleet", "Ship", "Sea"].map((kind) => renderContext.scopes.isClusterScoped("example.com", kind));
  expect(scopes).toEqual([true, false, undefined]);
  expect(caches.scopes).toBe(renderContext.scopes);
  expect(caches.digest).toBe("renderer");
});

test.each<[string, RenderOutcome<{ readonly texts: readonly string[] }>, number]>([
  ["an answer", { kind: "rendered", answer: { texts: ["b"] } }, 1],
  ["a failure", { kind: "failed", message: "no such function" }, 1],
  ["what did not end in time", { kind: "late", message: "too long" }, 2],
  ["what took all memory", { kind: "memory", message: "too much" }, 2],
  ["what trapped", { kind: "trap", message: "unreachable" }, 2],
])("a template is asked for once, but for a limit that ended it: %s", async (_, outcome, expected) => {
  const asked: GoTemplateRequest[] = [];
  const cache = new Map<string, unknown>();
  const counting: Renderer = {
    ...renderer,
    goTemplate: async (request) => {
      asked.push(request);
      return outcome;
    },
  };
  const request = { templates: ["{{ .a }}"], parameters: { a: 2n ** 60n } };
  for (let job = 0; job < 2; job += 1) {
    const { renderContext } = await survey({}, { renderer: counting, cache });
    expect(await renderContext.renderer.goTemplate(request)).toEqual(outcome);
  }
  expect(asked).toHaveLength(expected);
  const { renderContext } = await survey({}, { renderer: counting, cache });
  await renderContext.renderer.goTemplate({ ...request, parameters: { a: "other" } });
  expect(asked).toHaveLength(expected + 1);
  const other = await survey({}, { renderer: { ...counting, digest: "other" }, cache });
  await other.renderContext.renderer.goTemplate(request);
  expect(asked).toHaveLength(expected + 2);
});
