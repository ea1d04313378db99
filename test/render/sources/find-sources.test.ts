import { expect, test } from "@jest/globals";
import { rendered, standings, stateOf, yields, type Files } from "../found-state.ts";

const pod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [{ name: main, image: nginx }] }\n`;
const url = "https://github.com/acme/gitops";
const repository = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, url: "${url}", ref: { branch: main } }
`;
const kustomization = (name: string, path: string, more = ""): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  interval: 10m
  prune: true
  path: ${path}
  sourceRef: { kind: GitRepository, name: flux-system }
${more}`;
/** Reads as an object of Flux, and asks for nothing of the tree. */
const alert = (name: string): string =>
  `apiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Alert\nmetadata: { name: ${name} }\nspec: {}\n`;
const chart = (name: string): string => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`;
/** A substitution makes what an object renders another source than the root by itself. */
const substituted = "  postBuild: { substitute: { a: b } }\n";
async function sourcesOf(files: Files): Promise<{
  readonly found: { readonly [source: string]: readonly string[] };
  readonly kustomize: number;
  readonly helm: number;
}> {
  const before = { ...rendered };
  const state = await stateOf(files);
  const after = { ...rendered };
  return {
    found: await yields(state),
    kustomize: after.kustomize - before.kustomize,
    helm: after.helm - before.helm,
  };
}

