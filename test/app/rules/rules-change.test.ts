import { expect, test } from "@jest/globals";
import {
  changedPaths,
  describeRulesChange,
  splitChange,
  withRulesChange,
} from "../../../src/app/rules/rules-change.ts";
import type { PolicySet } from "../../../src/app/rules/policy-set.ts";
import { readPolicySet } from "../../../src/app/rules/policy-set.ts";
import { weakeningFinding } from "../../../src/app/rules/weakening.ts";
import type { Report } from "../../../src/model/report.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { finding, report } from "../../report/sample-reports.ts";
import { judgeOfPolicies, now } from "./policy-sets.ts";

test.each<[string, Parameters<typeof memoryTree>[0], Parameters<typeof memoryTree>[0], readonly string[]]>([
  ["nothing", { a: "1" }, { a: "1" }, []],
  ["a file more", { a: "1" }, { a: "1", b: "1" }, ["b"]],
  ["a file fewer", { a: "1", b: "1" }, { b: "1" }, ["a"]],
  ["other content", { a: "1", b: "1" }, { a: "1", b: "2" }, ["b"]],
  ["a link in place of a file", { a: "b" }, { a: { symlink: "b" } }, ["a"]],
  ["all of that, sorted", { c: "1", b: "1" }, { b: "2", a: "1" }, ["a", "b", "c"]],
])("paths that differ between two trees: %s", async (_, before, after, expected) => {
  expect(await changedPaths(memoryTree(before), memoryTree(after))).toEqual(expected);
});

test("without a tree before, every path is changed", async () => {
  expect(await changedPaths(undefined, memoryTree({ b: "1", a: "1" }))).toEqual(["a", "b"]);
});

const setOf = (config: string): Promise<PolicySet> =>
  readPolicySet(memoryTree({ "portcullis.yaml": config }), judgeOfPolicies(), now);

test.each<[string, string, readonly string[], boolean, readonly string[]]>([
  ["the configuration", "", ["portcullis.yaml"], true, []],
  ["policies where the configuration names none", "", ["policies/a.rego", "policy/b.rego"], true, []],
  ["policies by name", "policies: [rules/deny]", ["rules/deny/a.rego", "policies/a.rego"], true, ["policies/a.rego"]],
  ["one file of policies", "policies: [deny.rego]", ["deny.rego", "deny.rego.bak"], true, ["deny.rego.bak"]],
  ["data", "data: [data/limits.json]", ["data/limits.json"], true, []],
  [
    "a directory that begins alike",
    "policies: [./rules/]",
    ["rules/a.rego", "rules-2/a.rego"],
    true,
    ["rules-2/a.rego"],
  ],
  ["the whole tree", "policies: ['.']", ["apps/web.yaml"], true, []],
  ["manifests alone", "", ["apps/web.yaml"], false, ["apps/web.yaml"]],
  ["nothing", "", [], false, []],
])(
  "how a repository is judged is touched by what its configuration names: %s",
  async (_, config, changed, rules, other) => {
    expect(splitChange(changed, await setOf(`version: 1\n${config}\n`))).toEqual({ rules, other });
  },
);

test("without a configuration only portcullis.yaml is of the rules; of several sets each has its own", async () => {
  const changed = ["a/x.rego", "b/x.rego", "policies/x.rego", "portcullis.yaml"];
  expect(splitChange(changed, { kind: "none" })).toEqual({
    rules: true,
    other: ["a/x.rego", "b/x.rego", "policies/x.rego"],
  });
  const sets = [await setOf("version: 1\npolicies: [a]\n"), await setOf("version: 1\npolicies: [b]\n")];
  expect(splitChange(changed, ...sets).other).toEqual(["policies/x.rego"]);
});

const weakened = weakeningFinding("turns the gate to report only", 1);
const problem = (status: "introduced" | "existing") =>
  ({ stage: "compile", path: "policies/a.rego", line: 2, message: "no", status }) as const;

