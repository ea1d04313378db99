import { expect, test } from "@jest/globals";
import type { Config } from "../../src/model/config.ts";
import type { DesiredState } from "../../src/render/desired-state.ts";
import { stateOf, type Files } from "./found-state.ts";

const label = "argocd.argoproj.io/secret-type";
const secret = (data: string, labels = `${label}: cluster, stage: prod`, name = "eu"): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: cluster-${name}\n  namespace: argocd\n  labels: { ${labels} }\n  annotations: { region: west }\n${data}\n`;
const named = (name: string, server = `https://${name}.example.com`): string =>
  `stringData: { name: ${name}, server: '${server}', config: '{}' }`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Generates an Application for each cluster that the selector matches, named by all that the cluster's Secret tells. */
const set = (selector = "{ matchLabels: { stage: prod } }"): string => `
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: web, namespace: argocd }
spec:
  generators: [{ clusters: { selector: ${selector} } }]
  template:
    metadata: { name: '{{name}}-{{metadata.labels.stage}}-{{metadata.annotations.region}}' }
    spec:
      project: default
      source: { repoURL: 'https://github.com/acme/gitops', path: web }
      destination: { server: '{{server}}', namespace: web }
`;
const web = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n";

const applications = ({ units }: DesiredState): readonly string[] =>
  units.flatMap(({ source: { kind, id, path, line } }) =>
    kind === "argocd-application" ? [`${id} ${path}:${line}`] : [],
  );
const reasons = ({ graph }: DesiredState): readonly string[] => graph.gaps.map(({ reason }) => reason);

const onlyArgoKnows =
  "generates Applications also for clusters that only Argo CD knows: list them under clusters in the configuration";

test.each<[string, Files, readonly string[]]>([
  ["a plain file", { "argocd/eu.yaml": secret(named("eu")) }, ["Application argocd/eu-prod-west argocd/eu.yaml:1"]],
  [
    "data in base64",
    { "argocd/eu.yaml": secret(`data: { name: ${base64("eu")}, server: ${base64("https://eu.example.com")} }`) },
    ["Application argocd/eu-prod-west argocd/eu.yaml:1"],
  ],
  [
    "a kustomization that adds the label",
    {
      "argocd/eu.yaml": secret(named("eu"), "stage: prod"),
      "argocd/kustomization.yaml": `resources: [eu.yaml]\nlabels: [{ pairs: { ${label}: cluster } }]\n`,
    },
    ["Application argocd/eu-prod-west argocd/eu.yaml:1"],
  ],
  [
    "a kustomization that sets the namespace",
    {
      "argocd/eu.yaml": secret(named("eu")).replace("  namespace: argocd\n", ""),
      "argocd/kustomization.yaml": "namespace: argocd\nresources: [eu.yaml]\n",
    },
    ["Application argocd/eu-prod-west argocd/eu.yaml:1"],
  ],
  [
    "several, of which the selector matches some",
    {
      "argocd/eu.yaml": secret(named("eu")),
      "argocd/us.yaml": secret(named("us"), undefined, "us"),
      "argocd/dev.yaml": secret(named("dev"), `${label}: cluster, stage: dev`, "dev"),
      "argocd/repo.yaml": secret(named("repo"), `${label}: repository, stage: prod`, "repo"),
    },
    ["Application argocd/eu-prod-west argocd/eu.yaml:1", "Application argocd/us-prod-west argocd/us.yaml:1"],
  ],
])("the Secret of a cluster feeds the clusters generator: %s", async (_, files, expected) => {
  const state = await stateOf({ "set.yaml": set(), "web/web.yaml": web, ...files });
  expect(applications(state)).toEqual(expected);
  expect(reasons(state)).toEqual([onlyArgoKnows]);
});

const clusters: Config["clusters"] = [
  { name: "eu", server: "https://10.0.0.1", labels: { stage: "prod" }, annotations: { region: "north" } },
];

test("a cluster of the configuration wins over the Secret of that name, and tells that there are no others", async () => {
  const state = await stateOf(
    {
      "set.yaml": set(),
      "web/web.yaml": web,
      "argocd/eu.yaml": secret(named("eu")),
      "argocd/us.yaml": secret(named("us"), undefined, "us"),
    },
    { config: { clusters } },
  );
  expect(applications(state)).toEqual([
    "Application argocd/eu-prod-north set.yaml:6",
    "Application argocd/us-prod-west argocd/us.yaml:1",
  ]);
  expect(reasons(state)).toEqual([]);
});

