import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { installationClient, ownerAndRepo } from "../support/github/clients.ts";
import { gitEnvironment } from "../support/github/git/run.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { Repository } from "../support/github/state.ts";

const run = promisify(execFile);
let github: SimulatedGitHub;
let repository: Repository;
let scratch: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "git-client-"));
  github = await startGitHub();
  repository = await github.createRepository({ files: { "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" } });
});

afterAll(async () => {
  await github.close();
  rmSync(scratch, { recursive: true, force: true });
});

async function client(...args: string[]): Promise<string> {
  const { stdout } = await run("git", args, { cwd: scratch, env: gitEnvironment() });
  return stdout.trim();
}

function address(token?: string): string {
  const url = new URL(github.cloneUrl(repository));
  if (token !== undefined) [url.username, url.password] = ["x-access-token", token];
  return url.href;
}

async function installationToken(): Promise<string> {
  const octokit = await installationClient(github, repository);
  const { token } = (await octokit.auth({ type: "installation" })) as { token: string };
  return token;
}

test("a private repository needs a token", async () => {
  await expect(client("ls-remote", address())).rejects.toThrow(/Authentication|could not read|401/);
  await expect(client("ls-remote", address("wrong"))).rejects.toThrow(/Authentication|401/);
  expect(await client("ls-remote", address(await installationToken()))).toContain("refs/heads/main");
});

test("heads and test merges of pull requests are fetched into refs, without blobs when asked", async () => {
  const pull = await github.proposeFiles(repository, { "a.yaml": "a: 2\n" });
  const url = address(await installationToken());
  await client("init", "--bare", "--quiet", "mirror");
  const refs = [`+refs/pull/${pull.number}/merge:refs/portcullis/merge`, "+refs/heads/main:refs/portcullis/base"];
  await client("-C", "mirror", "fetch", "--quiet", "--depth=2", "--filter=blob:none", url, ...refs);
  const [merge, base, head] = (
    await client("-C", "mirror", "log", "-1", "--format=%H %P", "refs/portcullis/merge")
  ).split(" ");
  expect(base).toBe(await client("-C", "mirror", "rev-parse", "refs/portcullis/base"));
  expect(head).toBe(pull.headSha);
  const octokit = await installationClient(github, repository);
  const { data } = await octokit.rest.pulls.get({ ...ownerAndRepo(repository), pull_number: pull.number });
  expect(data.merge_commit_sha).toBe(merge);
});

test("any commit may be asked for by its id", async () => {
  const sha = await github.pushCommit(repository, "side", { "c.yaml": "c: 1\n" });
  await github.pushRef(repository, "side", "main");
  await client("init", "--bare", "--quiet", "bysha");
  await client("-C", "bysha", "fetch", "--quiet", "--depth=1", address(await installationToken()), `${sha}:refs/x`);
  expect(await client("-C", "bysha", "rev-parse", "refs/x")).toBe(sha);
});

test("a fork's head is readable in the base repository, which sees no pull request in its check runs", async () => {
  const stranger = github.person("stranger");
  const copy = await github.fork(repository, stranger);
  await github.pushCommit(copy, "fix", { "b.yaml": "b: 2\n" }, { by: stranger });
  const pull = await github.openPull(repository, { head: { repository: copy, name: "fix" } });
  await github.pushToPull(pull, { "b.yaml": "b: 3\n" });
  const listed = await client("ls-remote", address(await installationToken()), `refs/pull/${pull.number}/*`);
  expect(listed).toContain(`${pull.headSha}\trefs/pull/${pull.number}/head`);
  expect(listed).toContain(`refs/pull/${pull.number}/merge`);
  const octokit = await installationClient(github, repository);
  const { data } = await octokit.rest.checks.create({
    ...ownerAndRepo(repository),
    name: "portcullis",
    head_sha: pull.headSha,
  });
  expect(data.pull_requests).toEqual([]);
  const { data: read } = await octokit.rest.pulls.get({ ...ownerAndRepo(repository), pull_number: pull.number });
  expect(read.head.repo).toMatchObject({ fork: true, full_name: "stranger/gitops" });
  expect(github.violations).toEqual([]);
});

test("a conflict leaves the old test merge behind and mergeable false; the merge is refused", async () => {
  const own = await github.createRepository({ fullName: "acme/conflict", files: { "a.yaml": "a: 1\n" } });
  const octokit = await installationClient(github, own);
  const pull = await github.proposeFiles(own, { "a.yaml": "a: 2\n" });
  const before = pull.testMerge?.sha;
  await github.pushCommit(own, "main", { "a.yaml": "a: 3\n" });
  const { data } = await octokit.rest.pulls.get({ ...ownerAndRepo(own), pull_number: pull.number });
  expect(data).toMatchObject({ mergeable: false, merge_commit_sha: null, mergeable_state: "dirty" });
  const { data: ref } = await octokit.rest.git.getRef({ ...ownerAndRepo(own), ref: `pull/${pull.number}/merge` });
  expect(ref.object.sha).toBe(before);
  expect(await github.merge(pull)).toMatchObject({ kind: "refused", status: 405 });
});

test("a slow test merge shows mergeable null and a stale ref, then the fresh one", async () => {
  const own = await github.createRepository({
    fullName: "acme/slow",
    files: { "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" },
  });
  const octokit = await installationClient(github, own);
  const pull = await github.proposeFiles(own, { "a.yaml": "a: 2\n" });
  const read = async (): Promise<boolean | null> =>
    (await octokit.rest.pulls.get({ ...ownerAndRepo(own), pull_number: pull.number })).data.mergeable;
  expect(await read()).toBe(true);
  github.testMerges.delay = 3_000;
  await github.pushToPull(pull, { "a.yaml": "a: 3\n" });
  expect(await read()).toBeNull();
  expect(pull.testMerge?.head).not.toBe(pull.headSha);
  await github.settle();
  github.testMerges.delay = 0;
  expect(await read()).toBe(true);
  expect(pull.testMerge?.head).toBe(pull.headSha);
});

test("a person's git push has the consequences of a push", async () => {
  const writer = github.person("pusher");
  github.collaborate(repository, writer, "write");
  const url = address(github.tokenOf(writer));
  await client("clone", "--quiet", url, "work");
  writeFileSync(join(scratch, "work/a.yaml"), "a: 9\n");
  await client("-C", "work", "-c", "user.name=p", "-c", "user.email=p@example.invalid", "commit", "-qam", "nine");
  await client("-C", "work", "push", "--quiet", "origin", "HEAD:pushed");
  await github.settle();
  expect(github.deliveries.findLast((delivery) => delivery.event === "push")?.payload).toMatchObject({
    ref: "refs/heads/pushed",
  });
  expect(readFileSync(join(scratch, "work/a.yaml"), "utf8")).toBe("a: 9\n");
  await expect(
    client("-C", "work", "push", "--quiet", address(await installationToken()), "HEAD:refs/heads/app"),
  ).rejects.toThrow(/403|denied/);
});

test.each([["git/info-refs"], ["git/upload-pack"]])("%s fails when asked to", async (operation) => {
  const url = address(await installationToken());
  await client("init", "--bare", "--quiet", "faulty");
  const fault = github.fault({ kind: "status", status: 500 }, { operation });
  await expect(client("-C", "faulty", "fetch", "--quiet", url, "refs/heads/main")).rejects.toThrow(/500/);
  expect(fault.hits).toBe(1);
  await client("-C", "faulty", "fetch", "--quiet", url, "refs/heads/main");
});
