import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { configSchema } from "../../src/config/config-schema.ts";
import { defaultConfig } from "../../src/config/default-config.ts";
import { readConfig } from "../../src/config/read-config.ts";

function problems(text: string): readonly string[] {
  return readConfig("portcullis.yaml", text).problems.map(
    ({ path, line, column, message }) => `${path}:${line}:${column}: ${message}`,
  );
}

test("the published schema is the one that is checked", () => {
  const published: unknown = JSON.parse(readFileSync("schema/config.schema.json", "utf8"));
  expect(published).toEqual(configSchema);
});

test("the example of the documentation is read as it is written", () => {
  const { config, problems: found } = readConfig(
    "portcullis.yaml",
    `# yaml-language-server: $schema=./schema/config.schema.json
version: 1
policies: [policies]
data: [data]
manifests: { include: ["apps/**"], exclude: ["apps/old/**"] }
branches: [main]
mode: report
block: all
levels: { "workloads/image-tag": warn, "images/tag": off }
comments: off
apply:
  - { path: "overlays/*", as: kustomize }
  - { path: charts/web, as: helm, values: [prod.yaml], namespace: web, environment: production, kubernetes: "1.34" }
environments:
  production:
    paths: [overlays/prod]
    clusters: [prod-eu, prod-us]
    kubernetes: "1.33"
    levels: { images/tag: { level: warn, until: 2027-01-15, then: deny } }
    parameters: { images/registry: { registries: [ghcr.io/acme] } }
  staging: {}
clusters:
  - { name: prod-eu, server: "https://10.0.0.1", labels: { stage: prod } }
repositories: ["https://github.com/acme/gitops"]
helm: { vendor: vendor/charts }
kustomize: { vendored: { "github.com/acme/base?ref=v1": vendor/base } }
remotes: { fetch: known, allow: ["oci://ghcr.io/acme/**"] }
schemas: { kubernetes: "1.34" }
gaps: block
`,
  );
  expect(found).toEqual([]);
  expect(config).toEqual({
    version: 1,
    policies: ["policies"],
    data: ["data"],
    manifests: { include: ["apps/**"], exclude: ["apps/old/**"] },
    branches: ["main"],
    mode: "report",
    block: "all",
    levels: { "workloads/image-tag": "warn", "images/tag": "off" },
    comments: "off",
    environments: {
      production: {
        paths: ["overlays/prod"],
        clusters: ["prod-eu", "prod-us"],
        kubernetes: "1.33",
        levels: { "images/tag": { level: "warn", until: "2027-01-15", then: "deny" } },
        parameters: { "images/registry": { registries: ["ghcr.io/acme"] } },
      },
      staging: { paths: [], clusters: [], levels: {}, parameters: {} },
    },
    apply: [
      { path: "overlays/*", as: "kustomize" },
      {
        path: "charts/web",
        as: "helm",
        values: ["prod.yaml"],
        namespace: "web",
        environment: "production",
        kubernetes: "1.34",
      },
    ],
    clusters: [{ name: "prod-eu", server: "https://10.0.0.1", labels: { stage: "prod" }, annotations: {} }],
    repositories: ["https://github.com/acme/gitops"],
    helm: { vendor: "vendor/charts" },
    kustomize: { vendored: { "github.com/acme/base?ref=v1": "vendor/base" } },
    remotes: { fetch: "known", allow: ["oci://ghcr.io/acme/**"], mirrors: {} },
    schemas: { enabled: true, kubernetes: "1.34" },
    gaps: "block",
  });
});

test.each([
  ["off", "schemas: off\n", { enabled: false }],
  ["on", "schemas: on\n", { enabled: true }],
  ["no more than a version", 'schemas: { kubernetes: "1.33" }\n', { enabled: true, kubernetes: "1.33" }],
])("schemas may be %s", (_, text, expected) => {
  expect(readConfig("portcullis.yaml", text)).toMatchObject({ config: { schemas: expected }, problems: [] });
});

test.each([
  ["an empty file", ""],
  ["a file of comments", "# nothing yet\n"],
  ["a version alone", "version: 1\n"],
])("%s means the defaults", (_, text) => {
  expect(readConfig("portcullis.yaml", text)).toMatchObject({ config: defaultConfig, problems: [] });
});

test("what is left out of a group has its default", () => {
  const { config } = readConfig("portcullis.yaml", "manifests:\n  exclude: [old/**]\n");
  expect(config.manifests).toEqual({ include: ["**"], exclude: ["old/**"] });
});

