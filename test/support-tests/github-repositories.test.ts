import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Octokit } from "octokit";
import { installationClient, ownerAndRepo } from "../support/github/clients.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";

let github: SimulatedGitHub;
let octokit: Octokit;
let repository: Repository;
let pull: PullRequest;
let at: { owner: string; repo: string };

beforeAll(async () => {
  github = await startGitHub();
  repository = await github.createRepository({ files: { "a.yaml": "a: 1\n", "portcullis.yaml": "version: 1\n" } });
  octokit = await installationClient(github, repository);
  at = ownerAndRepo(repository);
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  pull = await github.proposeFiles(repository, { "a.yaml": "a: 2\n" }, { branch: "feature/x" });
});

afterAll(() => github.close());

test("every reading operation answers as GitHub describes it", async () => {
  const { rest } = octokit;
  expect((await rest.repos.get(at)).data.default_branch).toBe("main");
  expect((await rest.repos.getBranch({ ...at, branch: "main" })).data.protected).toBe(true);
  expect((await rest.repos.listBranches(at)).data.map(({ name }) => name)).toEqual(["feature/x", "main"]);
  const rules = (await rest.repos.getBranchRules({ ...at, branch: "main" })).data;
  expect(rules).toMatchObject([
    { parameters: { required_status_checks: [{ context: "portcullis", integration_id: github.appId }] } },
  ]);
  expect((await rest.git.getRef({ ...at, ref: "heads/feature/x" })).data.object.sha).toBe(pull.headSha);
  expect((await rest.repos.getCommit({ ...at, ref: pull.headSha })).data.sha).toBe(pull.headSha);
  const comparison = (await rest.repos.compareCommitsWithBasehead({ ...at, basehead: `main...${pull.headSha}` })).data;
  expect(comparison).toMatchObject({ ahead_by: 1, behind_by: 0, status: "ahead" });
  expect(comparison.files?.map(({ filename }) => filename)).toEqual(["a.yaml"]);
  const raw = await rest.repos.getContent({ ...at, path: "portcullis.yaml", mediaType: { format: "raw" } });
  expect(raw.data).toBe("version: 1\n");
  expect((await rest.repos.getContent({ ...at, path: "a.yaml", ref: "feature/x" })).data).toMatchObject({
    encoding: "base64",
  });
  await expect(rest.repos.getContent({ ...at, path: "none.yaml" })).rejects.toMatchObject({ status: 404 });
  const ofCommit = await rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: pull.headSha });
  expect(ofCommit.data.map(({ number }) => number)).toEqual([pull.number]);
  expect(
    (await rest.pulls.list({ ...at, state: "open", base: "main", head: `${at.owner}:feature/x` })).data,
  ).toHaveLength(1);
  expect((await rest.pulls.list({ ...at, base: "release" })).data).toEqual([]);
  expect((await rest.pulls.listCommits({ ...at, pull_number: pull.number })).data).toHaveLength(1);
  const [suite] = (await rest.checks.listSuitesForRef({ ...at, ref: pull.headSha })).data.check_suites;
  expect(suite).toMatchObject({ head_branch: "feature/x", status: "queued" });
  expect((await rest.repos.getCollaboratorPermissionLevel({ ...at, username: at.owner })).data.permission).toBe(
    "admin",
  );
  expect((await rest.rateLimit.get()).data.rate.limit).toBe(5000);
  expect(github.violations).toEqual([]);
});

test("open pull requests are paged with Link headers", async () => {
  for (const number of [2, 3, 4, 5]) await github.proposeFiles(repository, { "b.yaml": `b: ${number}\n` });
  const numbers = await octokit.paginate(octokit.rest.pulls.list, { ...at, per_page: 2 }, ({ data }) =>
    data.map((item) => item.number),
  );
  expect(numbers).toEqual([5, 4, 3, 2, 1]);
});

test("calls are counted by operation and by pull request", async () => {
  const before = github.calls.length;
  await octokit.rest.pulls.get({ ...at, pull_number: pull.number });
  const { data } = await octokit.rest.checks.create({ ...at, name: "counted", head_sha: pull.headSha });
  await octokit.rest.checks.update({ ...at, check_run_id: data.id, conclusion: "success" });
  const calls = github.calls.slice(before);
  expect(github.countCalls(calls)).toEqual({ "pulls/get": 1, "checks/create": 1, "checks/update": 1 });
  expect(calls.every((call) => call.pulls.includes(pull.number))).toBe(true);
});

test.each([
  ["500", { kind: "status", status: 500 }, { status: 500 }],
  ["502", { kind: "status", status: 502 }, { status: 502 }],
  ["404", { kind: "status", status: 404 }, { status: 404 }],
  [
    "the primary limit",
    { kind: "rate-limit" },
    { status: 403, response: { headers: { "x-ratelimit-remaining": "0" } } },
  ],
  [
    "a secondary limit",
    { kind: "secondary-limit", retryAfter: 7 },
    { status: 403, response: { headers: { "retry-after": "7" } } },
  ],
  ["a broken connection", { kind: "reset" }, { name: "HttpError" }],
] as const)("a fault asked for gives %s once, then all is well", async (_, fault, answer) => {
  github.fault(fault, { operation: "repos/get" });
  await expect(octokit.rest.repos.get(at)).rejects.toMatchObject(answer);
  await expect(octokit.rest.repos.get(at)).resolves.toMatchObject({ status: 200 });
});

test("an answer lost after the work is done leaves the check run behind", async () => {
  github.fault({ kind: "lost-answer" }, { operation: "checks/create" });
  await expect(octokit.rest.checks.create({ ...at, name: "lost", head_sha: pull.headSha })).rejects.toMatchObject({
    name: "HttpError",
  });
  expect(github.runsOf(pull, "lost")).toHaveLength(1);
});

test("an operation that the simulator lacks is a violation, not a silent 404", async () => {
  await expect(octokit.rest.repos.listTags(at)).rejects.toMatchObject({ status: 404 });
  expect(github.world.violations.splice(0)).toMatchObject([{ where: "request" }]);
});

test("a used-up quota is refused until it is raised", async () => {
  github.world.rate.limit = github.world.rate.used;
  await expect(octokit.rest.repos.get(at)).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining("rate limit exceeded"),
  });
  github.world.rate.limit = 5000;
  await expect(octokit.rest.repos.get(at)).resolves.toMatchObject({ status: 200 });
});
