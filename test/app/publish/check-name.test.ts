import { expect, test } from "@jest/globals";
import { checkName, gatesOf } from "../../../src/app/publish/check-name.ts";

test.each<[string, string, readonly string[] | undefined, string]>([
  ["the default branch", "main", [], "portcullis"],
  ["the default branch, which is named", "main", ["main", "stable"], "portcullis"],
  ["the default branch, which others are gated instead of", "main", ["stable"], "portcullis"],
  ["another gated branch", "stable", ["main", "stable"], "portcullis: stable"],
  ["a branch that is not gated, on its way to the default branch", "mine", ["main", "stable"], "portcullis"],
  ["a branch where only the default branch is gated", "mine", [], "portcullis"],
  ["a branch of which nobody knows yet", "stable", undefined, "portcullis: stable"],
])("the check of %s has its name", (_, base, gates, expected) => expect(checkName(base, "main", gates)).toBe(expected));

test("a repository that is not enrolled gates nothing; what an enrolled one gates is unknown until its rules are read", () => {
  expect(gatesOf({ enrolled: false })).toEqual([]);
  expect(gatesOf({ enrolled: true })).toBeUndefined();
  expect(gatesOf({ enrolled: true, gates: ["stable"] })).toEqual(["stable"]);
});
