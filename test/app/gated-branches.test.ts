import { expect, test } from "@jest/globals";
import { deployment, rules } from "../support/fleet.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();
const BAD = deployment("nginx:latest");
const GOOD = deployment("nginx:1.27");

/** A repository that gates main and stable; the bad image is on stable already, and not on main. */
async function twoGatedBranches(branches = "[main, stable]"): Promise<Repository> {
  const { github } = shared;
  const repository = await shared.repositoryWith({ ...rules(`branches: ${branches}\n`), "apps/web.yaml": GOOD });
  await github.pushCommit(repository, "stable", { "apps/web.yaml": BAD }, { from: "main" });
  for (const [branch, context] of [
    ["main", "portcullis"],
    ["stable", "portcullis: stable"],
  ] as const)
    github.protect(repository, branch, { checks: [{ context, integrationId: github.appId }] });
  return repository;
}

async function proposeTo(repository: Repository, head: string, base: string): Promise<PullRequest> {
  const { github } = shared;
  await github.pushCommit(repository, head, { "README.md": `${head}\n` }, { from: "stable" });
  return github.openPull(repository, { head, base });
}

test("one head in two pull requests has a verdict of its own on each gated branch", async () => {
  const { github, app } = shared;
  const repository = await twoGatedBranches();
  const onStable = await proposeTo(repository, "work", "stable");
  expect(await app.concluded(onStable, "portcullis: stable")).toMatchObject({ conclusion: "success" });
  const onMain = await github.openPull(repository, { head: "work", base: "main" });
  expect(await app.concluded(onMain)).toMatchObject({ conclusion: "failure" });
  await app.idle();
  expect(github.runsOf(onStable, "portcullis: stable")).toMatchObject([{ conclusion: "success" }]);
  expect(github.runsOf(onMain, "portcullis")).toMatchObject([{ conclusion: "failure" }]);
  expect(await github.merge(onMain)).toMatchObject({ kind: "refused" });
  expect(await github.merge(onStable)).toMatchObject({ kind: "merged" });
});

test("green earned on one gated branch is never green on another, not even right after a retarget", async () => {
  const { github, app } = shared;
  const repository = await twoGatedBranches();
  const pull = await proposeTo(repository, "work", "stable");
  expect(await app.concluded(pull, "portcullis: stable")).toMatchObject({ conclusion: "success" });
  await app.idle();
  await github.retarget(pull, "main");
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
  expect(await app.concluded(pull)).toMatchObject({ conclusion: "failure" });
  await app.idle();
  expect(github.runsOf(pull, "portcullis").map(({ conclusion }) => conclusion)).not.toContain("success");
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
});

test("the re-run button of a gated branch's check gives a new run of that name", async () => {
  const { github, app } = shared;
  const repository = await twoGatedBranches();
  const pull = await proposeTo(repository, "work", "stable");
  await github.rerequestCheck(await app.concluded(pull, "portcullis: stable"));
  await app.idle();
  expect(github.runsOf(pull, "portcullis: stable")).toMatchObject([
    { conclusion: "success" },
    { conclusion: "success" },
  ]);
  expect(github.runsOf(pull, "portcullis")).toEqual([]);
});

test("a branch that comes to be gated gets its check on the pull requests that are open", async () => {
  const { github, app } = shared;
  const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  await github.pushCommit(repository, "stable", { "README.md": "stable\n" }, { from: "main" });
  const pull = await proposeTo(repository, "work", "stable");
  expect(await app.concluded(pull)).toMatchObject({ conclusion: "success" });
  await app.idle();
  await github.pushCommit(repository, "main", rules("branches: [main, stable]\n"));
  expect(await app.concluded(pull, "portcullis: stable")).toMatchObject({ conclusion: "success" });
});

