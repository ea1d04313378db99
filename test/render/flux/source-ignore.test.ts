import { expect, test } from "@jest/globals";
import { pathMatcher } from "../../../src/render/glob/path-pattern.ts";
import { artifactPatterns, ignores, readIgnorePatterns } from "../../../src/render/flux/source-ignore.ts";

test.each([
  ["a name anywhere", "*.yaml", ["a.yaml", "b/c.yaml"], ["a.yml"]],
  ["a name tied to its directory", "/a.yaml", ["a.yaml"], ["b/a.yaml"]],
  ["a path is tied too", "b/a.yaml", ["b/a.yaml"], ["c/b/a.yaml"]],
  ["directories only", "build/", ["build/a.yaml", "b/build/c/d.yaml"], ["build"]],
  ["any number of directories", "a/**/b.yaml", ["a/b.yaml", "a/x/y/b.yaml"], ["b.yaml"]],
  ["all inside, and the file itself", "a/**", ["a/b", "a/b/c", "a"], ["b/a"]],
  ["everything but one directory", "/*\n!/keep", ["a.yaml", "b/c.yaml"], ["keep/a.yaml"]],
  [
    "other than for Git, a file below a left out directory comes back",
    "a/\n!a/b.yaml",
    ["a/c.yaml"],
    ["a/b.yaml", "b.yaml"],
  ],
  ["comments and empty lines say nothing", "# *\n\n   \n", [], ["a.yaml"]],
  ["escaped signs", "\\#a\n\\!b\nc\\*", ["#a", "!b", "c*"], ["cd"]],
  ["one of several characters", "[a-c]?[^x].yaml", ["azy.yaml"], ["dzy.yaml", "azx.yaml"]],
  ["what Go cannot read matches nothing", "[a\n[]x]\n[x-]\nb\\", [], ["[a", "x", "-", "b"]],
  ["two stars beside other characters match nothing", "a/b**", [], ["a/b", "a/bc"]],
])("%s", (_, text, out, kept) => {
  const ignored = ignores(readIgnorePatterns(text, ""));
  expect([...out, ...kept].filter((path) => ignored(path))).toEqual(out);
});

test("the patterns of a directory speak of what is below it", () => {
  const ignored = ignores(readIgnorePatterns("*.yaml\n/b/c\n", "a"));
  expect(["x.yaml", "a/x.yaml", "a/b/c/d", "b/c/d"].filter((path) => ignored(path))).toEqual(["a/x.yaml", "a/b/c/d"]);
});

test("what Flux always leaves out", () => {
  const paths = [".gitignore", ".github/workflows/ci.yaml", "a/.sops.yaml", "x.png", "cloudbuild.yaml", "apps/x.yaml"];
  const kept = (own: string): readonly string[] => {
    const ignored = ignores(artifactPatterns(readIgnorePatterns(own, "")));
    return paths.filter((path) => !ignored(path));
  };
  expect(kept("")).toEqual(["apps/x.yaml"]);
  // A pattern of one's own takes the place of most of them.
  expect(kept("/apps\n")).toEqual([".github/workflows/ci.yaml", "a/.sops.yaml", "x.png", "cloudbuild.yaml"]);
});

test.each([
  ["a/**/b", "a/b", true],
  ["a/**/b", "a/x/y/b", true],
  ["a/**", "a", false],
  ["**/**", "a", true],
  ["**", "a/b", true],
  ["a**b", "a/b", false],
  ["[!a]b", "/b", false],
  ["[a", "[a", true],
  ["[]a]", "]", true],
  ["[b-a]", "a", false],
  ["[a-]", "-", true],
  ["a\\", "a\\", true],
  ["a\\*", "a*", true],
  ["{a,b}", "a", false],
])("the pattern %s against %s: %s", (pattern, path, expected) => {
  expect(pathMatcher(pattern)(path)).toBe(expected);
});
