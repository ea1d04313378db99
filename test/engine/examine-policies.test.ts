import { afterAll, expect, test } from "@jest/globals";
import { readPolicySet } from "../../src/app/rules/policy-set.ts";
import { examinePolicies } from "../../src/engine/examine-policies.ts";
import type { DocumentParser } from "../../src/model/document-parser.ts";
import { createToolchain } from "../../src/rego/toolchain/toolchain.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { judgeOfPolicies, now } from "../app/rules/policy-sets.ts";
import { fake } from "../support/fakes/fake.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const toolchain = createToolchain({ cacheDir: TEST_CACHE });
afterAll(() => toolchain.close());

const POLICY = `# METADATA
# title: A team
# custom:
#   id: workloads/team
package workloads.team

import rego.v1

deny contains "no team" if not input.metadata.labels.team

deny contains "no owner" if {
	input.kind == "Pod"
	not input.metadata.labels.owner
}
`;
const pod = (labels: string): string => `apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: ${labels} }\n`;
const FILES = {
  "policies/team/policy.rego": POLICY,
  "policies/team/policy_test.rego":
    'package workloads.team_test\n\nimport rego.v1\n\nimport data.workloads.team\n\ntest_team if "no team" in team.deny with input as {}\n',
  "policies/team/fixtures/accepted-both.yaml": pod("{ team: a, owner: b }"),
};

/** What is not reached by these policies, as `path:line message`, with what a configuration requires. */
async function unreached(files: Readonly<Record<string, string>>, required = "{}"): Promise<readonly string[]> {
  const all = { "portcullis.yaml": `version: 1\npolicies: [policies]\n${required === "{}" ? "" : required}`, ...files };
  const set = await readPolicySet(memoryTree(all), judgeOfPolicies(), now);
  if (set.kind === "none") throw new Error("there is a portcullis.yaml");
  expect(set.problems).toEqual([]);
  const means = { toolchain, parser: fake<DocumentParser>({}) };
  const found = await examinePolicies(means, set, { config: set.config, builtins: [] });
  return found.map(({ path, line, message }) => `${path ?? ""}${line === undefined ? "" : `:${line}`} ${message}`);
}

test.each<[string, Readonly<Record<string, string>>, string, readonly (string | RegExp)[]]>([
  ["tests and fixtures pass", {}, "{}", []],
  [
    "a fixture fails",
    { "policies/team/fixtures/accepted-none.yaml": pod("{ team: a }") },
    "{}",
    [
      /^policies\/team\/fixtures\/accepted-none\.yaml the fixture workloads\/team accepted-none failed: expected no finding/,
    ],
  ],
  [
    "a test fails",
    { "policies/team/policy_test.rego": "package a_test\n\nimport rego.v1\n\ntest_a if 1 == 2\n" },
    "{}",
    ["policies/team/policy_test.rego:5 the policy test a_test.test_a failed"],
  ],
  [
    "coverage with fixtures is reached",
    { "policies/team/fixtures/rejected-owner.yaml": pod("{ team: a }") },
    "tests: { coverage: 100, coveragePerPolicy: 100 }\n",
    [],
  ],
  [
    "coverage is not reached",
    { "policies/team/fixtures/accepted-both.yaml": "apiVersion: v1\nkind: Other\nmetadata: { labels: { team: a } }\n" },
    "tests: { coverage: 100, coveragePerPolicy: 100 }\n",
    [
      / the tests reach \d+(?:\.\d)? % of the lines of all policies; tests\.coverage requires 100 %$/,
      /^policies\/team\/policy\.rego the tests reach \d+(?:\.\d)? % of its lines; tests\.coveragePerPolicy requires 100 %$/,
    ],
  ],
  [
    "a rule of the linter that blocks finds something",
    { "policies/team/policy.rego": POLICY.replace("# title: A team", "# titel: A team") },
    "{}",
    [/^policies\/team\/policy\.rego:\d+ portcullis lint: metadata-key: /],
  ],
  [
    "the configuration names other rules that block",
    {},
    "lint: { block: [rejected-fixture] }\n",
    [
      /^policies\/team\/policy\.rego:9 portcullis lint: rejected-fixture: no rejected fixture beside workloads\/team makes deny fire$/,
    ],
  ],
])("%s", async (_, files, required, expected) => {
  const found = await unreached({ ...FILES, ...files }, required);
  expect(found).toEqual(expected.map((one): unknown => (typeof one === "string" ? one : expect.stringMatching(one))));
});
