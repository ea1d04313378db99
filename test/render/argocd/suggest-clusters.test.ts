import { expect, test } from "@jest/globals";
import { readConfig } from "../../../src/config/read-config.ts";
import type { SuggestedClusters } from "../../../src/model/suggested-clusters.ts";
import type { SeenSet } from "../../../src/render/argocd/suggest-clusters/seen-set.ts";
import { suggestClusters } from "../../../src/render/argocd/suggest-clusters/suggest-clusters.ts";
import type { DesiredState } from "../../../src/render/desired-state.ts";
import { clustersBlock } from "../../../src/report/graph/clusters-block.ts";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { stateOf, type Files } from "../found-state.ts";

/** An ApplicationSet whose Applications are at a path. */
const set = (generators: string, path: string, more = "", name = "web"): string => `
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: ${name}, namespace: argocd }
spec:
  ${more}
  generators: ${generators}
  template:
    metadata: { name: '${name}-${more.includes("goTemplate: true") ? "{{.nameNormalized}}" : "{{nameNormalized}}"}' }
    spec:
      project: default
      source: { repoURL: 'https://github.com/acme/gitops', path: '${path}' }
      destination: { server: '${more.includes("goTemplate: true") ? "{{.server}}" : "{{server}}"}', namespace: web }
`;
const web = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n";
const at = (...directories: readonly string[]): Files =>
  Object.fromEntries(directories.map((directory) => [`${directory}/web.yaml`, web]));

/** What is suggested for a tree, as it is printed. */
async function suggested(files: Files): Promise<{ readonly suggestion: SuggestedClusters; readonly block: string }> {
  const sets = new Map<string, SeenSet>();
  await stateOf(files, {
    onPlanned: (object, context) => {
      const { kind, name } = object.manifest.identity;
      if (kind === "ApplicationSet") sets.set(`${name} ${String(object.directories)}`, { object, context });
    },
  });
  const suggestion = await suggestClusters([...sets.values()], defaultConfig);
  return { suggestion, block: clustersBlock(suggestion) };
}

/** The state of a tree with a configuration as it is pasted. */
async function pasted(files: Files, block: string): Promise<DesiredState> {
  const { config, problems } = readConfig("portcullis.yaml", `version: 1\n${block}`);
  expect(problems).toEqual([]);
  return stateOf(files, { config: { clusters: config.clusters } });
}

const applications = ({ units }: DesiredState): readonly string[] =>
  units.flatMap(({ source: { kind, id } }) => (kind === "argocd-application" ? [id.replace("Application ", "")] : []));

const prod = "selector: { matchLabels: { stage: prod } }";
const merged = (key: string, values: string): string =>
  `[{ merge: { mergeKeys: [${key}], generators: [{ clusters: { ${prod}, values: { at: none } } }, { list: { elements: [${values}] } }] } }]`;

