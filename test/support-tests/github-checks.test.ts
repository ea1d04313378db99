import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import type { Octokit } from "octokit";
import { installationClient, ownerAndRepo, personClient } from "../support/github/clients.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";

let github: SimulatedGitHub;
let octokit: Octokit;
let repository: Repository;
let pull: PullRequest;
let at: { owner: string; repo: string };

beforeAll(async () => {
  github = await startGitHub();
  repository = await github.createRepository({ files: { "a.yaml": "a: 1\n" } });
  octokit = await installationClient(github, repository);
  at = ownerAndRepo(repository);
  pull = await github.proposeFiles(repository, { "a.yaml": "a: 2\n" });
});

afterEach(() => {
  expect(github.world.violations.splice(0)).toEqual([]);
});

afterAll(() => github.close());

const annotation = { path: "a.yaml", start_line: 1, end_line: 1, annotation_level: "failure" as const, message: "no" };
const annotations = (count: number): (typeof annotation)[] => Array.from({ length: count }, () => annotation);

/** Takes the violations the simulator noted, so that the next look finds none. */
function takeViolations(): readonly string[] {
  return github.world.violations.splice(0).map((violation) => violation.message);
}

test("a required check blocks until it succeeds on the newest head, and the merge goes through", async () => {
  const own = await github.createRepository({ fullName: "acme/life", files: { "a.yaml": "a: 1\n" } });
  const life = await github.proposeFiles(own, { "a.yaml": "a: 2\n" });
  const where = ownerAndRepo(own);
  github.protect(own, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  const merge = async (): Promise<string> => {
    const outcome = await github.merge(life);
    return outcome.kind === "merged"
      ? "merged"
      : `${outcome.status} ${outcome.message.split("\n").slice(2).join(" ").trim()}`;
  };
  expect(await merge()).toBe('405 Required status check "portcullis" is expected.');
  const { data: run } = await octokit.rest.checks.create({
    ...where,
    name: "portcullis",
    head_sha: life.headSha,
    status: "in_progress",
  });
  expect(await merge()).toBe('405 Required status check "portcullis" is in progress.');
  await octokit.rest.checks.update({ ...where, check_run_id: run.id, status: "completed", conclusion: "failure" });
  expect(await merge()).toBe('405 Required status check "portcullis" is failing.');
  await github.forgeCheck(own, life.headSha, "portcullis", "success");
  expect(await merge()).toBe('405 Required status check "portcullis" is failing.');
  await octokit.rest.checks.create({
    ...where,
    name: "portcullis",
    head_sha: life.headSha,
    status: "completed",
    conclusion: "success",
  });
  await github.pushToPull(life, { "a.yaml": "a: 3\n" });
  expect(await merge()).toBe('405 Required status check "portcullis" is expected.');
  await octokit.rest.checks.create({
    ...where,
    name: "portcullis",
    head_sha: life.headSha,
    status: "completed",
    conclusion: "success",
  });
  expect(await merge()).toBe("merged");
  const { data } = await octokit.rest.pulls.get({ ...where, pull_number: life.number });
  expect(data).toMatchObject({ merged: true, state: "closed" });
});

test.each(["neutral", "skipped"] as const)("%s satisfies a required check, as on GitHub", async (conclusion) => {
  const own = await github.createRepository({ fullName: `acme/${conclusion}`, files: { "a.yaml": "a: 1\n" } });
  github.protect(own, "main", { checks: [{ context: "portcullis" }] });
  const mine = await github.proposeFiles(own, { "a.yaml": "a: 2\n" });
  await octokit.rest.checks.create({
    ...ownerAndRepo(own),
    name: "portcullis",
    head_sha: mine.headSha,
    status: "completed",
    conclusion,
  });
  expect(await github.merge(mine)).toMatchObject({ kind: "merged" });
});

test("annotations are appended batch by batch and listed page by page", async () => {
  const { data: run } = await octokit.rest.checks.create({
    ...at,
    name: "many",
    head_sha: pull.headSha,
    status: "in_progress",
  });
  for (const size of [50, 50, 20]) {
    const output = { title: "120 findings", summary: "all", annotations: annotations(size) };
    await octokit.rest.checks.update({ ...at, check_run_id: run.id, output });
  }
  const all = await octokit.paginate(octokit.rest.checks.listAnnotations, {
    ...at,
    check_run_id: run.id,
    per_page: 50,
  });
  expect(all).toHaveLength(120);
  expect(github.runsOf(pull, "many")[0]?.batches).toEqual([50, 50, 20]);
});

test.each([
  ["51 annotations", { output: { title: "t", summary: "s", annotations: annotations(51) } }],
  ["a summary of 65,536 characters", { output: { title: "t", summary: "s".repeat(65_536) } }],
  [
    "columns over several lines",
    { output: { title: "t", summary: "s", annotations: [{ ...annotation, end_line: 2, start_column: 1 }] } },
  ],
  ["completed without a conclusion", { status: "completed" as const }],
  ["four actions", { actions: Array.from({ length: 4 }, () => ({ label: "l", description: "d", identifier: "i" })) }],
  ["an unknown property", { conlusion: "success" }],
  ["a title missing", { output: { summary: "s" } as { title: string; summary: string } }],
])("a check run with %s is refused with 422", async (_, more) => {
  const before = repository.runs.length;
  const made = octokit.rest.checks.create({ ...at, name: "bad", head_sha: pull.headSha, ...more });
  await expect(made).rejects.toMatchObject({ status: 422 });
  expect(repository.runs).toHaveLength(before);
  takeViolations();
});

test("a check run on a commit that does not exist is refused", async () => {
  const made = octokit.rest.checks.create({ ...at, name: "lost", head_sha: "0".repeat(40) });
  await expect(made).rejects.toMatchObject({ status: 422 });
});

test("runs of a ref are filtered by name, App and newest", async () => {
  for (const conclusion of ["failure", "success"] as const) {
    await octokit.rest.checks.create({
      ...at,
      name: "twice",
      head_sha: pull.headSha,
      status: "completed",
      conclusion,
      external_id: conclusion,
    });
  }
  await github.forgeCheck(repository, pull.headSha, "twice", "failure");
  const list = async (filter: "latest" | "all", app_id?: number): Promise<(string | null)[]> => {
    const options = { ...at, ref: pull.headSha, check_name: "twice", filter, ...(app_id !== undefined && { app_id }) };
    const { data } = await octokit.rest.checks.listForRef(options);
    return data.check_runs.map((run) => run.external_id);
  };
  expect(await list("latest", github.appId)).toEqual(["success"]);
  expect(await list("all", github.appId)).toEqual(["success", "failure"]);
  expect(await list("latest")).toEqual(["", "success"]);
  const byBranch = await octokit.rest.checks.listForRef({ ...at, ref: pull.head.name, check_name: "twice" });
  expect(byBranch.data.total_count).toBe(2);
});

test("another App's run and a person's token cannot change a check", async () => {
  const forged = await github.forgeCheck(repository, pull.headSha, "theirs", "failure");
  const update = octokit.rest.checks.update({ ...at, check_run_id: forged.id, conclusion: "success" });
  await expect(update).rejects.toMatchObject({ status: 403 });
  const writer = github.person("writer");
  github.collaborate(repository, writer, "write");
  const made = personClient(github, writer).rest.checks.create({ ...at, name: "mine", head_sha: pull.headSha });
  await expect(made).rejects.toMatchObject({ status: 403 });
});

test("a branch that must be up to date refuses a head that lacks its newest commit", async () => {
  const own = await github.createRepository({ fullName: "acme/strict", files: { "a.yaml": "a: 1\n" } });
  github.protect(own, "main", { checks: [], strict: true });
  const behind = await github.proposeFiles(own, { "a.yaml": "a: 2\n" });
  await github.pushCommit(own, "main", { "b.yaml": "b: 1\n" });
  expect(await github.merge(behind)).toMatchObject({
    kind: "refused",
    message: expect.stringContaining("out-of-date"),
  });
  const fresh = await github.proposeFiles(own, { "a.yaml": "a: 3\n" });
  expect(await github.merge(fresh)).toMatchObject({ kind: "merged" });
});

test("a green head in one pull request is green in another with the same head, whatever its base", async () => {
  const own = await github.createRepository({ fullName: "acme/collision", files: { "a.yaml": "a: 1\n" } });
  await github.pushCommit(own, "mine", { "x.yaml": "x: 1\n" });
  github.protect(own, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  const easy = await github.proposeFiles(own, { "a.yaml": "a: 2\n" }, { base: "mine", branch: "change" });
  await octokit.rest.checks.create({
    ...ownerAndRepo(own),
    name: "portcullis",
    head_sha: easy.headSha,
    status: "completed",
    conclusion: "success",
  });
  await github.retarget(easy, "main");
  const { data } = await octokit.rest.pulls.get({ ...ownerAndRepo(own), pull_number: easy.number });
  expect(data).toMatchObject({ base: { ref: "main" }, mergeable: true });
  expect(await github.merge(easy)).toMatchObject({ kind: "merged" });
});
