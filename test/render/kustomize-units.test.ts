import { expect, test } from "@jest/globals";
import { rendered, standings, stateOf, yields, type Asked, type Files } from "./found-state.ts";

const pod = (name: string, image = "nginx:1.27"): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [{ name: main, image: "${image}" }] }\n`;
const settings = (name: string, data = "a: b"): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { ${data} }\n`;

const overlays: Files = {
  "base/kustomization.yaml": "resources: [web.yaml]\n",
  "base/web.yaml": pod("web"),
  "overlays/prod/kustomization.yaml":
    "namePrefix: prod-\nresources: [../../base]\npatches: [{ path: image.yaml }]\nconfigMapGenerator: [{ name: env, files: [env.yaml] }]\n",
  "overlays/prod/image.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { hostNetwork: true }\n",
  "overlays/prod/env.yaml": "level: info\n",
  "overlays/test/kustomization.yaml": "namePrefix: test-\nresources: [../../base]\n",
  "plain.yaml": pod("plain"),
};

test("what roots load is judged through them, the rest as it stands", async () => {
  const state = await stateOf(overlays);
  expect(standings(state)).toEqual({
    "base/kustomization.yaml": "through overlays/prod, overlays/test",
    "base/web.yaml": "through overlays/prod, overlays/test",
    "overlays/prod/env.yaml": "through overlays/prod",
    "overlays/prod/image.yaml": "through overlays/prod",
    "overlays/prod/kustomization.yaml": "through overlays/prod",
    "overlays/test/kustomization.yaml": "through overlays/test",
    "plain.yaml": "plain",
  });
  const found = await yields(state);
  expect(found["overlays/test"]).toEqual(["Pod test-web"]);
  expect(found["overlays/prod"]).toEqual([expect.stringMatching(/^ConfigMap prod-env-/), "Pod prod-web"]);
  expect(state.graph.sources.map(({ id, manifests, reads }) => [id, manifests, reads.length])).toEqual([
    ["overlays/prod", 2, 5],
    ["overlays/test", 1, 3],
  ]);
});

test("a change of one overlay gives one other key, and nothing else is rendered again", async () => {
  const cache = new Map<string, unknown>();
  const before = await stateOf(overlays, { cache });
  const asked = rendered.kustomize;
  const after = await stateOf({ ...overlays, "overlays/prod/env.yaml": "level: debug\n" }, { cache });
  for (const unit of after.units) await unit.render();
  expect(rendered.kustomize - asked).toBe(1);
  const keys = ({ units }: typeof before) => Object.fromEntries(units.map(({ source, key }) => [source.id, key]));
  expect(keys(after)["overlays/test"]).toBe(keys(before)["overlays/test"]);
  expect(keys(after)["overlays/prod"]).not.toBe(keys(before)["overlays/prod"]);
});

test("a file that was missing makes another key once it is there", async () => {
  const files = { "kustomization.yaml": "resources: [a.yaml]\n" };
  const [without, withIt] = [await stateOf(files), await stateOf({ ...files, "a.yaml": pod("a") })];
  expect(without.units[0]?.key).not.toBe(withIt.units[0]?.key);
  expect((await yields(without))["."]?.[0]).toContain("kustomization.yaml");
});

