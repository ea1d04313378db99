import { expect, test } from "@jest/globals";
import { namedPolicies } from "../../src/config/named-policies.ts";
import { policySources } from "../../src/config/policy-sources.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { libraryTree } from "../../src/tree/library-tree.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";

const rego = "package main\n";

test.each([
  ["what it names", "policies: [rules]", { "rules/a.rego": rego, "policies/b.rego": rego }, ["rules"]],
  ["./policies where it names none", "", { "policies/b.rego": rego, "policy/c.rego": rego }, ["policies"]],
  ["./policy where only that holds Rego", "", { "policies/README.md": "", "policy/c.rego": rego }, ["policy"]],
  [
    "./policies without what judges documents",
    "documents: [{ files: [Dockerfile], parser: dockerfile, policies: [policies/ci/images, policies/x.rego] }]",
    {
      "policies/b.rego": rego,
      "policies/x.rego": rego,
      "policies/apps/c.rego": rego,
      "policies/apps/more/c.rego": rego,
      "policies/ci/images/d.rego": rego,
      "policies/ci/more/e.rego": rego,
      "policies/ci/notes/README.md": "",
    },
    ["policies/apps", "policies/b.rego", "policies/ci/more"],
  ],
  [
    "the library where ./policies only judges documents",
    "documents: [{ files: [Dockerfile], parser: dockerfile, policies: [./policies/] }]",
    { "policies/b.rego": rego },
    ["@portcullis/library"],
  ],
  ["the library where neither holds Rego", "", { "policies/README.md": "" }, ["@portcullis/library"]],
])("a configuration's policies are %s", async (_, line, files, expected) => {
  const { config, problems } = readConfig("portcullis.yaml", `version: 1\n${line}\n`);
  expect(problems).toEqual([]);
  expect(await namedPolicies(memoryTree(files), config)).toEqual(expected);
});

test("the library stands beside policies of one's own, under a name that is not a path", async () => {
  const tree = memoryTree({ "policies/a.rego": rego });
  const selection = { policies: ["policies", "@portcullis/library"], data: [] };
  const { sources, problems } = await policySources(tree, selection, undefined, libraryTree());
  expect(problems).toEqual([]);
  const paths = sources.files.map(({ path }) => path);
  expect(paths).toContain("policies/a.rego");
  expect(paths).toContain("@portcullis/library/images/tag/policy.rego");
  expect(paths.filter((path) => path.endsWith("_test.rego"))).toEqual([]);
});

test("a folder of the repository cannot pass itself off as the library", async () => {
  const tree = memoryTree({ "@portcullis/library/a.rego": rego });
  const { sources } = await policySources(
    tree,
    { policies: ["@portcullis/library"], data: [] },
    undefined,
    libraryTree(),
  );
  expect(sources.files.some(({ path }) => path.endsWith("library/a.rego"))).toBe(false);
});
