import { expect, test } from "@jest/globals";
import { readConfig } from "../../src/config/read-config.ts";
import { unmetExpectations, type ActualState } from "../../src/gate/expectations.ts";

const reality: ActualState = {
  judge: { policies: [{ id: "images/tag", package: "portcullis.images.tag" }], problems: [] },
  paths: ["overlays/prod/kustomization.yaml", "vendor/charts/web/Chart.yaml", "vendor/base/x.yaml"],
  named: [],
};

function unmet(text: string, change: Partial<ActualState> = {}): readonly string[] {
  const { config, source, problems } = readConfig("portcullis.yaml", text);
  expect(problems).toEqual([]);
  return unmetExpectations(config, source, { ...reality, ...change }).map(({ line, message }) => `${line}: ${message}`);
}

test.each<[string, string, readonly string[]]>([
  [
    "an environment's directory that is not there",
    "environments:\n  prod:\n    paths:\n      - overlays/prod\n      - overlays/production\n",
    ['5: the pattern "overlays/production" matches no file'],
  ],
  [
    "patterns that cannot be read",
    'manifests:\n  exclude: ["@(a|b)"]\nenvironments:\n  prod:\n    paths: ["{a,b"]\n',
    ["@(a|b)", "{a,b"].map(
      (pattern, index) =>
        `${index === 0 ? 2 : 5}: the pattern "${pattern}" cannot be read: expected *, **, ?, [a-z] and {a,b}, with \\ before a character that is meant itself`,
    ),
  ],
  [
    "signatures of what is not named",
    'policies: ["oci://ghcr.io/acme/p:1@sha256:0"]\nsignatures:\n  - { policies: "ghcr.io/acme/**", key: k }\n  - { policies: "ghcr.io/acne/**", key: k }\n',
    ['4: the pattern "ghcr.io/acne/**" matches nothing that extends or policies names'],
  ],
  [
    "a policy of an environment that nobody has",
    "environments:\n  prod:\n    levels:\n      images/tags: warn\n",
    ['4: no policy has the id "images/tags"; did you mean "images/tag"?'],
  ],
  [
    "parameters of a policy that nobody has",
    "environments:\n  prod:\n    parameters:\n      images/tags: {}\n",
    ['4: no policy has the id "images/tags"; did you mean "images/tag"?'],
  ],
  [
    "parameters of a policy that takes none",
    "environments:\n  prod:\n    parameters:\n      changes/deletion: {}\n",
    ['4: no policy has the id "changes/deletion"'],
  ],
  [
    "owners of policies that nobody has",
    "owners:\n  'images/*': ['@alice']\n  'pods/**': ['@alice']\n  portcullis/rules: ['@bob']\n  '**': ['@carol']\n  '{a': ['@dave']\n",
    [
      '3: the pattern "pods/**" matches no policy',
      '6: the pattern "{a" cannot be read: expected *, **, ?, [a-z] and {a,b}, with \\ before a character that is meant itself',
    ],
  ],
  [
    "a directory of charts that is not there",
    "helm: { vendor: charts }\n",
    ['1: no such directory "charts" in the repository'],
  ],
  [
    "a stand-in that is not there",
    'kustomize:\n  vendored:\n    "https://example.com/x": vendor/nothing\n',
    ['3: no such file or directory "vendor/nothing" in the repository'],
  ],
  [
    "ApplicationSets of a cluster that are not there",
    "clusters:\n  - name: a\n    server: x\n    applicationSets:\n      - overlays/prod\n      - overlays/production\n",
    ['6: the pattern "overlays/production" matches no file'],
  ],
  [
    "a server that two clusters have",
    "clusters:\n  - { name: a, server: x }\n  - { name: b, server: x }\n",
    ['3: two clusters have the server "x"; expected one'],
  ],
])("%s is a problem at its line", (_, text, expected) => {
  expect(unmet(text)).toEqual(expected);
});

test("what is there, and every policy without an author, may be named", () => {
  const text = `levels: { changes/deletion: "off", kubernetes/schema: warn }
environments:
  prod: { paths: [overlays/prod, "overlays/*/kustomization.yaml"], levels: { argocd/project: warn } }
helm: { vendor: ./vendor/charts/ }
kustomize: { vendored: { "https://example.com/x": vendor/base } }
`;
  expect(unmet(text)).toEqual([]);
});

test("an environment that nothing lands in is a problem, once the environments of the tree are known", () => {
  const text = "environments:\n  prodution: { levels: { images/tag: deny } }\n";
  expect(unmet(text)).toEqual([]);
  expect(unmet(text, { reached: new Set(["production"]) })).toEqual([
    '2: nothing lands in the environment "prodution": expected paths or clusters that feed it; did you mean "production"?',
  ]);
  expect(unmet(text, { reached: new Set(["prodution"]) })).toEqual([]);
});

test("where a person names paths, the tree may be a part, and only those are expected", () => {
  const text = "environments: { prod: { paths: [elsewhere] } }\n";
  expect(unmet(text, { named: ["overlays"] })).toEqual([]);
  expect(unmet(text, { named: ["nowhere"] })).toEqual(["undefined: no such file or directory"]);
});

test.each<[string, string, ReadonlyMap<string, ReadonlySet<string> | "any"> | "any", readonly string[]]>([
  [
    "that the policy does not read",
    "{ alowed: [] }",
    new Map([["images/tag", new Set(["allowed"])]]),
    ['4: policy "images/tag" reads no parameter "alowed"; did you mean "allowed"?'],
  ],
  ["of a policy that reads none", "{ allowed: [] }", new Map(), ['4: policy "images/tag" reads no parameters']],
  ["that the policy reads", "{ allowed: [] }", new Map([["images/tag", new Set(["allowed"])]]), []],
  ["of a policy that reads what it finds", "{ other: 1 }", new Map([["images/tag", "any"]]), []],
  ["where it is not known what policies read", "{ other: 1 }", "any", []],
])("a parameter %s", (_name, written, parametersRead, expected) => {
  const text = `environments:\n  prod:\n    parameters:\n      images/tag: ${written}\n`;
  expect(unmet(text, { judge: { ...reality.judge, parametersRead } })).toEqual(expected);
});

test("a parameter of a wrong type is a problem at its own line", () => {
  const text = "environments:\n  prod:\n    parameters:\n      images/tag:\n        allowed:\n          - 7\n";
  const parameterFaults = () => [{ pointer: "/allowed/0", message: 'parameter "allowed.0": expected text' }];
  expect(unmet(text, { judge: { ...reality.judge, parametersRead: "any", parameterFaults } })).toEqual([
    '6: policy "images/tag": parameter "allowed.0": expected text',
  ]);
});
