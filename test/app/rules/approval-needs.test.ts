import { expect, test } from "@jest/globals";
import { approvalNeeds } from "../../../src/app/rules/approval-needs.ts";
import { readPolicySet, type PolicySet } from "../../../src/app/rules/policy-set.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { changedPaths, splitChange } from "../../../src/app/rules/rules-change.ts";
import { judgeOfPolicies, now } from "./policy-sets.ts";

type Files = Readonly<Record<string, string>>;

const CONFIG = `version: 1
policies: [rules]
data: [limits]
owners:
  "**": ["@acme/platform"]
  "a/*": ["@acme/security"]
`;
const FILES: Files = {
  "portcullis.yaml": CONFIG,
  "rules/b.rego": "package a.b\n\ndeny contains 1\n",
  "rules/d.rego": "package c.d\n\ndeny contains 1\n",
  "rules/b_test.rego": "package a.b_test\n\ntest_it if true\n",
  "rules/lib.rego": "package lib\n\nx := 1\n",
  "limits/most.json": "{}",
  "apps/web.yaml": "kind: Pod\n",
};

async function setOf(files: Files, ids: readonly string[]): Promise<PolicySet> {
  const judge = await judgeOfPolicies(ids)(undefined as never, now, true);
  const policies = ids.map((id) => ({ id, package: id.replace("/", ".") }));
  return readPolicySet(memoryTree(files), async () => ({ ...judge, policies }), now);
}

/** What a change from the files above to these needs, as `PATH:LINE what (owners)`. Empty text: the file is gone. */
async function needsOf(changed: Files, ids: readonly string[] = ["a/b", "c/d"], before: Files = FILES) {
  const after = Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, text]) => text !== ""));
  const [old, next] = [await setOf(before, ["a/b", "c/d"]), await setOf(after, ids)];
  if (old.kind === "none") throw new Error("there is a portcullis.yaml");
  const paths = await changedPaths(memoryTree(before), memoryTree(after));
  const { needs, findings } = approvalNeeds(old, next, { changed: paths, branch: "main", now, findings: [] });
  expect(findings.map(({ fingerprint }) => fingerprint)).toEqual(needs.map(({ fingerprint }) => fingerprint));
  return needs.map(({ path, line, what, owners }) => `${path}:${line} ${what} (${owners.join(", ")})`);
}

test.each<[string, Files, readonly string[]]>([
  [
    "manifests, tests, and other files beside policies",
    { "apps/web.yaml": "kind: Job\n", "rules/b_test.rego": "package z\n", "rules/README.md": "x" },
    [],
  ],
  [
    "a policy, by its own owners",
    { "rules/b.rego": "package a.b\n\ndeny contains 2\n" },
    ["rules/b.rego:3 edits rules/b.rego (a/b) (@acme/security)"],
  ],
  [
    "another policy, by the owners of all",
    { "rules/d.rego": "package c.d\n" },
    ["rules/d.rego:2 edits rules/d.rego (c/d) (@acme/platform)"],
  ],
  [
    "a library",
    { "rules/lib.rego": "package lib\n\nx := 2\n" },
    ["rules/lib.rego:3 edits rules/lib.rego (@acme/platform)"],
  ],
  [
    "data that reads like a policy, by the owners of data",
    { "limits/most.json": '{"x": "\\n"}\n', "limits/more.yaml": "x: |\n  package a.b\n" },
    [
      "limits/more.yaml:1 adds limits/more.yaml (@acme/platform)",
      "limits/most.json:1 edits limits/most.json (@acme/platform)",
    ],
  ],
  ["data", { "limits/more.json": "{}" }, ["limits/more.json:1 adds limits/more.json (@acme/platform)"]],
  ["a removed library", { "rules/lib.rego": "" }, ["rules/lib.rego:1 removes rules/lib.rego (@acme/platform)"]],
  [
    "a file that becomes another policy, by the owners of both",
    { "rules/d.rego": "package a.b\n" },
    [
      "rules/d.rego:1 edits rules/d.rego (c/d) (@acme/platform)",
      "rules/d.rego:1 edits rules/d.rego (a/b) (@acme/security)",
    ],
  ],
  [
    "a lower level",
    { "portcullis.yaml": `${CONFIG}levels:\n  a/b: warn\n` },
    ["portcullis.yaml:8 lowers a/b from the policy's own level to warn (@acme/security)"],
  ],
  ["a higher level", { "portcullis.yaml": `${CONFIG}levels: { c/d: deny }\n` }, []],
  [
    "annotations that may waive policies, by the owners of those",
    { "portcullis.yaml": `${CONFIG}waivers: { annotations: ["a/*"] }\n` },
    [
      "portcullis.yaml:7 lets annotations of manifests waive a/* (@acme/security)",
      "portcullis.yaml:7 edits waivers in portcullis.yaml (@acme/platform)",
    ],
  ],
  [
    "report only",
    { "portcullis.yaml": `${CONFIG}mode: report\n` },
    ["portcullis.yaml:7 switches the gate to report only: nothing would block (@acme/platform)"],
  ],
  [
    "other data",
    { "portcullis.yaml": CONFIG.replace("[limits]", "[rules]") },
    ["portcullis.yaml:3 edits data in portcullis.yaml (@acme/platform)"],
  ],
  [
    "other owners of some policies, by who owns those now",
    { "portcullis.yaml": CONFIG.replace("@acme/security", "@mallory") },
    ["portcullis.yaml:4 gives other owners to a/b (@acme/security)"],
  ],
  [
    "no configuration",
    { "portcullis.yaml": "" },
    [
      "portcullis.yaml:1 removes portcullis.yaml; the repository stays enrolled and is still judged by the rules now in force (@acme/platform)",
    ],
  ],
])("a change needs approval of %s", async (_, changed, expected) => {
  expect(await needsOf(changed)).toEqual(expected);
});