test.each<[string, Files, { readonly [source: string]: readonly unknown[] }, { kustomize: number; helm: number }]>([
  [
    "a root that an object in a file applies is rendered as the object asks, and not by itself",
    {
      "flux.yaml": `${repository}---\n${kustomization("apps", "./apps", substituted)}`,
      "apps/kustomization.yaml": "resources: [web.yaml, more.yaml]\n",
      "apps/web.yaml": pod("web"),
      "apps/more.yaml": `${repository}---\n${kustomization("more", "./more", substituted)}`,
      "more/kustomization.yaml": "resources: [alert.yaml]\n",
      "more/alert.yaml": alert("a"),
    },
    {
      "Kustomization flux-system/apps": [
        "GitRepository flux-system/flux-system",
        "Kustomization flux-system/more",
        "Pod web",
      ],
      "Kustomization flux-system/more": ["Alert a"],
    },
    { kustomize: 2, helm: 0 },
  ],
  [
    "a root that an object of an earlier root applies is not rendered by itself",
    {
      "a/kustomization.yaml": "resources: [flux.yaml]\n",
      "a/flux.yaml": `${repository}---\n${kustomization("b", "./b", substituted)}`,
      "b/kustomization.yaml": "resources: [alert.yaml]\n",
      "b/alert.yaml": alert("b"),
    },
    {
      a: ["GitRepository flux-system/flux-system", "Kustomization flux-system/b"],
      "Kustomization flux-system/b": ["Alert b"],
    },
    { kustomize: 2, helm: 0 },
  ],
  [
    "a root that an object of a later root applies is one source, as the object asks",
    {
      "b/kustomization.yaml": "resources: [flux.yaml]\n",
      "b/flux.yaml": `${repository}---\n${kustomization("a", "./a", substituted)}`,
      "a/kustomization.yaml": "resources: [alert.yaml, w.yaml]\n",
      "a/alert.yaml": `# argoproj.io/v1alpha1\n${alert("a")}`,
      "a/w.yaml": repository,
    },
    {
      b: ["GitRepository flux-system/flux-system", "Kustomization flux-system/a"],
      "Kustomization flux-system/a": ["Alert a", "GitRepository flux-system/flux-system"],
    },
    { kustomize: 3, helm: 0 },
  ],
  [
    "a root that only an object of another root applies is rendered by itself where a later root removes that object",
    {
      "a/kustomization.yaml": "resources: [flux.yaml, alert.yaml]\n",
      "a/flux.yaml": kustomization("b", "./b", substituted),
      "a/alert.yaml": alert("a"),
      "b/kustomization.yaml": "resources: [alert.yaml]\n",
      "b/alert.yaml": alert("b"),
      "c/kustomization.yaml": "resources: [flux.yaml]\n",
      "c/flux.yaml": `${repository}---\n${kustomization(
        "a",
        "./a",
        `  patches:
  - target: { kind: Kustomization }
    patch: '{ apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: { name: b }, $patch: delete }'
`,
      )}`,
      "d.yaml": repository,
    },
    {
      b: ["Alert b"],
      c: ["GitRepository flux-system/flux-system", "Kustomization flux-system/a"],
      "Kustomization flux-system/a": ["Alert a"],
    },
    { kustomize: 5, helm: 0 },
  ],
  [
    "an object in a file that a root reads is followed from the root where it can be rendered",
    {
      "a/kustomization.yaml": "namePrefix: x-\nresources: [flux.yaml]\n",
      "a/flux.yaml": kustomization("b", "./b"),
      "b/web.yaml": pod("web"),
      "flux.yaml": repository.replace("name: flux-system", "name: x-flux-system"),
    },
    {
      a: ["Kustomization flux-system/x-b"],
      "Kustomization flux-system/x-b": ["Pod web"],
    },
    { kustomize: 2, helm: 0 },
  ],
  [
    "an object in a file of a root that cannot be rendered is followed as it stands",
    {
      "a/kustomization.yaml": "namePrefix: x-\nresources: [flux.yaml, gone.yaml]\n",
      "a/flux.yaml": `${repository}---\n${kustomization("b", "./b")}`,
      "b/web.yaml": pod("web"),
    },
    {
      a: [expect.stringContaining("gone.yaml")],
      "Kustomization flux-system/b": ["Pod web"],
    },
    { kustomize: 2, helm: 0 },
  ],
  [
    "a chart whose objects are of interest is rendered by itself where nothing applies it",
    {
      "app/Chart.yaml": chart("app"),
      "app/templates/alert.yaml": alert("a"),
    },
    { app: ["Alert a"] },
    { kustomize: 0, helm: 1 },
  ],
  [
    "a chart that a root of GitOps objects accounts for is not rendered by itself",
    {
      "app/Chart.yaml": chart("app"),
      "app/templates/alert.yaml": alert("a"),
      "z/kustomization.yaml": "resources: [flux.yaml]\n",
      "z/flux.yaml": `${repository}---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: app, namespace: flux-system }
spec:
  interval: 10m
  chart: { spec: { chart: ./app, sourceRef: { kind: GitRepository, name: flux-system } } }
---
${kustomization("self", "./z")}`,
    },
    {
      "HelmRelease flux-system/app": ["Alert flux-system/a"],
      "Kustomization flux-system/self": [
        "GitRepository flux-system/flux-system",
        "HelmRelease flux-system/app",
        "Kustomization flux-system/self",
      ],
    },
    { kustomize: 2, helm: 1 },
  ],
])("%s", async (_, files, expected, counts) => {
  const { found, ...counted } = await sourcesOf(files);
  expect(Object.fromEntries(Object.entries(found).map(([id, lines]) => [id, lines.toSorted()]))).toEqual(expected);
  expect(counted).toEqual(counts);
});

test.each<[string, string, Files]>([
  ["a chart at the root of the tree is named chart", "chart", { "Chart.yaml": chart("web"), "templates/a.yaml": "" }],
  ["a chart is named as its directory", "web", { "charts-of/web/Chart.yaml": chart("x") }],
  ["a name is spelt as Kubernetes takes it", "my-app-2", { "x/--My_App.2-/Chart.yaml": chart("x") }],
  ["a name is cut where Helm cuts it", "a".repeat(53), { [`${"a".repeat(60)}/Chart.yaml`]: chart("x") }],
  ["a name of which nothing is left is chart", "chart", { "___/Chart.yaml": chart("x") }],
])("of a release that nothing asks for: %s", async (_, name, files) => {
  const [path = ""] = Object.keys(files);
  const directory = path.slice(0, -"Chart.yaml".length);
  const template = pod("{{ .Release.Name }}").replace("}} }", "}}, namespace: {{ .Release.Namespace }} }");
  const state = await stateOf({
    ...files,
    [`${directory}templates/a.yaml`]: template,
    [`${directory}crds/b.yaml`]: pod("crd"),
  });
  expect(Object.values(await yields(state))).toEqual([["Pod crd", `Pod default/${name}`]]);
});

