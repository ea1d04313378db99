import { expect, test } from "@jest/globals";
import { readPolicySet, type PolicySet } from "../../../src/app/rules/policy-set.ts";
import { memoryTree, type MemoryFile } from "../../../src/tree/memory-tree.ts";
import { judgeOfPolicies, now } from "./policy-sets.ts";

type Files = { readonly [path: string]: MemoryFile };

async function setOf(files: Files, makeJudge = judgeOfPolicies()): Promise<Extract<PolicySet, { kind: "set" }>> {
  const set = await readPolicySet(memoryTree(files), makeJudge, now);
  if (set.kind === "none") throw new Error("there is no portcullis.yaml");
  return set;
}

const rego = "package main\n\ndeny contains msg if { msg := input.kind }\n";

test("a tree without portcullis.yaml has no set", async () => {
  expect(await readPolicySet(memoryTree({ "policies/a.rego": rego }), judgeOfPolicies(), now)).toEqual({
    kind: "none",
  });
});

test.each<[string, Files, readonly string[]]>([
  [
    "its directory of policies",
    { "portcullis.yaml": "version: 1\npolicies: [rules]\n", "rules/a.rego": rego },
    ["rules"],
  ],
  [
    "its policies and data",
    {
      "portcullis.yaml": "version: 1\npolicies: [rules]\ndata: [limits.yaml]\n",
      "rules/a.rego": rego,
      "limits.yaml": "a: 1\n",
    },
    ["rules", "limits.yaml"],
  ],
  [
    "all that could hold policies where none is named",
    { "portcullis.yaml": "version: 1\n", "policies/a.rego": rego },
    ["policies", "policy"],
  ],
])("a set is read from %s", async (_, files, roots) => {
  const set = await setOf(files);
  expect(set.roots).toEqual(roots);
  expect(set.problems).toEqual([]);
  expect(set.sources.files.map(({ path }) => path)).toEqual([expect.stringContaining("a.rego")]);
});

test.each<[string, Files, ReturnType<typeof judgeOfPolicies>, readonly object[]]>([
  [
    "a link in place of the configuration",
    { "portcullis.yaml": { symlink: "other.yaml" }, "policies/a.rego": rego },
    judgeOfPolicies(),
    [{ stage: "config", path: "portcullis.yaml", line: 1, message: expect.stringContaining("expected a file") }],
  ],
  [
    "a configuration under a name that people use by mistake",
    { "portcullis.yml": "version: 1\n", "policies/a.rego": rego },
    judgeOfPolicies(),
    [{ stage: "config", path: "portcullis.yml", line: 1, message: "the file must be called portcullis.yaml" }],
  ],
  [
    "a key that is not known",
    { "portcullis.yaml": "version: 1\nmodus: report\n", "policies/a.rego": rego },
    judgeOfPolicies(),
    [{ stage: "config", path: "portcullis.yaml", line: 2 }],
  ],
  [
    "a path without policies",
    { "portcullis.yaml": "version: 1\npolicies: [gone]\n" },
    judgeOfPolicies(),
    [{ stage: "config", path: "portcullis.yaml", line: 2 }],
  ],
  [
    "a policy that does not compile",
    { "portcullis.yaml": "version: 1\n", "policies/a.rego": rego },
    judgeOfPolicies([], { problems: [{ stage: "compile", path: "policies/a.rego", line: 1, message: "no" }] }),
    [{ stage: "compile", path: "policies/a.rego" }],
  ],
  [
    "no rule that decides",
    { "portcullis.yaml": "version: 1\npolicies: [rules]\n", "rules/a.rego": rego },
    judgeOfPolicies([]),
    [{ stage: "compile", path: "portcullis.yaml", message: expect.stringContaining("under rules") }],
  ],
])("a set must not come into force with %s", async (_, files, makeJudge, expected) => {
  const { problems } = await setOf(files, makeJudge);
  expect(problems).toMatchObject(expected);
});

test.each<[string, Files, ReturnType<typeof judgeOfPolicies>, boolean]>([
  ["itself", { "portcullis.yaml": "version: 1\n", "policies/a.rego": rego }, judgeOfPolicies(), true],
  ["a comment more", { "portcullis.yaml": "# a\nversion: 1\n", "policies/a.rego": rego }, judgeOfPolicies(), true],
  [
    "another configuration",
    { "portcullis.yaml": "version: 1\nmode: report\n", "policies/a.rego": rego },
    judgeOfPolicies(),
    false,
  ],
  ["another judge", { "portcullis.yaml": "version: 1\n", "policies/a.rego": rego }, judgeOfPolicies(["c/d"]), false],
])("a set has the digest of %s: %s", async (_, files, makeJudge, same) => {
  const base = await setOf({ "portcullis.yaml": "version: 1\n", "policies/a.rego": rego });
  expect((await setOf(files, makeJudge)).digest === base.digest).toBe(same);
});