test.each<[string, Files, Asked, { readonly [path: string]: string }]>([
  [
    "a root that cannot be built covers nothing",
    {
      "a/kustomization.yaml": "resources: [web.yaml, gone.yaml]\npatches: [{ path: p.yaml }]\n",
      "a/web.yaml": pod("web"),
      "a/p.yaml": pod("web"),
    },
    {},
    {
      "a/kustomization.yaml":
        "skipped: part of a Kustomize root that could not be rendered: its resources are judged as written in their own files",
      "a/p.yaml": "used as patch of a/kustomization.yaml",
      "a/web.yaml": "plain",
    },
  ],
  [
    "a patch whose target is not there stands for itself",
    {
      "kustomization.yaml": "resources: [web.yaml]\npatches: [{ path: evil.yaml, target: { kind: Job } }]\n",
      "web.yaml": pod("web"),
      "evil.yaml": pod("evil", "evil:latest"),
    },
    {},
    { "evil.yaml": "used as patch of kustomization.yaml", "kustomization.yaml": "through .", "web.yaml": "through ." },
  ],
  [
    "a patch with a target arrives where all that it says is rendered",
    {
      "kustomization.yaml": "resources: [c.yaml]\npatches: [{ path: p.yaml, target: { kind: ConfigMap } }]\n",
      "c.yaml": settings("c"),
      "p.yaml": settings("any", "x: why"),
    },
    {},
    { "c.yaml": "through .", "kustomization.yaml": "through .", "p.yaml": "through ." },
  ],
  [
    "a generator input is not hidden by a rendered object of another name that has its values",
    {
      "kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator: [{ name: x, files: [evil.yaml] }]\n",
      "web.yaml": pod("web", "evil:latest"),
      "evil.yaml": pod("evil", "evil:latest"),
    },
    {},
    {
      "evil.yaml": "used as generator input of kustomization.yaml",
      "kustomization.yaml": "through .",
      "web.yaml": "through .",
    },
  ],
  [
    "a generator input that is a rendered object arrives",
    {
      "kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator: [{ name: x, files: [copy.yaml] }]\n",
      "web.yaml": pod("web"),
      "copy.yaml": pod("web"),
    },
    {},
    { "copy.yaml": "through .", "kustomization.yaml": "through .", "web.yaml": "through ." },
  ],
  [
    "a manifest that only feeds a generator stands for itself",
    { "kustomization.yaml": "configMapGenerator: [{ name: x, files: [evil.yaml] }]\n", "evil.yaml": pod("evil") },
    {},
    { "evil.yaml": "used as generator input of kustomization.yaml", "kustomization.yaml": "through ." },
  ],
  [
    "a component that nothing loads covers nothing",
    {
      "c/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [web.yaml]\n",
      "c/web.yaml": pod("web"),
    },
    {},
    { "c/kustomization.yaml": "skipped: a component that no kustomization in scope loads", "c/web.yaml": "plain" },
  ],
  [
    "what is excluded is judged through the root in scope that loads it",
    {
      "prod/kustomization.yaml": "resources: [../old]\n",
      "old/kustomization.yaml": "resources: [web.yaml]\n",
      "old/web.yaml": pod("web"),
      "old/more.yaml": pod("more"),
    },
    { exclude: ["old/**"] },
    {
      "old/kustomization.yaml": "through prod",
      "old/web.yaml": "through prod",
      "prod/kustomization.yaml": "through prod",
    },
  ],
  [
    "a base whose overlays are all excluded is a root",
    {
      "prod/kustomization.yaml": "resources: [../base]\n",
      "base/kustomization.yaml": "resources: [web.yaml]\n",
      "base/web.yaml": pod("web"),
    },
    { exclude: ["prod/**"] },
    { "base/kustomization.yaml": "through base", "base/web.yaml": "through base" },
  ],
  [
    "a named directory is a root by itself",
    overlays,
    { paths: ["base"] },
    { "base/kustomization.yaml": "through base", "base/web.yaml": "through base" },
  ],
  [
    "a base may be reached by a link",
    {
      "prod/kustomization.yaml": "resources: [base]\n",
      "prod/base": { symlink: "../real" },
      "real/kustomization.yaml": "resources: [web.yaml]\n",
      "real/web.yaml": pod("web"),
    },
    {},
    {
      "prod/base": "skipped: symbolic link to the directory real, whose files are judged at their own paths",
      "prod/kustomization.yaml": "through prod",
      "real/kustomization.yaml": "through prod",
      "real/web.yaml": "through prod",
    },
  ],
])("%s", async (_, files, asked, expected) => {
  expect(standings(await stateOf(files, asked))).toEqual(expected);
});

