import { expect, test } from "@jest/globals";
import { readConfig } from "../../src/config/read-config.ts";
import { allMatch, isGated, unmetBranches } from "../../src/gate/gated-branches.ts";

const entries = [{ branch: "release/*" }, { branch: "live", check: "gate on live" }, { branch: "odd[name" }];

test.each<[string, boolean]>([
  ["main", true],
  ["release/1", true],
  ["release/1/fix", false],
  ["live", true],
  ["live2", false],
  ["odd[name", true],
  ["mine", false],
])("with the default branch main, %s is gated: %s", (name, expected) => {
  expect(isGated(name, "main", entries)).toBe(expected);
});

test("the branches of a repository are needed only where those that are known leave an entry without a match", () => {
  expect(allMatch([], ["main"])).toBe(true);
  expect(allMatch([{ branch: "main" }, { branch: "rel*" }], ["main", "release"])).toBe(true);
  expect(allMatch([{ branch: "main" }, { branch: "stable" }], ["main", "release"])).toBe(false);
});

const known = { names: ["main", "release", "stable/1"], defaultBranch: "main", where: "the repository" };
const expected = "expected the name of a branch, or a pattern such as release/*";

test.each<[string, string, typeof known | undefined, readonly string[]]>([
  ["all that match", `[main, release, "stable/*"]`, known, []],
  [
    "a typo",
    "[relase]",
    known,
    [
      `portcullis.yaml:2:12 branches: no branch of the repository matches "relase": ${expected}; did you mean "release"?`,
    ],
  ],
  [
    "a pattern of which there is none yet",
    `[main, "hotfix/*"]`,
    known,
    [`portcullis.yaml:2:18 branches: no branch of the repository matches "hotfix/*": ${expected}`],
  ],
  [
    "another name for the check of the default branch",
    "[{ branch: main, check: mine }]",
    known,
    [
      'portcullis.yaml:2:12 branches: the check of the default branch "main" is called portcullis; expected no other name',
    ],
  ],
  ["what nobody can know", "[relase]", undefined, []],
  [
    "a pattern that cannot be read, whatever is known",
    `["@(a|b)"]`,
    undefined,
    [
      String.raw`portcullis.yaml:2:12 branches: the pattern "@(a|b)" cannot be read: expected *, **, ?, [a-z] and {a,b}, with \ before a character that is meant itself`,
    ],
  ],
])("entries of branches are compared with the branches that there are: %s", (_, branches, repository, problems) => {
  const { config, source } = readConfig("portcullis.yaml", `version: 1\nbranches: ${branches}\n`);
  const found = unmetBranches(config.branches, source, repository);
  expect(found.map(({ path, line, column, message }) => `${path}:${line}:${column} ${message}`)).toEqual(problems);
});
