import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { directoryWith, portcullis, type Ran } from "./run-portcullis.ts";

let github: SimulatedGitHub;
let app: TestApp;
let repository: Repository;

beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github);
  repository = await github.createRepository({ files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") } });
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

const cwd = directoryWith({});

function verify(commit: string, appId = github.appId, more: readonly string[] = []): Promise<Ran> {
  return portcullis(cwd, ["verify", "--commit", commit, "--app-id", String(appId), ...more], {
    GITHUB_TOKEN: github.tokenOf(repository.owner),
    GITHUB_API_URL: github.apiUrl,
    GITHUB_REPOSITORY: `${repository.owner.login}/${repository.name}`,
  });
}

async function proposed(image: string): Promise<PullRequest> {
  const pull = await github.proposeFiles(repository, { [`apps/${image}.yaml`]: deployment(image) });
  await app.concluded(pull);
  return pull;
}

async function merged(pull: PullRequest, method: "merge" | "squash"): Promise<string> {
  const outcome = await github.merge(pull, method);
  if (outcome.kind !== "merged") throw new Error("not merged");
  return outcome.sha;
}

test.each(["merge", "squash"] as const)("a %s of what passed is verified by its tree", async (method) => {
  const sha = await merged(await proposed(`nginx:1.${method.length}`), method);
  expect(await verify(sha)).toMatchObject({ code: 0, out: expect.stringMatching(/judged and passed: http/) });
});

test("a verdict for another branch does not count", async () => {
  const pull = await proposed("nginx:1.50");
  const other = ["--check", "portcullis: release"];
  expect(await verify(pull.headSha, github.appId, other)).toMatchObject({ code: 2 });
});

test("what was judged and not passed is refused, on its branch and merged by force", async () => {
  const pull = await proposed("nginx:latest");
  expect(await verify(pull.headSha)).toMatchObject({ code: 1 });
  expect(await verify(await merged(pull, "merge"))).toMatchObject({
    code: 1,
    out: expect.stringMatching(/judged and not passed/),
  });
});

test("a merge onto a base that moved on is another tree than the one that was judged", async () => {
  const pull = await proposed("nginx:1.30");
  await merged(await proposed("nginx:1.31"), "merge");
  const sha = await merged(pull, "merge");
  expect(await verify(sha)).toMatchObject({
    code: 2,
    out: expect.stringMatching(/the base changed before the merge/),
  });
});

test("a check of the same name by another App proves nothing", async () => {
  const pull = await proposed("nginx:1.40");
  await github.forgeCheck(repository, pull.headSha, "portcullis", "success");
  const sha = await merged(pull, "merge");
  await github.forgeCheck(repository, sha, "portcullis", "success");
  expect(await verify(sha, github.appId + 1)).toMatchObject({ code: 2, out: expect.stringMatching(/: not judged\n/) });
});

test.each([
  [
    "a commit that is not there",
    ["--commit", "0".repeat(40), "--app-id", "1"],
    /GitHub did not answer .*No commit found/,
  ],
  ["a short id", ["--commit", "abc123", "--app-id", "1"], /--commit abc123: expected a full commit id/],
  ["no App", ["--commit", "0".repeat(40)], /--app-id is missing/],
])("%s cannot be verified, and says why", async (_what, args, message) => {
  const { code, err } = await portcullis(cwd, ["verify", ...args], {
    GITHUB_TOKEN: github.tokenOf(repository.owner),
    GITHUB_API_URL: github.apiUrl,
    GITHUB_REPOSITORY: `${repository.owner.login}/${repository.name}`,
  });
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test("without a repository or a token nothing is asked", async () => {
  const args = ["verify", "--commit", "0".repeat(40), "--app-id", "1"];
  expect((await portcullis(cwd, args, { GITHUB_REPOSITORY: "" })).err).toMatch(/expected owner\/name/);
  expect((await portcullis(cwd, args, { GITHUB_REPOSITORY: "a/b", GITHUB_TOKEN: "" })).err).toMatch(/GITHUB_TOKEN/);
});