test.each<[string, Files, readonly string[]]>([
  [
    "a name in a path",
    { "set.yaml": set(`[{ clusters: { ${prod} } }]`, "web/{{name}}"), ...at("web/eu", "web/us") },
    ["argocd/web-eu", "argocd/web-us"],
  ],
  [
    "a normalized name in a path, with goTemplate",
    {
      "set.yaml": set(`[{ clusters: { ${prod} } }]`, "web/{{ .nameNormalized }}", "goTemplate: true"),
      ...at("web/eu"),
    },
    ["argocd/web-eu"],
  ],
  [
    "a name in the values of the generator",
    {
      "set.yaml": set(`[{ clusters: { ${prod}, values: { at: 'c/{{name}}' } } }]`, "web/{{values.at}}"),
      ...at("web/c/eu"),
    },
    ["argocd/web-eu"],
  ],
  [
    "labels in a path",
    {
      "set.yaml": set(
        "[{ clusters: { selector: { matchExpressions: [{ key: stage, operator: Exists }] } } }]",
        "{{metadata.labels.stage}}/{{name}}",
      ),
      ...at("prod/eu", "test/us"),
    },
    ["argocd/web-eu", "argocd/web-us"],
  ],
  [
    "a label with a slash, with goTemplate",
    {
      "set.yaml": set(
        `[{ clusters: { ${prod} } }]`,
        `web/{{ index .metadata.labels "acme.com/stage" }}`,
        "goTemplate: true",
      ),
      ...at("web/prod", "web/test"),
    },
    ["argocd/web-cluster-prod-prod", "argocd/web-cluster-prod-test"],
  ],
  [
    "several labels that a selector may match",
    {
      "set.yaml": set(
        "[{ clusters: { selector: { matchExpressions: [{ key: stage, operator: In, values: [prod, test] }, { key: old, operator: DoesNotExist }] } } }]",
        "web/{{name}}",
      ),
      ...at("web/eu"),
    },
    ["argocd/web-eu"],
  ],
  [
    "normalized names that a list merges",
    {
      "set.yaml": set(
        merged("nameNormalized", "{ nameNormalized: eu, values.at: eu }, { nameNormalized: gone, values.at: gone }"),
        "web/{{values.at}}",
      ),
      ...at("web/eu"),
    },
    ["argocd/web-eu"],
  ],
  [
    "servers that a list merges",
    {
      "set.yaml": set(merged("server", "{ server: 'https://10.0.0.1', values.at: eu }"), "web/{{values.at}}"),
      ...at("web/eu"),
    },
    ["argocd/web-cluster-prod"],
  ],
  [
    "a matrix of clusters and directories",
    {
      "set.yaml": set(
        `[{ matrix: { generators: [{ clusters: { ${prod} } }, { git: { repoURL: 'https://github.com/acme/gitops', directories: [{ path: 'clusters/{{name}}/*' }] } }] } }]`,
        "{{path}}",
      ),
      ...at("clusters/eu/web", "clusters/us/web"),
    },
    ["argocd/web-eu", "argocd/web-us"],
  ],
  [
    "a matrix of a list and the clusters that its elements select",
    {
      "set.yaml": set(
        "[{ matrix: { generators: [{ list: { elements: [{ stage: prod }, { stage: test }] } }, { clusters: { selector: { matchLabels: { stage: '{{stage}}' } } } }] } }]",
        "web/{{stage}}",
      ),
      ...at("web/prod", "web/test"),
    },
    ["argocd/web-cluster-prod", "argocd/web-cluster-test"],
  ],
  [
    "a values file by name",
    {
      "set.yaml": set(`[{ clusters: { ${prod} } }]`, "web").replace(
        "path: 'web'",
        "path: web, helm: { valueFiles: ['../values/{{name}}.yaml'] }",
      ),
      "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "web/templates/web.yaml": web,
      "values/eu.yaml": "a: 1\n",
    },
    ["argocd/web-eu"],
  ],
  [
    "a selector that leaves everything else open",
    { "set.yaml": set(`[{ clusters: { ${prod} } }]`, "web"), ...at("web") },
    ["argocd/web-cluster-prod"],
  ],
  [
    "every cluster, Argo CD's own among them",
    { "set.yaml": set("[{ clusters: {} }]", "web"), ...at("web") },
    ["argocd/web-in-cluster"],
  ],
  [
    "a selector that selects nothing",
    {
      "set.yaml": set(
        "[{ clusters: { selector: { matchExpressions: [{ key: a, operator: Exists }, { key: a, operator: DoesNotExist }] } } }]",
        "web",
      ),
    },
    [],
  ],
])("what is suggested leaves no gap, pasted into the configuration: %s", async (_, files, expected) => {
  const before = await stateOf(files);
  expect(before.graph.gaps.map(({ reason }) => reason)).toEqual([expect.stringContaining("only Argo CD knows")]);
  const { suggestion, block } = await suggested(files);
  const after = await pasted(files, block);
  expect(after.graph.gaps).toEqual([]);
  expect(after.problems).toEqual([]);
  expect(applications(after)).toEqual(expected);
  expect(suggestion.unresolved).toEqual([]);
});

