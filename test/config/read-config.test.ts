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
extends: shared/portcullis.yaml
locked: [mode, levels.images/registry]
policies: [policies]
data: [data]
manifests: { include: ["apps/**"], exclude: ["apps/old/**"] }
branches: [main, "release/*", { branch: live, check: gate on live }]
mode: report
block: all
levels: { "workloads/image-tag": warn, "images/tag": off }
comments: off
owners: { "**": ["@acme/platform"], "images/**": ["@acme/security", "@alice"] }
approvals: off
override: { teams: ["@acme/oncall"], minutes: 60 }
rollback: { days: 14 }
compliance: { issue: true }
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
waivers: { files: [waivers, teams/shop/waivers.yaml], maxDays: 30, annotations: ["pods/**"] }
schemas: { kubernetes: "1.34" }
gaps: block
`,
  );
  expect(found).toEqual([]);
  expect(config).toEqual({
    version: 1,
    extends: ["shared/portcullis.yaml"],
    locked: ["mode", "levels.images/registry"],
    policies: ["policies"],
    combine: [],
    data: ["data"],
    manifests: { include: ["apps/**"], exclude: ["apps/old/**"] },
    branches: [{ branch: "main" }, { branch: "release/*" }, { branch: "live", check: "gate on live" }],
    mode: "report",
    block: "all",
    levels: { "workloads/image-tag": "warn", "images/tag": "off" },
    comments: "off",
    owners: { "**": ["@acme/platform"], "images/**": ["@acme/security", "@alice"] },
    approvals: "off",
    override: { teams: ["@acme/oncall"], minutes: 60 },
    rollback: { days: 14 },
    compliance: { issue: true },
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
    waivers: {
      files: ["waivers", "teams/shop/waivers.yaml"],
      maxDays: 30,
      warnDays: 14,
      annotations: ["pods/**"],
    },
    documents: [],
    signatures: [],
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

test("waivers may be a list of files", () => {
  const { config, problems: found } = readConfig("portcullis.yaml", "waivers: [exceptions]\n");
  expect(found).toEqual([]);
  expect(config.waivers).toEqual({ ...defaultConfig.waivers, files: ["exceptions"] });
});

test.each([
  ["on where owners are named", 'owners: { "pods/**": ["@alice"] }\n', "on"],
  ["off where they are named and it says so", 'owners: { "pods/**": ["@alice"] }\napprovals: off\n', "off"],
  ["on where only CODEOWNERS names some", "approvals: on\n", "on"],
  ["off where nobody is named", "version: 1\n", "off"],
])("approvals are %s", (_, text, expected) => {
  expect(readConfig("portcullis.yaml", text)).toMatchObject({ config: { approvals: expected }, problems: [] });
});

test("an issue about compliance is true or false", () => {
  const { problems } = readConfig("portcullis.yaml", "compliance: { issue: 'yes' }\n");
  expect(problems).toMatchObject([{ line: 1, message: expect.stringContaining('"issue": expected true or false') }]);
});

test.each([
  ["a person", "override: { teams: ['@alice'], minutes: 60 }\n", '"teams[0]": expected a team (@org/team)'],
  ["no time", "override: { teams: ['@acme/oncall'] }\n", 'expected a key "minutes"'],
  ["a part of a minute", "override: { teams: ['@acme/oncall'], minutes: 0.5 }\n", '"minutes": expected a whole number'],
  ["more than a day", "override: { teams: ['@acme/oncall'], minutes: 1441 }\n", '"minutes": must be <= 1440'],
  ["a state of last year", "rollback: { days: 366 }\n", '"days": must be <= 365'],
  ["a part of a day of a state", "rollback: { days: 0.5 }\n", '"days": expected a whole number'],
])("%s is not accepted", (_, text, expected) => {
  expect(problems(text)[0]).toContain(expected);
});

test.each([
  ["an address of mail", "owners: { 'pods/**': [alice@example.com] }\n"],
  ["a name without @", "owners: { 'pods/**': [alice] }\n"],
  ["three parts", "owners: { 'pods/**': ['@acme/security/red'] }\n"],
])("%s is no owner", (_, text) => {
  expect(problems(text)).toEqual([
    expect.stringContaining('"pods/**[0]": expected a person (@login) or a team (@org/team)'),
  ]);
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
  [
    "a check that all branches of a pattern would share",
    'branches:\n  - { branch: "release/*", check: r }\n',
    'portcullis.yaml:2:7: "branch": expected the name of one branch: branches that share a check would share what passed. Without `check`, each branch that a pattern matches has a check of its own',
  ],
  [
    "a check that a branch of another name has by default",
    'branches:\n  - { branch: release/1, check: "portcullis: release" }\n',
    'portcullis.yaml:2:26: "check": expected a name that no other branch can have: `portcullis` is the check of the default branch, and `portcullis: BRANCH` that of BRANCH',
  ],
  [
    "the check of the default branch",
    "branches:\n  - { branch: live, check: Portcullis }\n",
    'portcullis.yaml:2:21: "check": expected a name that no other branch can have: `portcullis` is the check of the default branch, and `portcullis: BRANCH` that of BRANCH',
  ],
  [
    "one check for two branches",
    "branches:\n  - { branch: a, check: gate }\n  - { branch: b, check: Gate }\n",
    'portcullis.yaml:3:18: "check": "a" has this check too: what passed against one would count for the other',
  ],
  [
    "two checks for one branch",
    "branches:\n  - { branch: a, check: one }\n  - { branch: a, check: two }\n",
    'portcullis.yaml:3:7: "branch": "a" has a check already; expected one entry for it',
  ],
  [
    "a name with a space at its end",
    'branches:\n  - { branch: a, check: "one " }\n',
    'portcullis.yaml:2:18: "check": expected a name of at most 100 printable ASCII characters, without a space at its ends',
  ],
  [
    "a branch without the name of its check",
    "branches: [{ branch: a }]\n",
    'portcullis.yaml:1:12: "branches[0]": expected a key "check"',
  ],
  ["nothing that is applied", "apply: []\n", `portcullis.yaml:1:1: "apply": must NOT have fewer than 1 items`],
  [
    "a key like no other",
    "version: 1\nzzz: 1\n",
    `portcullis.yaml:2:1: unknown key "zzz"; expected one of version, extends, locked, policies, combine, data, manifests, branches, mode, block, levels, comments, owners, approvals, override, rollback, compliance, apply, environments, clusters, repositories, helm, kustomize, remotes, documents, waivers, signatures, schemas, lint, tests, gaps`,
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
  ["a boolean for on", "comments: true\n", `portcullis.yaml:1:1: "comments": expected one of on, all, off`],
  ["another version", "version: 2\n", `portcullis.yaml:1:1: "version": expected 1`],
  [
    "a signature by nobody",
    "signatures:\n  - { policies: a }\n",
    `portcullis.yaml:2:5: "signatures[0]": expected either a key or cosign`,
  ],
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
