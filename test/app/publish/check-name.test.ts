import { expect, test } from "@jest/globals";
import { checkName, gatesOf } from "../../../src/app/publish/check-name.ts";

const named = { branch: "live", check: "gate on live" };
const gates = [...["main", "stable", "release/*"].map((branch) => ({ branch })), named];

test.each<[string, string, Parameters<typeof checkName>[2], string]>([
  ["the default branch", "main", [], "portcullis"],
  ["the default branch, which is named", "main", gates, "portcullis"],
  ["the default branch, which others are gated besides", "main", [{ branch: "stable" }], "portcullis"],
  ["the default branch, whatever an entry calls it", "main", [{ branch: "main", check: "mine" }], "portcullis"],
  ["another gated branch", "stable", gates, "portcullis: stable"],
  ["a branch that a pattern matches", "release/1.2", gates, "portcullis: release/1.2"],
  ["a branch with a name of its own", "live", gates, "gate on live"],
  ["the same where a pattern matches it first", "live", [{ branch: "*" }, named], "gate on live"],
  ["a branch that is not gated, on its way to the default branch", "mine", gates, "portcullis"],
  ["a branch below one that is named", "stable/2", gates, "portcullis"],
  ["a branch where only the default branch is gated", "mine", [], "portcullis"],
  ["a branch of which nobody knows yet", "stable", undefined, "portcullis: stable"],
])("the check of %s has its name", (_, base, entries, expected) =>
  expect(checkName(base, "main", entries)).toBe(expected),
);

test("a repository that is not enrolled gates nothing; what an enrolled one gates is unknown until its rules are read", () => {
  expect(gatesOf({ enrolled: false })).toEqual([]);
  expect(gatesOf({ enrolled: true })).toBeUndefined();
  expect(gatesOf({ enrolled: true, gates })).toEqual(gates);
});