test("what two Argo CDs have in one repository is told by the paths that are there", async () => {
  const overlay = (stage: string): string =>
    `resources: [../base]\npatches:\n  - target: { kind: ApplicationSet }\n    patch: |\n      - { op: replace, path: /metadata/namespace, value: ${stage} }\n      - { op: replace, path: /spec/generators/0/merge/generators/0/clusters/values/stage, value: ${stage} }\n`;
  const files: Files = {
    "argocd/base/kustomization.yaml": "resources: [set.yaml]\n",
    "argocd/base/set.yaml": set(
      merged("name", "{ name: eu, values.at: eu }, { name: us, values.at: us }").replace(
        "at: none",
        "at: none, stage: ''",
      ),
      "web/{{values.stage}}/{{values.at}}",
    ),
    "argocd/prod/kustomization.yaml": overlay("prod"),
    "argocd/test/kustomization.yaml": overlay("test"),
    ...at("web/prod/eu", "web/test/us"),
  };
  const { block } = await suggested(files);
  expect(block)
    .toBe(`# Which clusters Argo CD knows is not in this repository. These are those that ApplicationSets name or that their paths
# lead to. Check each, and add what is missing. Where destinations or projects name a server, write that server.
clusters:
  # leads to web/prod/eu in ApplicationSet web (argocd/base/set.yaml:2)
  # other ApplicationSets have no path for it: web/test/eu
  - name: "eu"
    server: "https://eu.invalid" # made up: nothing tells it
    labels:
      "stage": "prod" # selectors ask for it
    applicationSets:
      - "argocd/prod"
  # leads to web/test/us in ApplicationSet web (argocd/base/set.yaml:2)
  # other ApplicationSets have no path for it: web/prod/us
  - name: "us"
    server: "https://us.invalid" # made up: nothing tells it
    labels:
      "stage": "prod" # selectors ask for it
    applicationSets:
      - "argocd/test"
`);
  const after = await pasted(files, block);
  expect([after.graph.gaps, after.problems]).toEqual([[], []]);
  expect(applications(after)).toEqual(["prod/web-eu", "test/web-us"]);
});

test("what cannot be known is said", async () => {
  const open =
    "[{ clusters: { selector: { matchExpressions: [{ key: stage, operator: In, values: [prod, test] }, { key: tier, operator: Exists }] } } }]";
  const { block } = await suggested({
    "one.yaml": set(open, "web"),
    "two.yaml": set(`[{ clusters: { ${prod} } }]`, "gone/{{name}}", "", "gone"),
    "three.yaml": set("[{ clusters: {} }]", "all/{{name}}", "", "all"),
    ...at("web", "all/eu"),
  });
  expect(block.split("\n").slice(2)).toEqual([
    "# check: ApplicationSet gone (two.yaml:2): no cluster leads to a path that is in the tree, such as gone/cluster-prod",
    "# check: ApplicationSet all (three.yaml:2): Argo CD's own cluster leads to all/in-cluster, which is not in the tree: if it has another name, list it by that with the server https://kubernetes.default.svc",
    "clusters:",
    "  # stands for every cluster that the selector of ApplicationSet web (one.yaml:2) finds: nothing tells which these are",
    "  # other ApplicationSets have no path for it: all/cluster-prod-tier, gone/cluster-prod-tier",
    '  - name: "cluster-prod-tier" # made up: write its name',
    '    server: "https://cluster-prod-tier.invalid" # made up: nothing tells it',
    "    labels:",
    '      "stage": "prod" # or test, which selectors ask for too: check',
    '      "tier": "true" # selectors ask for the label and not for a value: check',
    "    applicationSets:",
    '      - "one.yaml"',
    "  # leads to all/eu in ApplicationSet all (three.yaml:2)",
    '  - name: "eu"',
    '    server: "https://eu.invalid" # made up: nothing tells it',
    "",
  ]);
});

test("nothing is suggested where the configuration lists clusters, or nothing asks for them", async () => {
  const config = {
    ...defaultConfig,
    clusters: [{ name: "eu", server: "https://10.0.0.1", labels: {}, annotations: {} }],
  };
  expect(await suggestClusters([], defaultConfig)).toEqual({ clusters: [], unresolved: [] });
  expect(await suggestClusters([], config)).toEqual({ clusters: [], unresolved: [] });
  expect(clustersBlock({ clusters: [], unresolved: [] })).toBe("");
});