test("roots that load each other in a circle are a problem, not nothing", async () => {
  const state = await stateOf({
    "a/kustomization.yaml": "resources: [../b, web.yaml]\n",
    "a/web.yaml": pod("web"),
    "b/kustomization.yaml": "resources: [../a]\n",
  });
  expect(Object.keys(await yields(state))).toEqual(["a"]);
  expect((await yields(state))["a"]?.[0]).toMatch(/cycle/);
  expect(standings(state)["a/web.yaml"]).toBe("plain");
});

const remote = "https://github.com/acme/base//deploy?ref=v1";

test("what would have to be fetched is a gap at its line", async () => {
  const state = await stateOf({
    "k/kustomization.yaml": `resources:\n  - web.yaml\n  - ${remote}\n`,
    "k/web.yaml": pod("web"),
  });
  expect((await yields(state))["k"]).toEqual([]);
  expect(state.graph.gaps).toMatchObject([
    { source: "k", path: "k/kustomization.yaml", line: 3, reason: expect.stringMatching(/^https:.*is not in this/) },
  ]);
  expect(standings(state)["k/web.yaml"]).toBe("plain");
});

test("a copy in the tree stands in for what would have to be fetched", async () => {
  const single = "https://example.com/crd.yaml";
  const state = await stateOf(
    {
      "k/kustomization.yaml": `resources:\n  - ${remote}\n  - "${single}"\n`,
      "vendor/base/kustomization.yaml": "resources: [web.yaml]\n",
      "vendor/base/web.yaml": pod("web"),
      "vendor/crd.yaml": settings("crd"),
    },
    { config: { kustomize: { vendored: { [remote]: "vendor/base", [single]: "vendor/crd.yaml" } } } },
  );
  expect(await yields(state)).toEqual({ k: ["ConfigMap crd", "Pod web"] });
  expect(standings(state)["vendor/crd.yaml"]).toBe("through k");
  const { manifests } = await state.units[0]!.render();
  expect(manifests.map(({ position: { path, line } }) => `${path}:${line}`)).toEqual([
    "vendor/crd.yaml:1",
    "vendor/base/web.yaml:1",
  ]);
});

test("a rendered manifest stands at its own text, and a value at the line that says it", async () => {
  const state = await stateOf({
    "kustomization.yaml": "namePrefix: x-\nresources: [all.yaml]\nimages: [{ name: nginx, newTag: '2' }]\n",
    "all.yaml": `${settings("c")}---\n# a comment\n${pod("web")}`,
  });
  const reading = await state.units[0]!.render();
  const web = reading.manifests.find(({ identity }) => identity.kind === "Pod")!;
  expect(web.position).toEqual({ path: "all.yaml", document: 1, line: 7, pointer: "" });
  expect(web.source).toBe(".");
  await reading.prepare();
  expect(reading.place(web, "/spec/containers/0/name")).toMatchObject({ path: "all.yaml", place: { line: 10 } });
});

test("charts of a kustomization are rendered from the tree, and are no sources by themselves", async () => {
  const chart: Files = {
    "k/charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "k/charts/web/values.yaml": "image: nginx:1\n",
    "k/charts/web/templates/pod.yaml": pod("{{ .Release.Name }}", "{{ .Values.image }}"),
  };
  const state = await stateOf({
    "k/kustomization.yaml": "namespace: shop\nhelmCharts: [{ name: web, releaseName: one, valuesFile: v.yaml }]\n",
    "k/v.yaml": "image: nginx:2\n",
    ...chart,
  });
  expect(await yields(state)).toEqual({ k: ["Pod one"] });
  expect(new Set(Object.values(standings(state)))).toEqual(new Set(["through k"]));
});

