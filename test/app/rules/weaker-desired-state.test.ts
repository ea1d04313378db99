import { expect, test } from "@jest/globals";
import { weakerDesiredState } from "../../../src/app/rules/weaker-desired-state.ts";
import { readConfig } from "../../../src/config/read-config.ts";
import type { Config } from "../../../src/model/config.ts";

function config(text: string): Config {
  const { config: read, problems } = readConfig("portcullis.yaml", text);
  expect(problems).toEqual([]);
  return read;
}

const sentences = (old: Config, next: Config): readonly string[] =>
  weakerDesiredState(old, next).map(({ sentence }) => sentence);

const pinned = (version: string | undefined): string =>
  version === undefined ? "" : `schemas: { kubernetes: "${version}" }`;
const pinnedIn = (version: string | undefined): string =>
  `environments: { prod: { ${version === undefined ? "paths: [prod]" : `paths: [prod], kubernetes: "${version}"`} } }`;

test.each<[string, string | undefined, string | undefined, string | undefined]>([
  ["pinning a version where the newest held", undefined, "1.31", "1.31 instead of the newest"],
  ["an older version", "1.34", "1.33", "1.33 instead of 1.34"],
  ["the same version", "1.34", "1.34", undefined],
  ["a newer version", "1.33", "1.34", undefined],
  ["the newest instead of a version", "1.33", undefined, undefined],
  ["none before and after", undefined, undefined, undefined],
])("an older Kubernetes is named: %s", (_, old, next, expected) => {
  const all = expected === undefined ? [] : [`validates against Kubernetes ${expected}`];
  expect(sentences(config(pinned(old)), config(pinned(next)))).toEqual(all);
  const one = expected === undefined ? [] : [`validates prod against Kubernetes ${expected}`];
  expect(sentences(config(pinnedIn(old)), config(pinnedIn(next)))).toEqual(one);
});

test.each<[string, string, string, readonly string[]]>([
  ["gaps that may pass", "gaps: block", "gaps: allow", ["stops blocking what could not be rendered"]],
  ["gaps that may pass no longer", "gaps: allow", "gaps: block", []],
  ["gaps that might pass before", "gaps: allow", "gaps: allow", []],
  ["schemas that go", "", "schemas: off", ["turns schema validation off"]],
  ["schemas that were off", "schemas: off", "schemas: off", []],
  ["a repository more", "repositories: [a]", "repositories: [a, b]", []],
  ["charts of a directory more", "", "helm: { vendor: charts }", []],
  ["charts of another directory", "helm: { vendor: charts }", "helm: { vendor: others }", []],
  [
    "a new parameter",
    "environments: { prod: { paths: [prod] } }",
    "environments: { prod: { paths: [prod], parameters: { a/b: { most: 1 } } } }",
    ["changes the parameters of a/b in prod"],
  ],
  [
    "a parameter that goes",
    "environments: { prod: { paths: [prod], parameters: { a/b: { most: 1 }, c/d: { x: 1 } } } }",
    "environments: { prod: { paths: [prod], parameters: { c/d: { x: 1 } } } }",
    ["changes the parameters of a/b in prod"],
  ],
  [
    "what only the cluster has",
    "environments: { prod: { paths: [prod], apiVersions: [a/v1], substitutions: { A: x, B: x } } }",
    "environments: { prod: { paths: [prod], substitutions: { A: x, B: y } } }",
    ["changes the API versions of prod", "changes the variable B of prod"],
  ],
  [
    "what is applied, named for the first time",
    "",
    "apply: [{ path: a, as: raw }]",
    ["judges only what apply names, and what GitOps objects among that lead to"],
  ],
  ["what is applied, named no longer", "apply: [{ path: a, as: raw }]", "", []],
  [
    "entries that go, differ and come",
    "apply: [{ path: a, as: raw }, { path: b, as: helm, values: [x, y] }, { path: c, as: kustomize }]",
    "apply: [{ path: d, as: raw }, { path: b, as: helm, values: [y, x] }, { path: c, as: kustomize }]",
    ["no longer applies a (raw)", "changes how b is applied (helm)"],
  ],
  ["a new environment", "", "environments: { prod: { paths: [prod], clusters: [one] } }", []],
  [
    "a new environment that is judged by other parameters and variables",
    'schemas: { kubernetes: "1.34" }',
    'schemas: { kubernetes: "1.34" }\nenvironments: { prod: { paths: ["**"], kubernetes: "1.33", parameters: { a/b: { most: 9 } }, substitutions: { A: x } } }',
    [
      "validates prod against Kubernetes 1.33 instead of 1.34",
      "changes the variable A of prod",
      "changes the parameters of a/b in prod",
    ],
  ],
])("of what is judged less strictly: %s", (_, old, next, expected) => {
  expect(sentences(config(old), config(next))).toEqual(expected);
});