test("a change needs approval of a file that a policy reads, wherever it is", async () => {
  const before = {
    ...FILES,
    "rules/b.rego": 'package a.b\n\ndeny contains 1 if parse_config_file("../settings/limits.yaml").strict\n',
    "rules/b_test.rego": 'package a.b_test\n\ntest_it if parse_config_file("../apps/web.yaml")\n',
    "settings/limits.yaml": "strict: true\n",
  };
  const changed = { "settings/limits.yaml": "strict: false\n", "apps/web.yaml": "kind: Job\n" };
  expect(await needsOf(changed, undefined, before)).toEqual([
    "settings/limits.yaml:1 edits settings/limits.yaml (@acme/platform)",
  ]);
  const inForce = await setOf(before, ["a/b"]);
  expect(splitChange(Object.keys(changed), inForce)).toEqual({ rules: true, other: ["apps/web.yaml"] });
});

test("a policy that is removed needs its own owners", async () => {
  expect(await needsOf({ "rules/b.rego": "" }, ["c/d"])).toEqual([
    "portcullis.yaml:2 removes the policy a/b (@acme/security)",
    "rules/b.rego:1 removes rules/b.rego (a/b) (@acme/security)",
  ]);
});

test("by CODEOWNERS, those of the policy's file are asked, and those whose files get other owners", async () => {
  const files = {
    ...FILES,
    "portcullis.yaml": "version: 1\npolicies: [rules]\napprovals: on\n",
    CODEOWNERS: "* @all\n/rules/b.rego @b\n",
  };
  const lower = { "portcullis.yaml": `${files["portcullis.yaml"]}levels: { a/b: warn, c/d: info }\n` };
  expect(await needsOf(lower, undefined, files)).toEqual([
    "portcullis.yaml:4 lowers a/b from the policy's own level to warn (@b)",
    "portcullis.yaml:4 lowers c/d from the policy's own level to info (@all)",
  ]);
  expect(await needsOf({ CODEOWNERS: "* @all\n" }, undefined, files)).toEqual([
    "CODEOWNERS:1 gives other owners to a/b and 1 more policy or file (@b)",
  ]);
  expect(await needsOf({ ".github/CODEOWNERS": "* @b\n/rules/b.rego @b\n" }, undefined, files)).toEqual([
    expect.stringMatching(
      /^\.github\/CODEOWNERS:1 gives other owners to c\/d and \d+ more policies and files \(@all\)$/,
    ),
  ]);
  // What the change does not touch may have moved on the default branch.
  expect(await needsOf({ CODEOWNERS: files.CODEOWNERS }, undefined, files)).toEqual([]);
});