test("roots that yield GitOps objects are rendered ahead as far as the renderer has room, and found are the same sources", async () => {
  const root = (name: string, more: string): Files => ({
    [`${name}/kustomization.yaml`]: "resources: [all.yaml]\n",
    [`${name}/all.yaml`]: `${pod(name)}---\n${more}`,
  });
  const files = {
    ...root("a", alert("a")),
    ...root("b", alert("b")),
    ...root("c", `${repository}---\n${kustomization("d", "./d", substituted)}`),
    ...root("d", alert("d")),
  };
  const foundWith = async (sideBySide: number) => {
    rendered.most = 0;
    const found = await yields(await stateOf(files, { sideBySide }));
    return { found, most: rendered.most };
  };
  const one = await foundWith(1);
  const two = await foundWith(2);
  expect(Object.keys(one.found).toSorted()).toEqual(["Kustomization flux-system/d", "a", "b", "c"]);
  expect(two).toEqual({ found: one.found, most: 2 });
  expect(one.most).toBe(1);
});

test("roots are found before charts, which they may use", async () => {
  const files = {
    "root/kustomization.yaml": "helmCharts: [{ name: web, releaseName: main }]\n",
    "root/charts/web/Chart.yaml": chart("web"),
    "root/charts/web/values.yaml": "a: 1\n",
    "root/charts/web/templates/a.yaml": pod("{{ .Release.Name }}"),
    "own/Chart.yaml": chart("own"),
    "own/templates/a.yaml": pod("{{ .Release.Name }}"),
  };
  const state = await stateOf(files);
  expect(await yields(state)).toEqual({ own: ["Pod own"], root: ["Pod main"] });
  expect(standings(state)["root/charts/web/templates/a.yaml"]).toBe("through root");
});

test.each<[string, Files, readonly string[]]>([
  ["in a folder of clusters, where Flux is used", { "flux.yaml": repository }, ["prod"]],
  ["in no known environment, where Flux is not used", {}, []],
])("a root below clusters/prod lands %s", async (_, files, expected) => {
  const { units } = await stateOf({
    ...files,
    "infra/clusters/prod/apps/kustomization.yaml": "resources: [web.yaml]\n",
    "infra/clusters/prod/apps/web.yaml": pod("web"),
  });
  expect(units.map(({ source }) => [source.id, source.environments])).toEqual([["infra/clusters/prod/apps", expected]]);
});

test("what one source yields is known where others are planned, also when it is found later", async () => {
  const state = await stateOf({
    "a.yaml": `${repository}---\n${kustomization(
      "apps",
      "./apps",
      "  postBuild: { substituteFrom: [{ kind: ConfigMap, name: vars }] }\n",
    )}`,
    "apps/web.yaml": pod('"${name:=unknown}"'),
    "z.yaml": kustomization("vars", "./vars", "  postBuild: { substitute: { value: web } }\n"),
    "vars/vars.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: vars, namespace: flux-system }\ndata: { name: '${value}' }\n",
  });
  expect((await yields(state))["Kustomization flux-system/apps"]).toEqual(["Pod web"]);
  expect(state.problems).toEqual([]);
});

test("a chart that lacks a dependency is one gap, also where a release applies it", async () => {
  const dependent = `${chart("web")}dependencies: [{ name: base, version: 1.0.0, repository: "https://charts.example" }]\n`;
  const files = { "web/Chart.yaml": dependent, "web/templates/a.yaml": pod("a") };
  const alone = await stateOf(files);
  expect(alone.graph.gaps.map(({ source, path }) => `${source} ${path}`)).toEqual(["web web/Chart.yaml"]);
  const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: flux-system }
spec:
  interval: 10m
  chart: { spec: { chart: ./web, sourceRef: { kind: GitRepository, name: flux-system } } }
`;
  const applied = await stateOf({ ...files, "flux.yaml": `${repository}---\n${release}` });
  expect(applied.graph.gaps.map(({ source, path }) => `${source} ${path}`)).toEqual([
    "HelmRelease flux-system/web web/Chart.yaml",
  ]);
});