test.each<[string, Files, string | undefined]>([
  [
    "an encrypted server",
    { "us.yaml": secret("stringData: { name: us, server: 'ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]' }") },
    "not generated for a cluster: Secret argocd/cluster-eu (us.yaml, line 1) declares a cluster, and its server is missing, encrypted or filled in later; list it under clusters in the configuration",
  ],
  [
    "data that is not base64",
    { "us.yaml": secret("data: { name: 'ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]', server: aHR0cHM6Ly9h }") },
    "declares a cluster, and its name is missing",
  ],
  [
    "a name that is filled in later",
    { "us.yaml": secret(named("'${CLUSTER}'", "https://a.example.com")) },
    "its name is missing",
  ],
  ["a server from a vault", { "us.yaml": secret(named("us", "<path:kv#server>")) }, "its server is missing"],
  [
    "an encrypted label",
    { "us.yaml": secret(named("us"), `${label}: 'ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]', stage: prod`) },
    `may declare a cluster: its label ${label} is encrypted or filled in later`,
  ],
  [
    "two of one name that differ",
    { "a/us.yaml": secret(named("us")), "b/us.yaml": secret(named("us-2")) },
    "is one of several that declare it, and nothing tells which of them Argo CD has",
  ],
  [
    "one that the selector does not match",
    { "us.yaml": secret(named("us", "<path:kv#server>"), `${label}: cluster, stage: dev`) },
    undefined,
  ],
  ["one that the configuration lists", { "us.yaml": secret(named("eu", "<path:kv#server>")) }, undefined],
])("a Secret that does not tell its cluster is a gap: %s", async (_, files, reason) => {
  const state = await stateOf({ "set.yaml": set(), "web/web.yaml": web, ...files }, { config: { clusters } });
  expect(applications(state)).toEqual(["Application argocd/eu-prod-north set.yaml:6"]);
  const found = [...new Set(reasons(state).map((one) => one.replace(/\(b\/us[^)]*\)/, "(a/us.yaml, line 1)")))];
  expect(found).toEqual(reason === undefined ? [] : [expect.stringContaining(reason)]);
});

test("the Argo CD of each environment knows its own clusters", async () => {
  const state = await stateOf(
    {
      "one/argocd/set.yaml": set().replace("name: '", "name: 'one-"),
      "one/argocd/eu.yaml": secret(named("eu")),
      "two/argocd/set.yaml": set().replace("name: '", "name: 'two-"),
      "two/argocd/us.yaml": secret(named("us"), undefined, "us"),
      "web/web.yaml": web,
    },
    {
      config: {
        environments: { one: { paths: ["one"], clusters: [] }, two: { paths: ["two"], clusters: [] } } as never,
      },
    },
  );
  expect(applications(state)).toEqual([
    "Application argocd/one-eu-prod-west one/argocd/eu.yaml:1",
    "Application argocd/two-us-prod-west two/argocd/us.yaml:1",
  ]);
});

test("a cluster is known to the ApplicationSets that it names, and its Secret to no others", async () => {
  const root = (name: string): Files => ({
    [`argocd/${name}/kustomization.yaml`]: `resources: [../base]\nnamePrefix: ${name}-\npatches:\n  - target: { kind: ApplicationSet }\n    patch: |\n      - { op: add, path: /spec/template/metadata/name, value: "${name}-{{name}}" }\n`,
  });
  const [eu] = clusters;
  const state = await stateOf(
    {
      "argocd/base/kustomization.yaml": "resources: [set.yaml]\n",
      "argocd/base/set.yaml": set(),
      ...root("one"),
      ...root("two"),
      "plain/set.yaml": set().replace("name: '", "name: 'plain-"),
      "secrets/eu.yaml": secret(named("eu")),
      "web/web.yaml": web,
    },
    {
      config: {
        clusters: [
          { ...eu!, applicationSets: ["argocd/one"] },
          { ...eu!, name: "us", server: "https://10.0.0.2", applicationSets: ["argocd/{one,two}", "plain/*.yaml"] },
        ],
      },
    },
  );
  expect(state.problems).toEqual([]);
  expect(applications(state).map((text) => text.split(" ")[1])).toEqual([
    "argocd/one-eu",
    "argocd/one-us",
    "argocd/plain-us-prod-north",
    "argocd/two-us",
  ]);
  expect(reasons(state)).toEqual([]);
});

test("a cluster that Secrets of several namespaces declare is that of the ApplicationSet's namespace", async () => {
  const elsewhere = (server: string): string =>
    secret(named("eu", server))
      .replace("namespace: argocd", "namespace: elsewhere")
      .replace("region: west", "region: east");
  const files = { "set.yaml": set(), "web/web.yaml": web, "a/eu.yaml": elsewhere("https://10.0.0.3") };
  const own = await stateOf({ ...files, "b/eu.yaml": secret(named("eu")) });
  expect(applications(own)).toEqual(["Application argocd/eu-prod-west b/eu.yaml:1"]);
  expect(reasons(own)).toEqual([onlyArgoKnows]);
  const third = elsewhere("https://10.0.0.4").replace("namespace: elsewhere", "namespace: third");
  const unknown = await stateOf({ ...files, "b/eu.yaml": third });
  expect(applications(unknown)).toEqual([]);
  expect(reasons(unknown)).toContainEqual(
    expect.stringContaining("is one of several that declare it, and nothing tells which of them Argo CD has"),
  );
});