test("a chart that only a registry has stops the root, and says so", async () => {
  const state = await stateOf({
    "k/kustomization.yaml":
      "resources: [web.yaml]\nhelmCharts: [{ name: db, repo: https://charts.example.com, version: 1.2.3 }]\n",
    "k/web.yaml": pod("web"),
  });
  expect(state.graph.gaps).toMatchObject([{ source: "k", path: "k/kustomization.yaml", line: 2 }]);
  expect(state.graph.gaps[0]?.reason).toContain("chart db (https://charts.example.com 1.2.3) is not in this tree");
  expect(standings(state)["k/web.yaml"]).toBe("plain");
});

const inflation =
  "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: { name: db }\nname: db\nrepo: https://charts.example.com\nversion: 1.2.3\n";

test.each<[string, Files, readonly (readonly [string, number])[]]>([
  [
    "a file",
    { "k/kustomization.yaml": "generators: [charts.yaml]\n", "k/charts.yaml": `# Charts\n---\n${inflation}` },
    [["k/charts.yaml", 8]],
  ],
  [
    "the kustomization itself",
    { "k/kustomization.yaml": `generators:\n- |\n  ${inflation.replaceAll("\n", "\n  ")}\n` },
    [["k/kustomization.yaml", 1]],
  ],
  [
    "a directory that it names",
    {
      "k/kustomization.yaml": "generators: [../shared]\n",
      "shared/kustomization.yaml": "resources: [charts.yaml]\n",
      "shared/charts.yaml": inflation,
    },
    [["shared/charts.yaml", 1]],
  ],
  [
    "a base",
    {
      "k/kustomization.yaml": "resources: [base]\n",
      "k/base/kustomization.yaml": "generators: [charts.yaml]\n",
      "k/base/charts.yaml": inflation,
    },
    [["k/base/charts.yaml", 6]],
  ],
])("a chart of a generator in %s is a gap at its line", async (_, files, places) => {
  const state = await stateOf(files);
  expect(state.graph.gaps.map(({ path, line }) => [path, line])).toEqual(places);
  expect(state.graph.gaps[0]).toMatchObject({
    source: "k",
    reason: expect.stringMatching(
      /^chart db \(https:\/\/charts\.example\.com 1\.2\.3\) is not (?:rendered|in this tree)/,
    ),
  });
  expect((await state.units[0]?.render())?.problems).toEqual([]);
});

test.each<[string, Files]>([
  [
    "a file",
    { "k/kustomization.yaml": "resources: [web.yaml]\ngenerators: [charts.yaml]\n", "k/charts.yaml": inflation },
  ],
  [
    "the kustomization itself",
    { "k/kustomization.yaml": `resources: [web.yaml]\ngenerators:\n- |\n  ${inflation.replaceAll("\n", "\n  ")}\n` },
  ],
])("a chart of a generator in %s yields what one of helmCharts does, where it is in the tree", async (_, files) => {
  const chart = {
    "k/web.yaml": pod("web"),
    "k/charts/db-1.2.3/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.2.3\n",
    "k/charts/db-1.2.3/db/values.yaml": "image: db:1\n",
    "k/charts/db-1.2.3/db/templates/db.yaml": pod("db", "{{ .Values.image }}"),
  };
  const listed = await stateOf({
    ...chart,
    "k/kustomization.yaml":
      "resources: [web.yaml]\nhelmCharts: [{ name: db, repo: https://charts.example.com, version: 1.2.3 }]\n",
  });
  const state = await stateOf({ ...chart, ...files });
  expect(state.graph.gaps).toEqual([]);
  const [unit, other] = await Promise.all([state.units[0]?.render(), listed.units[0]?.render()]);
  expect(unit?.problems).toEqual([]);
  expect(unit?.yaml).toContain("db:1");
  expect(unit?.yaml).toBe(other?.yaml);
});

test("other generators are no gap", async () => {
  const state = await stateOf({
    "k/kustomization.yaml": "generators: [settings.yaml]\n",
    "k/settings.yaml":
      "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: { name: db }\nname: db\nliterals: [a=b]\n",
  });
  expect(state.graph.gaps).toEqual([]);
  expect(await yields(state)).toEqual({ k: [expect.stringMatching(/^ConfigMap db-/)] });
});
