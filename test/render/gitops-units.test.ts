import { expect, test } from "@jest/globals";
import { standings, stateOf, yields, type Files } from "./found-state.ts";

const pod = (name: string, image = "nginx:1.27"): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [{ name: main, image: "${image}" }] }\n`;

const url = "https://github.com/acme/gitops";
const application = (name: string, source: string, more = ""): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd }
spec:
  project: default
  destination: { server: https://kubernetes.default.svc, namespace: shop }
  source: { repoURL: ${url}.git, targetRevision: HEAD, ${source} }
${more}`;
const kustomization = (name: string, path: string, more = ""): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  interval: 10m
  prune: true
  path: ${path}
  sourceRef: { kind: GitRepository, name: flux-system }
${more}`;
const repository = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, url: "${url}", ref: { branch: main } }
`;

const flux: Files = {
  "clusters/prod/flux-system/kustomization.yaml": "resources: [sync.yaml]\n",
  "clusters/prod/flux-system/sync.yaml": `${repository}---\n${kustomization("flux-system", "./clusters/prod")}`,
  "clusters/prod/apps.yaml": kustomization(
    "apps",
    "./apps/prod",
    "  postBuild: { substituteFrom: [{ kind: ConfigMap, name: vars }] }\n",
  ),
  "clusters/prod/vars.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: vars, namespace: flux-system }\ndata: { image: 'nginx:9' }\n",
  "apps/base/kustomization.yaml": "resources: [web.yaml]\n",
  "apps/base/web.yaml": pod("web", "${image:=nginx:1}"),
  "apps/prod/kustomization.yaml": "namePrefix: prod-\nresources: [../base]\n",
};

test("Flux manages itself: the chain starts at its own object, each source stands once", async () => {
  const state = await stateOf(flux);
  expect(state.problems).toEqual([]);
  expect(
    state.graph.sources.map(({ id, parent, environments, manifests }) => [id, parent, environments, manifests]),
  ).toEqual([
    ["Kustomization flux-system/apps", "Kustomization flux-system/flux-system", ["prod"], 1],
    ["Kustomization flux-system/flux-system", undefined, ["prod"], 4],
  ]);
  expect(new Set(Object.values(standings(state)))).toEqual(
    new Set(["through Kustomization flux-system/apps", "through Kustomization flux-system/flux-system"]),
  );
  expect((await yields(state))["Kustomization flux-system/apps"]).toEqual(["Pod prod-web"]);
});

test("variables come from objects that other sources yield", async () => {
  const { units } = await stateOf(flux);
  const apps = units.find(({ source }) => source.id === "Kustomization flux-system/apps")!;
  const { yaml, gaps } = await apps.render();
  expect(yaml).toContain("image: nginx:9");
  expect(gaps).toEqual([]);
});

test("two clusters with the same objects are two sources, told apart by their environments", async () => {
  const both = Object.fromEntries(
    Object.entries(flux).flatMap(([path, file]) => [
      [path, file],
      [
        path.replace("/prod", "/test"),
        typeof file === "string" ? file.replaceAll("/prod", "/test").replace("prod-", "test-") : file,
      ],
    ]),
  );
  const state = await stateOf(both);
  expect(await yields(state)).toMatchObject({
    "Kustomization flux-system/apps (prod)": ["Pod prod-web"],
    "Kustomization flux-system/apps (test)": ["Pod test-web"],
  });
  const parents = state.graph.sources.map(({ id, parent }) => [id, parent]);
  expect(parents).toContainEqual([
    "Kustomization flux-system/apps (test)",
    "Kustomization flux-system/flux-system (test)",
  ]);
  expect(standings(state)["apps/base/web.yaml"]).toBe(
    "through Kustomization flux-system/apps (prod), Kustomization flux-system/apps (test)",
  );
});

