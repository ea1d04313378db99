import { expect, test } from "@jest/globals";
import { codeOwners, readCodeOwners } from "../../src/gate/code-owners.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";

test.each<[string, string, string, readonly string[]]>([
  ["a pattern for everything", "* @a", "apps/web.yaml", ["@a"]],
  ["the last pattern that matches", "* @a\n*.yaml @b @c", "apps/web.yaml", ["@b", "@c"]],
  ["a pattern without owners", "* @a\napps/", "apps/web.yaml", []],
  ["a directory at the root", "/apps/ @a", "apps/x/web.yaml", ["@a"]],
  ["a directory at the root, elsewhere", "/apps/ @a", "old/apps/web.yaml", []],
  ["a directory anywhere", "apps/ @a", "old/apps/web.yaml", ["@a"]],
  ["a directory that is named like a file", "apps/ @a", "apps", []],
  ["a path without a slash at the end", "/apps @a", "apps/x/web.yaml", ["@a"]],
  ["what is directly in a directory", "docs/* @a", "docs/a.md", ["@a"]],
  ["what is deeper in a directory", "docs/* @a", "docs/x/a.md", []],
  ["a directory at any depth", "**/logs @a", "build/logs/x/1.yaml", ["@a"]],
  ["a path with two stars inside", "/apps/**/values.yaml @a", "apps/web/prod/values.yaml", ["@a"]],
  ["a comment after the owners", "* @a # the default", "x.yaml", ["@a"]],
  ["what GitHub does not support", "* @a\n!x.yaml @b\n[x].yaml @c", "x.yaml", ["@a"]],
  ["no pattern", "/apps/ @a", "x.yaml", []],
])("owners by %s", (_, text, path, owners) => {
  expect(readCodeOwners(text)(path)).toEqual(owners);
});

test("the file in .github comes first", async () => {
  const tree = memoryTree({ CODEOWNERS: "* @root", ".github/CODEOWNERS": "* @github", "docs/CODEOWNERS": "* @docs" });
  expect((await codeOwners(tree))("x.yaml")).toEqual(["@github"]);
  expect((await codeOwners(memoryTree({ "docs/CODEOWNERS": "* @docs" })))("x.yaml")).toEqual(["@docs"]);
  expect((await codeOwners(memoryTree({})))("x.yaml")).toEqual([]);
});