test.each([
  [
    "a mistyped key",
    "version: 1\npolices: [p]\n",
    `portcullis.yaml:2:1: unknown key "polices"; did you mean "policies"?`,
  ],
  [
    "an entry of apply without its tool",
    "apply:\n  - path: a\n",
    `portcullis.yaml:2:5: "apply[0]": expected a key "as"`,
  ],
  [
    "a tool that nobody has",
    "apply:\n  - { path: a, as: jsonnet }\n",
    `portcullis.yaml:2:16: "as": expected one of raw, kustomize, helm`,
  ],
  [
    "values of a kustomization",
    "apply:\n  - { path: a, as: kustomize, values: [b] }\n",
    `portcullis.yaml:2:31: "values": only a chart has values; expected \`as: helm\``,
  ],
  ["nothing that is applied", "apply: []\n", `portcullis.yaml:1:1: "apply": must NOT have fewer than 1 items`],
  [
    "a key like no other",
    "version: 1\nzzz: 1\n",
    `portcullis.yaml:2:1: unknown key "zzz"; expected one of version, policies, data, manifests, branches, mode, block, levels, comments, apply, environments, clusters, repositories, helm, kustomize, remotes, schemas, gaps`,
  ],
  [
    "a mistyped key of a group",
    "manifests:\n  inclde: [a]\n",
    `portcullis.yaml:2:3: unknown key "inclde"; did you mean "include"?`,
  ],
  ["a text for a list", "version: 1\npolicies: policies\n", `portcullis.yaml:2:1: "policies": expected a list`],
  [
    "a number in a list",
    "policies:\n  - a\n  - 7\n",
    `portcullis.yaml:3:5: "policies[1]": expected a string; put quotes around it`,
  ],
  ["an unknown mode", "mode: enforced\n", `portcullis.yaml:1:1: "mode": expected one of enforce, report`],
  ["an unknown level", "levels:\n  a/b: error\n", `portcullis.yaml:2:3: "a/b": expected one of deny, warn, info, off`],
  ["a boolean for on", "comments: true\n", `portcullis.yaml:1:1: "comments": expected one of on, off`],
  ["another version", "version: 2\n", `portcullis.yaml:1:1: "version": expected 1`],
  ["a list for the file", "- a\n", `portcullis.yaml:1:1: the file: expected a mapping`],
  [
    "an empty include",
    "manifests: { include: [] }\n",
    `portcullis.yaml:1:14: "include": must NOT have fewer than 1 items`,
  ],
  [
    "a mistyped key of an environment",
    "environments:\n  prod:\n    path: [a]\n",
    `portcullis.yaml:3:5: unknown key "path"; did you mean "paths"?`,
  ],
  [
    "an environment whose name is a sentence",
    "environments:\n  the prod: {}\n",
    `portcullis.yaml:2:3: "the prod": expected a name of at most 63 letters, digits, ".", "_" and "-"`,
  ],
  [
    "a Kubernetes version that YAML reads as a number",
    "schemas: { kubernetes: 1.30 }\n",
    `portcullis.yaml:1:12: "kubernetes": expected a string; put quotes around it`,
  ],
  [
    "a Kubernetes version with a v",
    "environments: { prod: { kubernetes: v1.30 } }\n",
    `portcullis.yaml:1:25: "kubernetes": expected a Kubernetes version such as "1.34"`,
  ],
  [
    "a day that no calendar has",
    "levels:\n  a/b: { level: warn, until: 2027-02-30, then: deny }\n",
    `portcullis.yaml:2:23: "until": expected a calendar date such as 2027-01-15`,
  ],
  [
    "a dated level without its end",
    "levels:\n  a/b: { level: warn, until: 2027-02-03 }\n",
    `portcullis.yaml:2:3: "a/b": expected a key "then"`,
  ],
  [
    "an unknown level in an environment",
    "environments: { prod: { levels: { a/b: high } } }\n",
    `portcullis.yaml:1:35: "a/b": expected one of deny, warn, info, off`,
  ],
  [
    "a cluster without a server",
    "clusters: [{ name: a }]\n",
    `portcullis.yaml:1:12: "clusters[0]": expected a key "server"`,
  ],
  ["a boolean for schemas", "schemas: false\n", `portcullis.yaml:1:1: "schemas": expected one of on, off`],
  [
    "what is no URL under remotes.allow",
    "remotes:\n  allow: [ghcr.io/acme]\n",
    `portcullis.yaml:2:11: "allow[0]": expected a pattern of URLs such as oci://ghcr.io/acme/**`,
  ],
  ["another word for gaps", "gaps: warn\n", `portcullis.yaml:1:1: "gaps": expected one of allow, block`],
])("%s is a problem at its place", (_, text, expected) => {
  expect(problems(text)).toEqual([expected]);
});

test.each([
  ["broken YAML", "policies: [a\nmode: x: y\n"],
  ["a duplicate key", "mode: report\nmode: enforce\n"],
  ["two documents", "mode: report\n---\nmode: enforce\n"],
  ["a template", "mode: {{ .mode }}\n"],
])("%s is a problem with a line, and nothing of the file is used", (_, text) => {
  const { config, problems: found } = readConfig("portcullis.yaml", text);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ stage: "config", path: "portcullis.yaml", line: expect.any(Number) });
  // It may have said that nothing is fetched.
  expect(config).toEqual({ ...defaultConfig, remotes: { ...defaultConfig.remotes, fetch: "off" } });
});

test("every fault is said, not the first alone", () => {
  expect(problems("mod: report\nblock: some\n")).toHaveLength(2);
});
