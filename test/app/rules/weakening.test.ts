import { expect, test } from "@jest/globals";
import { weakenings } from "../../../src/app/rules/weakening.ts";
import { readConfig } from "../../../src/config/read-config.ts";
import type { Config } from "../../../src/model/config.ts";

function config(text: string): Config {
  const { config: read, problems } = readConfig("portcullis.yaml", text);
  expect(problems).toEqual([]);
  return read;
}

function sentences(old: string, next: string): readonly string[] {
  const rules = (text: string) => ({ config: config(text), policies: [{ id: "a/b" }, { id: "c/d" }] });
  return weakenings(rules(old), rules(next), "2026-11-23").map(({ sentence }) => sentence);
}

const production = (rest: string): string => `environments: { production: { ${rest} } }\n`;
const dated = (level: string, until: string, then: string): string =>
  `levels: { a/b: { level: ${level}, until: ${until}, then: ${then} } }`;

test.each<[string, string, string, readonly string[]]>([
  ["a lower level", "levels: { a/b: deny }", "levels: { a/b: warn }", ["lowers a/b from deny to warn"]],
  [
    "more servers",
    "remotes: { allow: ['https://a.example.com/**'] }",
    "remotes: { fetch: any, allow: ['https://a.example.com/**', 'https://b.example.com/**'] }",
    ["lets more be fetched: any instead of known", "lets more be fetched, from https://b.example.com/**"],
  ],
  [
    "less coverage",
    "tests: { coverage: 100, coveragePerPolicy: 90 }",
    "tests: { coverage: 80 }",
    ["asks for 80 % coverage of policies instead of 100 %", "asks for 0 % coverage of each policy instead of 90 %"],
  ],
  ["more coverage", "tests: { coverage: 80 }", "tests: { coverage: 90, coveragePerPolicy: 50 }", []],
  [
    "a rule of lint that is off",
    "",
    "lint: { off: [unknown-field] }",
    ["no longer blocks policies for the lint rule unknown-field"],
  ],
  [
    "a rule of lint that no longer blocks",
    "lint: { block: [metadata-key, metadata] }",
    "lint: { block: [metadata] }",
    ["no longer blocks policies for the lint rule metadata-key"],
  ],
  ["fewer servers", "remotes: { fetch: any, allow: ['https://a.example.com/**'] }", "remotes: { fetch: known }", []],
  [
    "clusters that fewer ApplicationSets know",
    "clusters: [{ name: a, server: x }, { name: b, server: y, applicationSets: [one, two] }]",
    "clusters: [{ name: a, server: x, applicationSets: [one] }, { name: b, server: y, applicationSets: [two, three] }]",
    ["knows the cluster a only in one", "no longer knows the cluster b in one"],
  ],
  [
    "waivers from more files, for longer, and by annotations",
    "waivers: [waivers]",
    "waivers: { files: [waivers, more], maxDays: 180, annotations: ['pods/**'] }",
    [
      "takes waivers from more",
      "lets annotations of manifests waive pods/**",
      "lets waivers last 180 days in place of 90",
    ],
  ],
  ["fewer waivers", "waivers: { maxDays: 90, annotations: ['a/*'] }", "waivers: { files: [], maxDays: 30 }", []],
  ["none any more", "", "remotes: { fetch: off }", ["no longer fetches and judges what only servers have"]],
  [
    "another mirror",
    "remotes: { mirrors: { 'oci://docker.io': 'oci://m.example.com' } }",
    "remotes: { mirrors: { 'oci://docker.io': 'oci://n.example.com' } }",
    ["fetches what is at oci://docker.io from oci://n.example.com instead of oci://m.example.com"],
  ],
  ["a first level below deny", "", "levels: { a/b: info }", ["lowers a/b from the policy's own level to info"]],
  [
    "a deny that is no longer said",
    "levels: { a/b: deny }",
    "",
    ["no longer sets a/b to deny, so the policy's own level applies"],
  ],
  [
    "a day that moves on",
    dated("warn", "2027-01-15", "deny"),
    dated("warn", "2027-03-01", "deny"),
    ["lowers a/b from deny to warn from 2027-01-15 on"],
  ],
  [
    "a day that would end a deny",
    "levels: { a/b: deny }",
    dated("deny", "2027-01-15", "off"),
    ["lowers a/b from deny to off from 2027-01-15 on"],
  ],
  [
    "a level in an environment",
    production("levels: { a/b: deny }"),
    production("levels: { a/b: warn }"),
    ["lowers a/b from deny to warn in production"],
  ],
  [
    "a level in a new environment, below that of all",
    "levels: { a/b: deny }",
    `levels: { a/b: deny }\n${production("levels: { a/b: off }")}`,
    ["lowers a/b from deny to off in production"],
  ],
  [
    "a stricter environment that falls back to the level of all",
    `levels: { a/b: warn }\n${production("levels: { a/b: deny }")}`,
    `levels: { a/b: warn }\n${production("")}`,
    ["lowers a/b from deny to warn in production"],
  ],
  ["an environment", production("paths: [prod]"), "", ["removes the environment production"]],
  [
    "what feeds an environment",
    production("paths: [prod, more], clusters: [eu]"),
    production("paths: [prod]"),
    ["removes from production everything under more", "removes from production the cluster eu"],
  ],
  [
    "parameters in an environment",
    production("parameters: { a/b: { most: 1 } }"),
    production("parameters: { a/b: { most: 9 } }"),
    ["changes the parameters of a/b in production"],
  ],
  [
    "an older Kubernetes",
    production('kubernetes: "1.34"'),
    production('kubernetes: "1.33"'),
    ["validates production against Kubernetes 1.33 instead of 1.34"],
  ],
  [
    "fewer gated branches",
    'branches: [main, stable, "release/*", "hot/*"]',
    'branches: [main, "release/1", "hot/*", { branch: live, check: live }]',
    ["no longer gates stable", "no longer gates release/*", "treats everything as accepted that is on live"],
  ],
  [
    "a pattern that gates what a name did",
    "branches: [release/1]",
    'branches: ["release/*"]',
    ["treats everything as accepted that is on release/*"],
  ],
  ["gaps", "gaps: block", "gaps: allow", ["stops blocking what could not be rendered"]],
  ["schemas", "", "schemas: off", ["turns schema validation off"]],
  ["a repository", "repositories: [a, b]", "repositories: [b]", ["no longer recognises as this repository a"]],
  ["vendored charts", "helm: { vendor: charts }", "", ["no longer renders the charts under charts"]],
  [
    "a cluster",
    "clusters: [{ name: eu, server: x }, { name: us, server: y }]",
    "clusters: [{ name: us, server: y }]",
    ["no longer knows the cluster eu"],
  ],
])("what a change would loosen is said: %s", (_, old, next, expected) => {
  expect(sentences(old, next)).toEqual(expected);
});