test.each([
  ["a gated branch is judged as its own tree, by that branch's check", "stable", "portcullis: stable", "success"],
  ["a branch that is not gated is judged as on its way to the default branch", "mine", "portcullis", "failure"],
])("a merge group into %s", async (_, base, name, conclusion) => {
  const { github, app } = shared;
  const repository = await twoGatedBranches();
  await github.pushCommit(repository, "mine", { "apps/web.yaml": BAD }, { from: "main" });
  github.protect(repository, base, { checks: [], mergeQueue: true });
  await github.pushCommit(repository, "work", { "README.md": "work\n" }, { from: base });
  const pull = await github.openPull(repository, { head: "work", base });
  await app.concluded(pull, name);
  await app.idle();
  const head = await github.addToMergeQueue(pull);
  await app.idle();
  expect(repository.runs.filter(({ headSha }) => headSha === head)).toMatchObject([{ name, conclusion }]);
});

test("a pattern gates each branch that it matches, by a check of its own, besides the default branch", async () => {
  const { github, app } = shared;
  const repository = await twoGatedBranches('["sta*", "rel/*"]');
  await github.pushCommit(repository, "rel/1", { "apps/web.yaml": GOOD }, { from: "main" });
  const onStable = await proposeTo(repository, "work", "stable");
  expect(await app.concluded(onStable, "portcullis: stable")).toMatchObject({ conclusion: "success" });
  const onRelease = await github.openPull(repository, { head: "work", base: "rel/1" });
  expect(await app.concluded(onRelease, "portcullis: rel/1")).toMatchObject({ conclusion: "failure" });
  const onMain = await github.openPull(repository, { head: "work", base: "main" });
  expect(await app.concluded(onMain)).toMatchObject({ conclusion: "failure" });
  await app.idle();
  expect(github.runsOf(onStable).map(({ name, conclusion }) => [name, conclusion])).toEqual([
    ["portcullis: stable", "success"],
    ["portcullis: rel/1", "failure"],
    ["portcullis", "failure"],
  ]);
});

test("a branch has the check that its entry names, and green earned there counts for no other branch", async () => {
  const { github, app } = shared;
  const repository = await twoGatedBranches('["*", { branch: stable, check: gate on stable }]');
  github.protect(repository, "stable", { checks: [{ context: "gate on stable", integrationId: github.appId }] });
  const pull = await proposeTo(repository, "work", "stable");
  expect(await app.concluded(pull, "gate on stable")).toMatchObject({ conclusion: "success" });
  await app.idle();
  const onMain = await github.openPull(repository, { head: "work", base: "main" });
  expect(await github.merge(onMain)).toMatchObject({ kind: "refused" });
  expect(await app.concluded(onMain)).toMatchObject({ conclusion: "failure" });
  expect(await github.merge(pull)).toMatchObject({ kind: "merged" });
});

const LINE_OF_BRANCHES = 4;

test.each([
  ["stabel", 'no branch of the repository matches "stabel"', 'did you mean "stable"?'],
  ['"hotfix/*"', 'no branch of the repository matches "hotfix/*"', "expected the name of a branch"],
  ['"(a|b)"', "cannot be read", "expected *"],
])("a change that gates %s is refused at its line", async (entry, ...said) => {
  const { github, app } = shared;
  const repository = await twoGatedBranches("[stable]");
  const pull = await github.proposeFiles(repository, rules(`branches: [stable, ${entry}]\n`));
  const run = await app.concluded(pull);
  expect(run).toMatchObject({ conclusion: "failure" });
  const [annotation] = run.annotations.filter(({ annotation_level: level }) => level === "failure");
  expect(annotation).toMatchObject({ path: "portcullis.yaml", start_line: LINE_OF_BRANCHES });
  for (const text of said) expect(annotation?.message).toContain(text);
});

test("an entry in force that matches no branch is shown and blocks no change, such as the one that removes it", async () => {
  const { github, app } = shared;
  const repository = await twoGatedBranches("[stable, gone]");
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:1.28") });
  expect(await shared.verdict(pull)).toMatchObject({
    conclusion: "success",
    summary: expect.stringContaining('no branch of the repository matches "gone"'),
  });
  const mend = await github.proposeFiles(repository, rules("branches: [stable]\n"));
  expect(await app.concluded(mend)).toMatchObject({ conclusion: "success" });
});