test.each<[string, Report["verdict"], Parameters<typeof withRulesChange>[1], Report["verdict"]]>([
  ["nothing leaves a pass", "pass", { findings: [], problems: [], notes: [] }, "pass"],
  ["a weakening warns", "pass", { findings: [weakened], problems: [], notes: [] }, "warn"],
  ["a weakening leaves a fail", "fail", { findings: [weakened], problems: [], notes: [] }, "fail"],
  ["a problem that it brings blocks", "pass", { findings: [], problems: [problem("introduced")], notes: [] }, "error"],
  [
    "a problem that was there leaves a pass",
    "pass",
    { findings: [], problems: [problem("existing")], notes: [] },
    "pass",
  ],
  [
    "a problem that it brings besides one that was there blocks",
    "fail",
    { findings: [], problems: [problem("existing"), problem("introduced")], notes: [] },
    "error",
  ],
])("of what a change does to the rules, %s", (_, verdict, change, expected) => {
  const counts = { ...report().counts, introduced: 1, problems: 2 };
  const merged = withRulesChange(report({ verdict, counts, findings: [finding()] }), change);
  expect(merged.verdict).toBe(expected);
  expect(merged.counts).toEqual({
    ...counts,
    introduced: 1 + change.findings.length,
    problems: 2 + change.problems.length,
  });
  expect(merged.problems).toEqual(change.problems);
  expect(merged.findings).toHaveLength(1 + change.findings.length);
});

test("what is weakened stands among the findings by its place", () => {
  const at = (path: string, line: number, policy = "a/b") =>
    finding({ policy, location: { path, line, precision: "value" } });
  const own = [at("a.yaml", 1), at("portcullis.yaml", 1, "z/z"), at("portcullis.yaml", 2), at("z.yaml", 1)];
  const merged = withRulesChange(report({ findings: own }), { findings: [weakened], problems: [], notes: [] });
  expect(merged.findings.map(({ location, policy }) => `${location.path}:${location.line} ${policy}`)).toEqual([
    "a.yaml:1 a/b",
    "portcullis.yaml:1 portcullis/rules",
    "portcullis.yaml:1 z/z",
    "portcullis.yaml:2 a/b",
    "z.yaml:1 a/b",
  ]);
});

test("what is weakened warns at the configuration, each sentence by itself", () => {
  expect(weakened).toMatchObject({
    policy: "portcullis/rules",
    level: "warn",
    status: "introduced",
    message: "This change turns the gate to report only.",
    location: { path: "portcullis.yaml", line: 1 },
  });
  expect(weakened.fingerprint).not.toBe(weakeningFinding("removes the policy a/b", 1).fingerprint);
  expect(weakened.fingerprint).toBe(weakeningFinding("turns the gate to report only", 2).fingerprint);
});

test("renaming portcullis.yml to what it must be called touches the rules alone", async () => {
  const misnamed = await readPolicySet(memoryTree({ "portcullis.yml": "version: 1\n" }), judgeOfPolicies(), now);
  const changed = ["portcullis.yaml", "portcullis.yml"];
  expect(splitChange(changed, misnamed, await setOf("version: 1\n"))).toEqual({ rules: true, other: [] });
});

test("a proposed configuration that matches nothing in the tree is a problem of the change", async () => {
  const policy = 'package main\nimport rego.v1\ndeny contains "x" if input.kind == "Pod"\n';
  const pod = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n";
  const tree = (config: string) =>
    memoryTree({ "portcullis.yaml": config, "policies/a.rego": policy, "apps/a.yaml": pod });
  const judge = async () => [{ violations: [], excepted: [], problems: [] }];
  const read = async (config: string) =>
    readPolicySet(tree(config), judgeOfPolicies(["a/b"], { judge, warnings: [] }), now);
  const inForce = await read("version: 1\n");
  if (inForce.kind === "none") throw new Error("there is a configuration");
  const text = "version: 1\napply:\n  - { path: aps, as: raw }\n";
  const { problems, findings } = await describeRulesChange(inForce, await read(text), inForce, {
    after: tree(text),
    now,
    branch: "main",
    desired: {},
    examine: async () => [],
  });
  expect(problems).toMatchObject([
    {
      stage: "config",
      path: "portcullis.yaml",
      line: 3,
      status: "introduced",
      message: 'the pattern "aps" matches no file in scope: .yaml, .yml or .json',
    },
  ]);
  expect(findings.map(({ message }) => message)).toEqual([
    "This change judges only what apply names, and what GitOps objects among that lead to.",
  ]);
});
