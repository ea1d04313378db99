import { expect, test } from "@jest/globals";
import { bootstrapReport } from "../../../src/app/rules/bootstrap.ts";
import { readPolicySet, type PolicySet } from "../../../src/app/rules/policy-set.ts";
import type { Problem } from "../../../src/model/problem.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { judgeOfPolicies, now } from "./policy-sets.ts";

const broken: Problem = { stage: "compile", path: "policies/a.rego", line: 1, message: "no" };
const red: Problem = { stage: "evaluate", path: "policies/a_test.rego", line: 3, message: "test_deny failed" };

const rules = { "portcullis.yaml": "version: 1\n", "policies/a.rego": "package main\n" };
const setWith = (problems: readonly Problem[]): Promise<PolicySet> =>
  readPolicySet(memoryTree(rules), judgeOfPolicies(["a/b", "c/d"], { problems }), now);
const none = async (): Promise<PolicySet> => ({ kind: "none" });

const many = Array.from({ length: 7 }, (_, n) => `apps/${n}.yaml`);

test.each<[string, () => Promise<PolicySet>, readonly string[], readonly Problem[], readonly object[]]>([
  ["rules that compile and whose tests pass, and nothing else", () => setWith([]), [], [], []],
  ["rules that do not compile", () => setWith([broken]), [], [red], [broken]],
  ["rules whose tests fail", () => setWith([]), [], [red], [red]],
  ["no rules", none, [], [], [{ stage: "config", message: expect.stringContaining("without portcullis.yaml") }]],
  [
    "something else besides",
    () => setWith([]),
    ["apps/web.yaml", "b.yaml"],
    [],
    [{ stage: "config", path: "apps/web.yaml", message: expect.stringContaining("touches apps/web.yaml, b.yaml.") }],
  ],
  [
    "much else besides",
    () => setWith([]),
    many,
    [],
    [{ path: "apps/0.yaml", message: expect.stringContaining("apps/3.yaml, apps/4.yaml and 2 more.") }],
  ],
  [
    "five other files",
    () => setWith([]),
    many.slice(0, 5),
    [],
    [{ path: "apps/0.yaml", message: expect.stringContaining("apps/3.yaml, apps/4.yaml.") }],
  ],
  [
    "rules that do not compile, and something else",
    () => setWith([broken]),
    ["b.yaml"],
    [],
    [broken, { path: "b.yaml" }],
  ],
])("before any rules were in force, of a change is judged: %s", async (_, proposed, other, tests, expected) => {
  const request = { now, after: "after", before: "before", how: "test merge" };
  const set = await proposed();
  const found = await bootstrapReport(request, set, other, async () => tests);
  expect(found.problems).toMatchObject(expected);
  expect(found.problems.every(({ status }) => status === "introduced")).toBe(true);
  expect(found).toMatchObject({
    verdict: expected.length === 0 ? "pass" : "error",
    counts: { problems: expected.length, introduced: 0 },
    judged: { after: "after", before: "before", how: "test merge" },
    policies: set.kind === "none" ? { digest: "none", count: 0 } : { digest: set.digest, count: 2 },
    mode: "enforce",
  });
});

test("the tests of rules that do not compile are not run", async () => {
  let ran = 0;
  await bootstrapReport({ now, after: "a", how: "x" }, await setWith([broken]), [], async () => {
    ran += 1;
    return [];
  });
  expect(ran).toBe(0);
});
