import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { appClient, installationFor, ownerAndRepo, personClient, tokenClient } from "../support/github/clients.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { Permissions, Repository } from "../support/github/state.ts";

let github: SimulatedGitHub;
let first: Repository;
let second: Repository;

beforeAll(async () => {
  github = await startGitHub();
  first = await github.createRepository({ fullName: "acme/first", files: { "a.yaml": "a: 1\n" } });
  second = await github.createRepository({ fullName: "acme/second" });
});

afterAll(() => github.close());

async function token(narrowing: { repository_ids?: number[]; permissions?: Permissions }): Promise<string> {
  const { octokit } = appClient(github);
  const { data } = await octokit.request("POST /app/installations/{installation_id}/access_tokens", {
    installation_id: installationFor(github, first).id,
    ...narrowing,
  });
  return data.token;
}

test("an App reads itself, its installations and their repositories", async () => {
  const app = appClient(github);
  const { data } = await app.octokit.request("GET /app");
  expect(data).toMatchObject({ id: github.appId, slug: "portcullis" });
  const names: string[] = [];
  await app.eachRepository(({ repository }) => void names.push(repository.full_name));
  expect(names).toEqual(["acme/first", "acme/second"]);
  expect(github.violations).toEqual([]);
});

test("a token narrowed to one repository does not see another", async () => {
  const octokit = tokenClient(github, await token({ repository_ids: [first.id] }));
  await expect(octokit.rest.repos.get(ownerAndRepo(first))).resolves.toMatchObject({ status: 200 });
  await expect(octokit.rest.repos.get(ownerAndRepo(second))).rejects.toMatchObject({ status: 404 });
  expect((await octokit.rest.apps.listReposAccessibleToInstallation()).data.total_count).toBe(1);
});

test("a token narrowed to reading checks may not write them, nor read contents", async () => {
  const octokit = tokenClient(github, await token({ permissions: { checks: "read" } }));
  const head_sha = "0".repeat(40);
  await expect(octokit.rest.checks.create({ ...ownerAndRepo(first), name: "n", head_sha })).rejects.toMatchObject({
    status: 403,
  });
  await expect(octokit.rest.repos.getContent({ ...ownerAndRepo(first), path: "a.yaml" })).rejects.toMatchObject({
    status: 403,
  });
});

test.each([
  ["a permission that was not granted", { permissions: { administration: "write" } as Permissions }],
  ["a repository that is not installed", { repository_ids: [1] }],
])("a token for %s is refused", async (_, narrowing) => {
  await expect(token(narrowing)).rejects.toMatchObject({ status: 422 });
});

test("the App may not merge: it has no right to write contents", async () => {
  const pull = await github.proposeFiles(first, { "a.yaml": "a: 2\n" });
  const octokit = tokenClient(github, await token({}));
  await expect(octokit.rest.pulls.merge({ ...ownerAndRepo(first), pull_number: pull.number })).rejects.toMatchObject({
    status: 403,
  });
  const reader = github.person("reader");
  github.collaborate(first, reader, "read");
  await expect(
    personClient(github, reader).rest.pulls.merge({ ...ownerAndRepo(first), pull_number: pull.number }),
  ).rejects.toMatchObject({
    status: 403,
  });
  const writer = github.person("writer");
  github.collaborate(first, writer, "write");
  await expect(
    personClient(github, writer).rest.pulls.merge({ ...ownerAndRepo(first), pull_number: pull.number }),
  ).resolves.toMatchObject({
    status: 200,
  });
});

test("no token, a wrong one and a JWT of another key are refused", async () => {
  const status = async (authorization?: string): Promise<number> => {
    const response = await fetch(
      `${github.apiUrl}/app`,
      authorization === undefined ? {} : { headers: { authorization } },
    );
    return response.status;
  };
  expect(await status()).toBe(401);
  expect(await status("Bearer nonsense")).toBe(401);
  const forged = [
    "eyJhbGciOiJSUzI1NiJ9",
    Buffer.from(JSON.stringify({ iss: github.appId })).toString("base64url"),
    "AAAA",
  ].join(".");
  expect(await status(`Bearer ${forged}`)).toBe(401);
  const none = [
    Buffer.from('{"alg":"none"}').toString("base64url"),
    Buffer.from(JSON.stringify({ iss: github.appId })).toString("base64url"),
    "",
  ];
  expect(await status(`Bearer ${none.join(".")}`)).toBe(401);
});

test("an uninstalled App's tokens stop working", async () => {
  const other = await github.createRepository({ fullName: "gone/repo" });
  const octokit = await appClient(github).getInstallationOctokit(installationFor(github, other).id);
  await octokit.rest.repos.get(ownerAndRepo(other));
  github.uninstall(installationFor(github, other));
  await expect(octokit.rest.repos.get(ownerAndRepo(other))).rejects.toMatchObject({ status: 401 });
});