test("an app of apps: a chart yields Applications, which render their own sources", async () => {
  const state = await stateOf({
    "apps/Chart.yaml": "apiVersion: v2\nname: apps\nversion: 1.0.0\n",
    "apps/values.yaml": "path: web\n",
    "apps/templates/web.yaml": application("{{ .Release.Name }}-web", "path: {{ .Values.path }}"),
    "web/web.yaml": pod("web"),
    "web/readme.yaml": "just: text\n",
    "root.yaml": application("root", "path: apps, helm: { releaseName: main }"),
  });
  expect(await yields(state)).toEqual({
    "Application argocd/main-web": ["Pod shop/web"],
    "Application argocd/root": ["Application argocd/main-web"],
  });
  expect(standings(state)).toEqual({
    "apps/Chart.yaml": "through Application argocd/root",
    "apps/templates/web.yaml": "through Application argocd/root",
    "apps/values.yaml": "through Application argocd/root",
    "root.yaml": "plain",
    "web/readme.yaml": "plain",
    "web/web.yaml": "through Application argocd/main-web",
  });
  expect(state.graph.sources.map(({ id, parent }) => [id, parent])).toEqual([
    ["Application argocd/main-web", "Application argocd/root"],
    ["Application argocd/root", undefined],
  ]);
});

test("an Application that yields itself ends", async () => {
  const state = await stateOf({ "apps/self.yaml": application("self", "path: apps"), "apps/web.yaml": pod("web") });
  expect(await yields(state)).toEqual({
    "Application argocd/self": ["Application argocd/self", "Pod shop/web"],
  });
});

test("Applications that yield each other are each there once", async () => {
  const state = await stateOf({
    "a/b.yaml": application("b", "path: b"),
    "b/a.yaml": application("a", "path: a"),
  });
  expect(Object.keys(await yields(state))).toEqual(["Application argocd/a", "Application argocd/b"]);
  expect(Object.values(standings(state))).toEqual(["through Application argocd/a", "through Application argocd/b"]);
});

test.each<[string, Files, { readonly [path: string]: string }]>([
  [
    "what an Application excludes stands for itself",
    {
      "app.yaml": application("app", "path: web, directory: { exclude: 'evil*' }"),
      "web/web.yaml": pod("web"),
      "web/evil.yaml": pod("evil"),
    },
    { "app.yaml": "plain", "web/evil.yaml": "plain", "web/web.yaml": "through Application argocd/app" },
  ],
  [
    "what an Application does not recurse into stands for itself",
    { "app.yaml": application("app", "path: web"), "web/web.yaml": pod("web"), "web/deep/evil.yaml": pod("evil") },
    { "app.yaml": "plain", "web/deep/evil.yaml": "plain", "web/web.yaml": "through Application argocd/app" },
  ],
  [
    "an Application of another repository covers nothing here",
    { "app.yaml": application("app", "path: web").replace("acme/gitops", "else/where"), "web/web.yaml": pod("web") },
    { "app.yaml": "plain", "web/web.yaml": "plain" },
  ],
  [
    "an Application that a plugin renders covers nothing",
    { "app.yaml": application("app", "path: web, plugin: { name: x }"), "web/web.yaml": pod("web") },
    { "app.yaml": "plain", "web/web.yaml": "plain" },
  ],
  [
    "an Application that cannot be rendered covers nothing",
    {
      "app.yaml": application("app", "path: web"),
      "web/kustomization.yaml": "resources: [web.yaml, gone.yaml]\n",
      "web/web.yaml": pod("web"),
    },
    {
      "app.yaml": "plain",
      "web/kustomization.yaml":
        "skipped: part of a Kustomize root that could not be rendered: its resources are judged as written in their own files",
      "web/web.yaml": "plain",
    },
  ],
  [
    "an Application that is excluded renders nothing",
    { "no/app.yaml": application("app", "path: web"), "web/web.yaml": pod("web") },
    { "web/web.yaml": "plain" },
  ],
])("%s", async (_, files, expected) => {
  expect(standings(await stateOf(files, { exclude: ["no/**"] }))).toEqual(expected);
});

