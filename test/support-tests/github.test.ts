import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { App, Octokit } from "octokit";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { Repository } from "../support/github/state.ts";

let github: SimulatedGitHub;

beforeAll(async () => {
  github = await startGitHub();
});

afterAll(async () => {
  await github.close();
});

function appClient(): App {
  const Client = Octokit.defaults({ baseUrl: github.apiUrl, throttle: { enabled: false }, retry: { enabled: false } });
  return new App({ appId: github.appId, privateKey: github.privateKey, Octokit: Client, log: silent });
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function installationClient(repository: Repository): Promise<Octokit> {
  const { id } = github.world.installations.find((installation) => installation.account === repository.owner) ?? {
    id: 0,
  };
  return appClient().getInstallationOctokit(id);
}

const place = (repository: Repository): { owner: string; repo: string } => ({
  owner: repository.owner.login,
  repo: repository.name,
});

test("a pull request, its check run with 120 annotations, a refused merge, a success, the merge", async () => {
  const repository = await github.createRepository({ fullName: "acme/first", files: { "a.yaml": "a: 1\n" } });
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  const pull = await github.proposeFiles(repository, { "a.yaml": "a: 2\n" });
  const octokit = await installationClient(repository);
  const at = place(repository);
  const { data: read } = await octokit.rest.pulls.get({ ...at, pull_number: pull.number });
  expect(read.mergeable).toBe(true);
  expect(read.merge_commit_sha).toMatch(/^[0-9a-f]{40}$/);

  const { data: run } = await octokit.rest.checks.create({
    ...at,
    name: "portcullis",
    head_sha: pull.headSha,
    status: "in_progress",
  });
  expect(await github.merge(pull)).toMatchObject({
    kind: "refused",
    message: expect.stringContaining('"portcullis" is in progress'),
  });
  const annotation = {
    path: "a.yaml",
    start_line: 1,
    end_line: 1,
    annotation_level: "failure" as const,
    message: "no",
  };
  for (const size of [50, 50, 20]) {
    const output = { title: "3 findings", summary: "…", annotations: Array.from({ length: size }, () => annotation) };
    await octokit.rest.checks.update({ ...at, check_run_id: run.id, output });
  }
  await octokit.rest.checks.update({ ...at, check_run_id: run.id, status: "completed", conclusion: "failure" });
  const annotations = await octokit.paginate(octokit.rest.checks.listAnnotations, {
    ...at,
    check_run_id: run.id,
    per_page: 100,
  });
  expect(annotations).toHaveLength(120);
  expect(await github.merge(pull)).toMatchObject({
    kind: "refused",
    status: 405,
    message: expect.stringContaining("is failing"),
  });

  await github.pushToPull(pull, { "a.yaml": "a: 3\n" });
  expect(await github.merge(pull)).toMatchObject({ kind: "refused", message: expect.stringContaining("is expected") });
  await octokit.rest.checks.create({
    ...at,
    name: "portcullis",
    head_sha: pull.headSha,
    status: "completed",
    conclusion: "success",
  });
  expect(await github.merge(pull)).toMatchObject({ kind: "merged" });
  expect(github.violations).toEqual([]);
});
