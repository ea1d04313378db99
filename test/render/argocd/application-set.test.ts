import { expect, test } from "@jest/globals";
import { isObject } from "../../../src/manifest/identity.ts";
import type { Json } from "../../../src/model/json.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import { planFile, type PlanOptions } from "./plan-files.ts";

const url = "https://git.example/acme/deploy";
const set = (generators: string, template = "name: '{{name}}', labels: { of: '{{ of }}' }", more = ""): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all, namespace: argocd }
spec:
${more}  template:
    metadata: { ${template} }
    spec: { project: default }
  generators:
${generators.trim().replaceAll(/^/gm, "  ")}
`;

const tree = {
  "clusters/eu/config.yaml": "name: eu\nsize: 3\ndeep: { list: [a, b] }\n",
  "clusters/us/config.json": '[{"name": "us-1"},\n {"name": "us-2"}]',
  "clusters/old/config.yaml": "name: old\n",
  "apps/web/kustomization.yaml": "",
  "apps/Big_App/kustomization.yaml": "",
  "apps/web/deep/file.yaml": "",
  "apps/.hidden/file.yaml": "",
  "apps/readme.md": "",
};

const clusters = [
  { name: "prod-EU", server: "https://10.0.0.1", labels: { stage: "prod" }, annotations: { note: "x" } },
  { name: "staging", server: "https://10.0.0.2", labels: { stage: "staging" }, annotations: {} },
];

const metadataOf = ({ value }: Manifest): { readonly [key: string]: Json } =>
  isObject(value["metadata"]) ? value["metadata"] : {};

/** Name, and label `of`, of every Application. */
async function made(text: string, options: PlanOptions = {}): Promise<readonly string[]> {
  const { children, problems } = await planFile(
    "set.yaml",
    { ...tree, "set.yaml": text },
    { repositories: [url], ...options },
  );
  expect(problems).toEqual([]);
  return children.map(({ manifest }) => {
    const { labels } = metadataOf(manifest);
    const of = isObject(labels) ? labels["of"] : undefined;
    return `${manifest.identity.name} of ${typeof of === "string" ? of : "nothing"}`;
  });
}

const list = (...names: readonly string[]): string =>
  `- list: { elements: [${names.map((name) => `{ name: ${name}, of: list }`).join(", ")}] }`;

test.each<[string, string, readonly string[]]>([
  ["a list", list("a", "b"), ["a of list", "b of list"]],
  [
    "a list with values, and elements as text",
    "- list: { elements: [{ name: a, of: b, values: { x: z } }], elementsYaml: '[{ name: c, of: d }]' }",
    ["a of b", "c of d"],
  ],
  [
    "several generators in one entry",
    `${list("a")}\n  git: { repoURL: ${url}, files: [{ path: clusters/eu/config.yaml }], values: { a: b } }`,
    ["a of list", "eu of {{ of }}"],
  ],
  [
    "a selector on what a generator yields",
    `${list("a", "b", "c")}\n  selector: { matchExpressions: [{ key: name, operator: NotIn, values: [b] }], matchLabels: { of: list } }`,
    ["a of list", "c of list"],
  ],
  [
    "git files, nested values flat",
    `- git: { repoURL: ${url}, files: [{ path: "clusters/*.yaml" }, { path: "clusters/**/config.json" }, { path: clusters/old, exclude: true }] }`,
    ["eu of {{ of }}", "us-1 of {{ of }}", "us-2 of {{ of }}"],
  ],
  [
    "the clusters of the configuration and Argo CD's own",
    "- clusters: { values: { of: '{{name}}' } }",
    ["prod-EU", "staging", "in-cluster"],
  ],
  [
    "clusters by label, without Argo CD's own",
    "- clusters: { selector: { matchLabels: { stage: prod } } }",
    ["prod-EU"],
  ],
])("%s", async (_, generators, expected) => {
  const byServer = generators.includes("clusters:");
  const text = set(generators, byServer ? "name: '{{nameNormalized}}', labels: { of: '{{name}}' }" : undefined);
  const names = await made(text, { config: { clusters } });
  expect(names).toEqual(byServer ? expected.map((name) => `${name.toLowerCase()} of ${name}`) : expected);
});

test("git directories give their path, its parts and its normal name", async () => {
  const generator = `- git: { repoURL: ${url}, directories: [{ path: apps/* }, { path: clusters/*}, { path: clusters/old, exclude: true }] }`;
  const template =
    "name: '{{path.basenameNormalized}}', labels: { of: '{{path}} {{path[0]}} {{path[1]}} {{path[2]}}' }";
  expect(await made(set(generator, template))).toEqual([
    "big-app of apps/Big_App apps Big_App {{path[2]}}",
    "web of apps/web apps web {{path[2]}}",
    "eu of clusters/eu clusters eu {{path[2]}}",
    "us of clusters/us clusters us {{path[2]}}",
  ]);
});

test("git files give flat parameters, numbers as Go prints them, and a prefix where asked", async () => {
  const generator = `- git: { repoURL: ${url}, pathParamPrefix: my, files: [{ path: clusters/eu/config.yaml }], values: { all: '{{name}}-{{size}}' } }`;
  const template =
    "name: '{{name}}', labels: { of: '{{size}} {{deep.list.1}} {{my.path.filename}} {{my.path.basename}} {{values.all}} {{path}}' }";
  expect(await made(set(generator, template))).toEqual(["eu of 3 b config.yaml eu eu-3 {{path}}"]);
});

test("a matrix fills its second generator from the first", async () => {
  const generator = `- matrix:
    generators:
    - list: { elements: [{ stage: prod, dir: apps }, { stage: staging, dir: apps/web }] }
    - matrix:
        generators:
        - clusters: { selector: { matchLabels: { stage: '{{stage}}' } } }
        - git: { repoURL: ${url}, directories: [{ path: '{{dir}}/*' }] }
  selector: { matchLabels: { stage: prod } }`;
  const template = "name: '{{nameNormalized}}-{{path.basenameNormalized}}', labels: { of: '{{stage}}' }";
  expect(await made(set(generator, template), { config: { clusters } })).toEqual([
    "prod-eu-big-app of prod",
    "prod-eu-web of prod",
  ]);
});

test("merge lays what later generators say for the same keys over the first", async () => {
  const generator = `- merge:
    mergeKeys: [name]
    generators:
    - list: { elements: [{ name: a, of: base }, { name: b, of: base }] }
    - list: { elements: [{ name: b, of: over }, { name: c, of: over }] }`;
  expect(await made(set(generator))).toEqual(["a of base", "b of over"]);
});

test("a generator's template goes over that of the set", async () => {
  const generator = `- list:
    elements: [{ name: a, of: list }]
    template: { metadata: { labels: { of: own, more: '{{name}}' } }, spec: { project: other } }`;
  const { children } = await planFile("set.yaml", { "set.yaml": set(generator) });
  expect(children[0]?.manifest.value).toEqual({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: "a",
      namespace: "argocd",
      labels: { of: "own", more: "a" },
      finalizers: ["resources-finalizer.argocd.argoproj.io"],
    },
    spec: { project: "other" },
  });
});

test("preserveResourcesOnDeletion leaves the finalizer out", async () => {
  const text = set(list("a"), undefined, "  syncPolicy: { preserveResourcesOnDeletion: true }\n");
  const { children } = await planFile("set.yaml", { "set.yaml": text });
  expect(metadataOf(children[0]!.manifest)["finalizers"]).toBeUndefined();
});

test("a template patch changes all but the project", async () => {
  const patch = `  templatePatch: |
    metadata: { finalizers: [mine], labels: { of: null, '{{name}}': 'yes' } }
    spec: { project: stolen, source: { path: 'apps/{{name}}' } }
`;
  const { children, problems } = await planFile("set.yaml", { "set.yaml": set(list("a"), undefined, patch) });
  expect(problems).toEqual([]);
  expect(children[0]?.manifest.value).toMatchObject({
    metadata: { labels: { a: "yes" }, finalizers: ["mine", "resources-finalizer.argocd.argoproj.io"] },
    spec: { project: "default", source: { path: "apps/a" } },
  });
  expect(metadataOf(children[0]!.manifest)["labels"]).not.toHaveProperty("of");
});

test("an Application stands at the template, and remembers what it owes its values to", async () => {
  const generators = `- list:
    elements:
    - { name: a }
    - { name: b }
- git: { repoURL: ${url}, files: [{ path: clusters/us/config.json }] }`;
  const { children } = await planFile("set.yaml", { ...tree, "set.yaml": set(generators) }, { repositories: [url] });
  expect(children.map(({ manifest, origin }) => [manifest.identity.name, manifest.position, origin])).toEqual(
    [
      ["a", { path: "set.yaml", line: 11 }],
      ["b", { path: "set.yaml", line: 12 }],
      ["us-1", { path: "clusters/us/config.json", line: 1 }],
      ["us-2", { path: "clusters/us/config.json", line: 2 }],
    ].map(([name, origin]) => [name, { path: "set.yaml", document: 0, line: 5, pointer: "/spec/template" }, origin]),
  );
});

test.each<[string, string, string, number]>([
  [
    "pull requests",
    "- pullRequest: { github: {} }",
    "not generated: the pullRequest generator needs the open pull requests",
    9,
  ],
  [
    "an organisation",
    "- scmProvider: { github: {} }",
    "not generated: the scmProvider generator needs the repositories of an organisation",
    9,
  ],
  [
    "a plugin",
    "- plugin: { configMapRef: { name: a } }",
    "not generated: the plugin generator needs an external service",
    9,
  ],
  [
    "an object in the cluster",
    "- clusterDecisionResource: { configMapRef: a }",
    "not generated: the clusterDecisionResource generator needs an object in the cluster",
    9,
  ],
  [
    "another repository",
    "- git: { repoURL: 'https://a.example/b', directories: [{ path: '*' }] }",
    "not generated: it reads another repository, https://a.example/b (if it is this one, list the URL under repositories)",
    9,
  ],
  [
    "clusters that nobody names",
    "- clusters: { selector: { matchLabels: { a: b } } }",
    "generates Applications for clusters that only Argo CD knows: list them under clusters in the configuration",
    9,
  ],
  [
    "pull requests in a matrix",
    `- matrix:\n    generators:\n    - list: { elements: [{ a: b }] }\n    - pullRequest: { github: {} }`,
    "not generated: the pullRequest generator needs the open pull requests",
    12,
  ],
])("%s: a gap with its line", async (_, generators, reason, line) => {
  const { children, gaps, problems } = await planFile(
    "set.yaml",
    { ...tree, "set.yaml": set(generators) },
    { repositories: [url] },
  );
  expect(problems).toEqual([]);
  expect(children).toEqual([]);
  expect(gaps).toEqual([{ source: "ApplicationSet argocd/all", path: "set.yaml", line, reason }]);
});

const elements = (count: number): string =>
  `elementsYaml: '${JSON.stringify(Array.from({ length: count }, (_, index) => ({ [`n${count}`]: String(index) })))}'`;

test.each<[string, string, string]>([
  [
    "a list element that is no text",
    "- list: { elements: [{ name: 1 }] }",
    "without goTemplate, the fields of an element must be strings, and values must map names to strings",
  ],
  ["elementsYaml that is no list", "- list: { elementsYaml: 'a: b' }", "elementsYaml must be a list of objects"],
  [
    "no generator",
    "- selector: {}",
    "the generator has none of list, clusters, git, matrix, merge, scmProvider, pullRequest, clusterDecisionResource, plugin",
  ],
  [
    "a matrix of one",
    "- matrix: { generators: [{ list: { elements: [] } }] }",
    "a matrix generator needs exactly two generators",
  ],
  [
    "a matrix that disagrees with itself",
    "- matrix: { generators: [{ list: { elements: [{ name: a }] } }, { list: { elements: [{ name: b }] } }] }",
    "both generators set name, to a and to b",
  ],
  [
    "a matrix three deep",
    `- matrix: { generators: [{ list: { elements: [{ a: b }] } }, { matrix: { generators: [{ list: { elements: [{ c: d }] } }, { matrix: { generators: [] } }] } }] }`,
    "the generator matrix and merge generators can be nested once, not deeper",
  ],
  [
    "a merge three deep",
    `- merge: { mergeKeys: [a], generators: [{ merge: { mergeKeys: [a], generators: [{ merge: { mergeKeys: [a], generators: [{ list: { elements: [] } }, { list: { elements: [] } }] } }, { list: { elements: [] } }] } }, { list: { elements: [] } }] }`,
    "the generator matrix and merge generators can be nested once, not deeper",
  ],
  [
    "a merge without keys",
    "- merge: { generators: [{ list: {} }, { list: {} }] }",
    "a merge generator needs two or more generators and mergeKeys",
  ],
  [
    "a merge of equal keys",
    "- merge: { mergeKeys: [a], generators: [{ list: { elements: [{ b: a }, { b: b }] } }, { list: {} }] }",
    'two of its parameter sets have the same merge keys: {"a":null}',
  ],
  [
    "a million combinations",
    `- matrix: { generators: [{ list: { ${elements(1000)} } }, { list: { ${elements(1001)} } }] }`,
    "generates 10010 or more Applications; the limit is 10000",
  ],
  [
    "a file that cannot be read",
    `- git: { repoURL: ${url}, files: [{ path: broken.yaml }] }`,
    "broken.yaml, line 1, cannot be read",
  ],
  [
    "a file of texts",
    `- git: { repoURL: ${url}, files: [{ path: texts.json }] }`,
    "texts.json must hold an object or a list of objects",
  ],
  ["two Applications of one name", list("a", "a"), "generates two Applications named a, from set.yaml, line 9"],
  [
    "a name that nobody fills",
    "- list: { elements: [{ other: a }] }",
    'generates an Application named "{{name}}", which is not a valid name, from set.yaml, line 9',
  ],
  ["no name", "- list: { elements: [{ name: '' }] }", "generates an Application without name, from set.yaml, line 9"],
  [
    "an operator that nobody knows",
    `${list("a")}\n  selector: { matchExpressions: [{ key: a, operator: Like }] }`,
    'operator "Like" is not one of In, NotIn, Exists, DoesNotExist',
  ],
  [
    "a text that is never closed",
    "- list: { elements: [{ name: a, of: b }], template: { metadata: { labels: { x: '{{name}} {{' } } } }",
    '{{ is not closed in "{{name}} {{"',
  ],
  [
    "a selector of clusters that no label can meet",
    "- clusters: { selector: { matchLabels: { a: '{{b}}' } } }",
    '"{{b}}" is not a valid label value',
  ],
  [
    "a selector by what is no key",
    `${list("a")}\n  selector: { matchLabels: { 'path[0]': a } }`,
    '"path[0]" is not a valid label key',
  ],
  [
    "an operator without values",
    `${list("a")}\n  selector: { matchExpressions: [{ key: a, operator: In }] }`,
    "operator In needs values",
  ],
  ["a generator that is text", "- list: all", "/spec/generators/0/list must be an object"],
])("%s: a problem with its line", async (_, generators, message) => {
  const files = { ...tree, "broken.yaml": "a: [", "texts.json": '["a"]', "set.yaml": set(generators) };
  const { problems } = await planFile("set.yaml", files, { repositories: [url] });
  expect(problems.map(({ path }) => path)).toEqual(["set.yaml"]);
  expect(problems[0]?.line).toBeGreaterThanOrEqual(
    message.includes("not closed")
      ? 5
      : message.includes("which is not a valid") || message.includes("named a,") || message.includes("without name")
        ? 6
        : 9,
  );
  expect(problems[0]?.message).toContain(`ApplicationSet argocd/all: ${message}`);
});

test("a set without spec, and a patch that cannot be read, are problems", async () => {
  const none = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: all }\n";
  expect((await planFile("set.yaml", { "set.yaml": none })).problems).toMatchObject([{ line: 1 }]);
  const patch = set(list("a"), undefined, "  templatePatch: '['\n");
  expect((await planFile("set.yaml", { "set.yaml": patch })).problems).toMatchObject([{ line: 5 }]);
});