test("a suspended Kustomization is rendered all the same, and known as suspended", async () => {
  const state = await stateOf({
    ...flux,
    "clusters/prod/apps.yaml": kustomization("apps", "./apps/prod", "  suspend: true\n"),
  });
  const apps = state.graph.sources.find(({ id }) => id === "Kustomization flux-system/apps");
  expect(apps).toMatchObject({ manifests: 1, traits: { suspended: true } });
});

test("an object that a root makes out of sight is still planned: what matters is what is rendered", async () => {
  const state = await stateOf({
    "k/kustomization.yaml": "namePrefix: x-\nresources: [app.yaml]\n",
    "k/app.yaml": application("app", "path: web"),
    "web/web.yaml": pod("web"),
  });
  expect(await yields(state)).toEqual({
    "Application argocd/x-app": ["Pod shop/web"],
    k: ["Application argocd/x-app"],
  });
});

test("a chart that no one renders is rendered with its own values, a library is not", async () => {
  const state = await stateOf({
    "charts/web/Chart.yaml":
      "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{ name: lib, version: 1.0.0, repository: 'file://../lib' }]\n",
    "charts/web/values.yaml": "image: nginx:3\n",
    "charts/web/values-prod.yaml": "image: nginx:4\n",
    "charts/web/templates/web.yaml": '{{ include "lib.pod" . }}',
    "charts/web/crds/thing.yaml": pod("crd"),
    "charts/web/notes.yaml": pod("beside"),
    "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
    "charts/lib/templates/_pod.tpl": `{{ define "lib.pod" }}${pod("{{ .Release.Name }}", "{{ .Values.image }}")}{{ end }}`,
    "charts/alone/Chart.yaml": "apiVersion: v2\nname: alone\nversion: 1.0.0\ntype: library\n",
  });
  expect(await yields(state)).toEqual({ "charts/web": ["Pod crd", "Pod web"] });
  expect((await state.units[0]!.render()).yaml).toContain("nginx:3");
  expect(standings(state)).toEqual({
    "charts/alone/Chart.yaml": "chart",
    "charts/lib/Chart.yaml": "through charts/web",
    "charts/web/Chart.yaml": "through charts/web",
    "charts/web/crds/thing.yaml": "through charts/web",
    "charts/web/notes.yaml": "chart",
    "charts/web/templates/web.yaml": "through charts/web",
    "charts/web/values-prod.yaml": "chart",
    "charts/web/values.yaml": "through charts/web",
  });
});

test("a chart that needs values is a problem at the chart", async () => {
  const state = await stateOf({
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/templates/web.yaml": '{{ required "image is needed" .Values.image }}\n',
  });
  expect((await yields(state))["web"]).toEqual([
    expect.stringMatching(/^web\/(?:Chart|templates\/web)\.yaml:1: .*image is needed/),
  ]);
});

const release = (chart: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: db, namespace: data }
spec:
  interval: 1h
  chart: { spec: { chart: db, version: ${chart}, sourceRef: { kind: HelmRepository, name: charts } } }
  values: { image: "postgres:17" }
`;
const helmRepository =
  "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: { name: charts, namespace: data }\nspec: { url: https://charts.example.com }\n";

test("a chart of a registry is a gap, and rendered where a copy is vendored", async () => {
  const files = { "r.yaml": `${release("1.2.3")}---\n${helmRepository}` };
  const without = await stateOf(files);
  expect(without.graph.gaps).toMatchObject([{ source: "HelmRelease data/db", path: "r.yaml", line: 1 }]);
  expect(without.graph.gaps[0]?.reason).toContain("chart db 1.2.3 of https://charts.example.com is only in a registry");
  expect(without.graph.sources[0]).not.toHaveProperty("manifests");
  const vendored = {
    "vendor/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.2.3\n",
    "vendor/db/templates/db.yaml": pod("{{ .Release.Name }}", "{{ .Values.image }}"),
  };
  const config = { helm: { vendor: "vendor" } };
  const withCopy = await stateOf({ ...files, ...vendored }, { config });
  expect(withCopy.graph.gaps).toEqual([]);
  expect((await yields(withCopy))["HelmRelease data/db"]).toEqual([expect.stringMatching(/^Pod (?:data\/)?db$/)]);
  const other = await stateOf({ "r.yaml": `${release("2.0.0")}---\n${helmRepository}`, ...vendored }, { config });
  expect(other.graph.gaps).toHaveLength(1);
});

test("a value of a chart stands where it was given: in the object, in a values file, in the template", async () => {
  const state = await stateOf({
    "app.yaml": application("app", "path: web, helm: { valueFiles: [prod.yaml], valuesObject: { name: one } }"),
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/values.yaml": "image: nginx:1\npolicy: Always\n",
    "web/prod.yaml": "# of production\nimage: nginx:2\n",
    "web/templates/web.yaml": `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  hostname: {{ .Values.name }}
  containers:
    - name: main
      image: {{ .Values.image }}
      imagePullPolicy: {{ .Values.policy }}
