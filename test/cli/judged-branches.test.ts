import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { judgedBranches } from "../../src/cli/judged-branches.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-branches-"));
const git = (...args: readonly string[]): void => {
  const person = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  execFileSync("git", ["-C", directory, ...person, ...args], { stdio: "ignore" });
};

beforeAll(() => {
  git("init", "-b", "trunk");
  git("commit", "--allow-empty", "-m", "first");
  git("branch", "feature");
  git("tag", "v1");
  git("update-ref", "refs/remotes/origin/trunk", "HEAD");
  git("update-ref", "refs/remotes/origin/release/1", "HEAD");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each<[string, readonly string[], readonly string[]]>([
  ["trunk", [], ["trunk"]],
  ["origin/release/1", [], ["release/1"]],
  ["origin/release/1", ["release/1"], ["release/1"]],
  ["feature", ["trunk"], []],
  ["HEAD", [], []],
  ["v1", [], []],
  ["HEAD~0", [], []],
  ["nowhere", [], []],
])("a change on %s with the gated branches %j goes into %j", async (base, gated, expected) => {
  expect(await judgedBranches(directory, base, gated)).toEqual(expected);
});

test("a change on a branch that is not gated is on its way to the default branch", async () => {
  git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
  expect(await judgedBranches(directory, "feature", [])).toEqual(["trunk"]);
  expect(await judgedBranches(directory, "origin/trunk", [])).toEqual(["trunk"]);
});
