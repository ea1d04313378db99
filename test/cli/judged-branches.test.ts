import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { branchesOfClone, judgedBranches } from "../../src/cli/judged-branches.ts";

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
  ["origin/release/1", ["release/*"], ["release/1"]],
  ["feature", ["trunk"], []],
  ["HEAD", [], []],
  ["v1", [], []],
  ["HEAD~0", [], []],
  ["nowhere", [], []],
])("a change on %s with the gated branches %j goes into %j", async (base, gated, expected) => {
  const entries = gated.map((branch) => ({ branch }));
  expect(await judgedBranches(directory, base, entries)).toEqual(expected);
});

test("a change on a branch that is not gated is on its way to the default branch", async () => {
  git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
  expect(await judgedBranches(directory, "feature", [])).toEqual(["trunk"]);
  expect(await judgedBranches(directory, "origin/trunk", [])).toEqual(["trunk"]);
});

test("the default branch is gated, whatever others the configuration names", async () => {
  const others = [{ branch: "release/*" }];
  expect(await judgedBranches(directory, "origin/trunk", others)).toEqual(["trunk"]);
  expect(await judgedBranches(directory, "origin/release/1", others)).toEqual(["release/1"]);
  expect(await judgedBranches(directory, "feature", others)).toEqual(["trunk"]);
});

test("what a clone knows of the branches is all of them only where it fetches all, from the root", async () => {
  const known = { names: expect.arrayContaining(["trunk", "release/1"]), defaultBranch: "trunk", where: "this clone" };
  expect(await branchesOfClone(directory)).toBeUndefined();
  git("config", "remote.origin.fetch", "+refs/heads/trunk:refs/remotes/origin/trunk");
  expect(await branchesOfClone(directory)).toBeUndefined();
  git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
  expect(await branchesOfClone(directory)).toEqual(known);
  const shallow = mkdtempSync(join(tmpdir(), "portcullis-shallow-"));
  try {
    git("commit", "--allow-empty", "-m", "second");
    execFileSync("git", ["clone", "-q", "--depth=1", "--no-single-branch", `file://${directory}`, shallow]);
    expect(await branchesOfClone(shallow)).toBeUndefined();
    expect(await branchesOfClone(tmpdir())).toBeUndefined();
  } finally {
    rmSync(shallow, { recursive: true, force: true });
  }
});
