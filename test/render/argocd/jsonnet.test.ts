import { expect, test } from "@jest/globals";
import { stateOf, standings, yields, type Files } from "../found-state.ts";

const application = (directory: string, more = ""): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec:
  project: default
  destination: { name: in-cluster, namespace: shop }
  source:
    repoURL: https://github.com/acme/gitops
    path: app
    directory: ${directory}
${more}`;
const configMap = (name: string): string => `{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '${name}' } }`;
const yaml = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

const source = "Application argocd/web";

async function yielded(files: Files): Promise<readonly string[] | undefined> {
  return (await yields(await stateOf(files)))[source];
}

test("a directory mixes YAML, JSON and Jsonnet, in the order of their paths", async () => {
  const files = {
    "app.yaml": application("{ jsonnet: { libs: [lib] } }"),
    "app/a.yaml": yaml("a"),
    "app/b.jsonnet":
      "[import 'b.libsonnet', import 'c.libsonnet', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }]",
    "app/b.libsonnet": configMap("b"),
    "lib/c.libsonnet": configMap("c"),
    "app/d.json": '{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "d" } }',
    "other.jsonnet": configMap("other"),
  };
  const state = await stateOf(files);
  expect((await yields(state))[source]).toEqual([
    "ConfigMap shop/a",
    "ConfigMap shop/b",
    "ConfigMap shop/c",
    "Namespace n",
    "ConfigMap shop/d",
  ]);
  expect(state.graph.gaps).toEqual([]);
  const through = `through ${source}`;
  expect(standings(state)).toEqual({
    "app.yaml": "plain",
    "app/a.yaml": through,
    "app/b.jsonnet": through,
    "app/b.libsonnet": through,
    "lib/c.libsonnet": through,
    "app/d.json": through,
    "other.jsonnet": "skipped: Jsonnet is not rendered",
  });
});

test("variables are filled as Argo CD fills them", async () => {
  const tlas = "[{ name: name, value: $ARGOCD_APP_NAME }, { name: count, value: '1 + 1', code: true }]";
  const options = `{ jsonnet: { tlas: ${tlas}, extVars: [{ name: x, value: '{ y: "z" }', code: true }] } }`;
  const main =
    "function(name, count) { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name + count + std.extVar('x').y } }";
  expect(await yielded({ "app.yaml": application(options), "app/main.jsonnet": main })).toEqual([
    "ConfigMap shop/web2z",
  ]);
});

test.each([
  ["by default the directory alone", "{ jsonnet: { tlas: [] } }", ["a", "b"]],
  ["with what is below it", "{ recurse: true }", ["a", "b", "c"]],
  ["what is included", "{ recurse: true, include: '{a,*c}.jsonnet' }", ["a", "c"]],
  ["what is not excluded", "{ recurse: true, exclude: 'a*' }", ["b", "c"]],
])("of Jsonnet files are evaluated: %s", async (_, options, names) => {
  const files = {
    "app.yaml": application(options),
    "app/a.jsonnet": configMap("a"),
    "app/b.jsonnet": configMap("b"),
    "app/below/c.jsonnet": configMap("c"),
    "app/marked.jsonnet": `# +argocd:skip-file-rendering\n${configMap("marked")}`,
    "app/lib.libsonnet": "error 'a library is not evaluated by itself'",
  };
  expect(await yielded(files)).toEqual(names.map((name) => `ConfigMap shop/${name}`));
});

test.each([
  [
    "an import that is not there",
    { "app/main.jsonnet": "{\n  a: import 'gone.libsonnet',\n}" },
    `app/main.jsonnet:2: cannot be rendered: couldn't open import "gone.libsonnet": it is neither beside the file that imports it nor in the directory or the libraries of the source`,
  ],
  [
    "an error in a library",
    { "app/main.jsonnet": "import 'a.libsonnet'", "app/a.libsonnet": "\nerror 'no'" },
    "app/a.libsonnet:2: cannot be rendered: app/main.jsonnet: no",
  ],
  [
    "what is no object",
    { "app/main.jsonnet": "{ kind: 'A' }" },
    "app/main.jsonnet:1: cannot be rendered: its output: expected an object of Kubernetes, found one without apiVersion",
  ],
])("%s is a problem at its line, and the directory yields nothing", async (_, files, problem) => {
  const all = { "app.yaml": application("{ recurse: true }"), "app/a.yaml": yaml("a"), ...files };
  expect(await yielded(all)).toEqual([problem]);
});

test("a library outside of the repository is a problem at its line", async () => {
  const files = {
    "app.yaml": application("{ jsonnet: { libs: [lib, ../x] } }"),
    "app/main.jsonnet": configMap("a"),
  };
  expect((await stateOf(files)).problems).toMatchObject([
    { path: "app.yaml", message: expect.stringContaining("library ../x leads out of the repository") },
  ]);
});

test("a library in a submodule is a gap, and what would need it is not rendered", async () => {
  const files: Files = {
    "app.yaml": application("{ jsonnet: { libs: [vendor] } }"),
    "app/a.yaml": yaml("a"),
    "app/main.jsonnet": "import 'k/k.libsonnet'",
    "vendor/k": { submodule: "1".repeat(40) },
  };
  const state = await stateOf(files);
  expect(state.graph.gaps.filter((gap) => gap.source === source)).toMatchObject([
    {
      source,
      path: "app/main.jsonnet",
      line: 1,
      reason: "not rendered: it imports vendor/k/k.libsonnet, which is in the submodule vendor/k",
    },
  ]);
  expect((await yields(state))[source]).toEqual([]);
  expect(standings(state)["app/a.yaml"]).toBe("plain");
});

test("every path that an import is looked for at is an input, with files or without", async () => {
  const files = {
    "app.yaml": application("{ jsonnet: { libs: [one, two] } }"),
    "app/main.jsonnet": "(import 'a.libsonnet') + { data: { text: importstr 'text' } }",
    "one/a.libsonnet": configMap("one"),
    "app/text": "t",
  };
  const keyOf = async (all: Files) => (await stateOf(all)).units.find(({ source: { id } }) => id === source)?.key;
  const key = await keyOf(files);
  expect(await keyOf({ ...files, "one/b.libsonnet": "{}" })).toBe(key);
  for (const [path, text] of [
    ["one/a.libsonnet", configMap("changed")],
    ["two/a.libsonnet", configMap("two")],
    ["app/a.libsonnet", configMap("beside")],
    ["app/text", "u"],
  ] as const)
    expect([path, (await keyOf({ ...files, [path]: text })) === key]).toEqual([path, false]);
});

test("a finding is placed at the file as a whole, since its lines are not known", async () => {
  const state = await stateOf({
    "app.yaml": application("{ recurse: true }"),
    "app/main.jsonnet": `\n${configMap("a")}`,
  });
  const unit = state.units.find(({ source: { id } }) => id === source)!;
  const reading = await unit.render();
  await reading.prepare();
  expect(reading.place(reading.manifests[0]!, "/metadata/name")).toEqual({
    path: "app/main.jsonnet",
    place: { line: 1, column: 1, endLine: 1 },
    precision: "source",
  });
});

test("links that lead to themselves do not make imports without end", async () => {
  const files: Files = {
    "app.yaml": application("{ recurse: true, exclude: 'loop*' }"),
    "app/main.jsonnet": "if true then " + configMap("a") + " else import 'loop/main.jsonnet'",
    "app/loop": { symlink: "." },
  };
  expect(await yielded(files)).toEqual(["ConfigMap shop/a"]);
});