`,
  });
  const reading = await state.units[0]!.render();
  const [web] = reading.manifests;
  expect(web?.position).toMatchObject({ path: "web/templates/web.yaml", line: 1 });
  await reading.prepare();
  const places = [
    "/spec/hostname",
    "/spec/containers/0/image",
    "/spec/containers/0/imagePullPolicy",
    "/spec/containers/0/name",
    "/metadata/namespace",
  ].map((pointer) => reading.place(web!, pointer));
  expect(places.map(({ path, place, precision }) => [path, place.line, precision])).toEqual([
    ["app.yaml", 7, undefined],
    ["web/prod.yaml", 2, undefined],
    ["web/values.yaml", 2, undefined],
    ["web/templates/web.yaml", 7, undefined],
    ["app.yaml", 1, "source"],
  ]);
});

test("a namespace is given to what lacks one, unless a CRD of the tree says that it takes none", async () => {
  const crd = (kind: string, scope: string): string =>
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: ${kind.toLowerCase()}s.acme.io }\nspec: { group: acme.io, scope: ${scope}, names: { kind: ${kind} }, versions: [] }\n`;
  const thing = (kind: string): string => `apiVersion: acme.io/v1\nkind: ${kind}\nmetadata: { name: one }\n`;
  const files = {
    "app.yaml": application("app", "path: web"),
    "crds/a.yaml": crd("Wide", "Cluster"),
    "crds/b.yaml": crd("Narrow", "Namespaced"),
    "web/all.yaml": [thing("Wide"), thing("Narrow"), thing("Unknown"), pod("web")].join("---\n"),
  };
  const state = await stateOf(files);
  expect(await yields(state)).toEqual({
    "Application argocd/app": ["Wide one", "Narrow shop/one", "Unknown shop/one", "Pod shop/web"],
  });
  const other = await stateOf({ ...files, "crds/a.yaml": crd("Wide", "Namespaced") });
  expect(other.units[0]?.key).not.toBe(state.units[0]?.key);
});

test("an object that a source yields is planned as it yields it, and not as its file says", async () => {
  const state = await stateOf({
    "root.yaml": application("root", "path: apps").replace("namespace: shop", "namespace: argocd"),
    "apps/web.yaml": application("web", "path: web").replace(", namespace: argocd }", " }"),
    "web/web.yaml": pod("web"),
  });
  expect(await yields(state)).toEqual({
    "Application argocd/root": ["Application argocd/web"],
    "Application argocd/web": ["Pod shop/web"],
  });
});

test("of roots that Applications in each other reach, each is there once", async () => {
  const state = await stateOf({
    "a/kustomization.yaml": "resources: [app.yaml]\n",
    "a/app.yaml": application("to-b", "path: b"),
    "b/kustomization.yaml": "resources: [app.yaml]\n",
    "b/app.yaml": application("to-a", "path: a"),
  });
  expect(await yields(state)).toEqual({
    "Application argocd/to-a": ["Application argocd/to-b"],
    "Application argocd/to-b": ["Application argocd/to-a"],
  });
});