test.each<[string, string, string]>([
  ["nothing", dated("warn", "2027-01-15", "deny"), dated("warn", "2027-01-15", "deny")],
  ["a day that comes sooner", dated("warn", "2027-03-01", "deny"), dated("warn", "2027-01-15", "deny")],
  ["a day that is past, written as its outcome", dated("warn", "2026-01-15", "deny"), "levels: { a/b: deny }"],
  [
    "a new environment that asks for more",
    "levels: { a/b: warn }",
    `levels: { a/b: warn }\n${production("levels: { a/b: deny }")}`,
  ],
  ["schemas that come on", "schemas: off", ""],
  ["a newer Kubernetes", 'schemas: { kubernetes: "1.33" }', 'schemas: { kubernetes: "1.34" }'],
])("a change that loosens nothing says nothing: %s", (_, old, next) => {
  expect(sentences(old, next)).toEqual([]);
});

test.each<[string, string, string, readonly string[]]>([
  ["the mode", "mode: enforce", "mode: report", ["switches the gate to report only: nothing would block"]],
  ["what blocks", "block: all", "block: introduced", ["stops blocking existing findings"]],
  ["comments", "", "comments: off", ["turns review comments off"]],
  [
    "what is included",
    "manifests: { include: [apps, infra] }",
    "manifests: { include: [apps] }",
    ["no longer includes manifests under infra"],
  ],
  ["what is excluded", "", "manifests: { exclude: [apps] }", ["excludes manifests under apps"]],
])("what a change would no longer judge or block is named: %s", (_, old, next, expected) => {
  expect(sentences(old, next)).toEqual(expected);
  expect(sentences(next, old)).toEqual([]);
});

const policies = [
  { id: "a/b", level: "deny" },
  { id: "c/d", level: "warn" },
] as const;

test("a change that removes the configuration, or a policy, is named", () => {
  const rules = { config: config(""), policies };
  expect(weakenings(rules, undefined, "2026-11-23")).toEqual([
    { sentence: expect.stringMatching(/^removes portcullis\.yaml;/), at: [] },
  ]);
  expect(weakenings(rules, { ...rules, policies: [{ id: "c/d" }, { id: "e/f" }] }, "2026-11-23")).toEqual([
    { sentence: "removes the policy a/b", at: ["policies"], policy: "a/b" },
  ]);
});

test.each<[string, string, string, readonly string[]]>([
  ["the policy's own", "", "levels: { a/b: warn, c/d: info }", ["a/b from deny to warn", "c/d from warn to info"]],
  ["nothing, where it rises", "", "levels: { c/d: warn }", []],
  ["what is set, where that falls back to the own", "levels: { c/d: deny }", "", ["c/d from deny to warn"]],
  ["the own, in an environment", "", production("levels: { a/b: off }"), ["a/b from deny to off in production"]],
])("the level that a change lowers is the true one: %s", (_, old, next, expected) => {
  const found = weakenings({ config: config(old), policies }, { config: config(next), policies }, "2026-11-23");
  expect(found.map(({ sentence }) => sentence)).toEqual(expected.map((lowered) => `lowers ${lowered}`));
});

test("a policy that lowers its own level is named, unless the configuration sets one", () => {
  const [old, next] = [
    policies,
    [
      { id: "a/b", level: "warn" },
      { id: "c/d", level: "info" },
    ] as const,
  ];
  const both = config("levels: { c/d: deny }");
  expect(weakenings({ config: both, policies: old }, { config: both, policies: next }, "2026-11-23")).toEqual([
    { sentence: "lowers a/b from deny to warn", at: ["levels", "a/b"], policy: "a/b" },
  ]);
});
