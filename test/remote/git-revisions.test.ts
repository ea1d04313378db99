import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { GitRevision, RemoteRepository } from "../../src/model/remotes.ts";
import type { RemotesOptions } from "../../src/remote/create-remotes.ts";
import { moveReference, tagCommit } from "../support/remote-servers/git-repositories.ts";
import { startGitServer, type GitServer } from "../support/remote-servers/git-server.ts";
import { fetchContent, fetchOnce, jobOptions, storeDirectory, textsOf } from "../support/remote-servers/job.ts";

let server: GitServer;
let directory: string;
let first: string;
let second: string;

beforeEach(async () => {
  server = await startGitServer();
  directory = await storeDirectory();
  first = await server.create("app.git", { "a.yaml": "a: 1\n", "base/b.yaml": "b: 1\n" });
  second = await server.commit("app.git", { "a.yaml": "a: 2\n" });
});

afterEach(async () => {
  await server.close();
});

const options = (more: Partial<RemotesOptions> = {}): RemotesOptions =>
  jobOptions(directory, [`${server.origin}/**`], more);
const at = (revision: GitRevision): RemoteRepository => ({ kind: "git", url: server.url("app.git"), revision });
const repository = (): string => `${server.root}/app.git`;

test("the HEAD of a repository is its files", async () => {
  const content = await fetchContent(options(), at({ kind: "head" }));

  expect(content).toMatchObject({ version: second, digest: second });
  expect(await textsOf(content)).toEqual({ "a.yaml": "a: 2\n", "base/b.yaml": "b: 1\n" });
});

test("each kind of revision", async () => {
  await moveReference(repository(), "refs/heads/side/branch", first);
  await moveReference(repository(), "refs/pull/7/head", first);
  await tagCommit(repository(), "v1.0.0", first, "annotated");
  await tagCommit(repository(), "light", first);
  await tagCommit(repository(), "main", first);
  const versionOf = async (revision: GitRevision): Promise<readonly string[]> => {
    const { version, digest, tree } = await fetchContent(options(), at(revision));
    return [version, digest, new TextDecoder().decode(await tree.read("a.yaml"))];
  };
  const [old, now] = [[first, first, "a: 1\n"], [second, second, "a: 2\n"]];

  expect(await versionOf({ kind: "branch", value: "main" })).toEqual(now);
  expect(await versionOf({ kind: "branch", value: "side/branch" })).toEqual(old);
  expect(await versionOf({ kind: "tag", value: "v1.0.0" })).toEqual(["v1.0.0", first, "a: 1\n"]);
  expect(await versionOf({ kind: "tag", value: "light" })).toEqual(["light", first, "a: 1\n"]);
  expect(await versionOf({ kind: "name", value: "refs/pull/7/head" })).toEqual(old);
  expect(await versionOf({ kind: "commit", value: second })).toEqual(now);
  expect(await versionOf({ kind: "any", value: first })).toEqual(old);
  expect(await versionOf({ kind: "any", value: "side/branch" })).toEqual(old);
  expect(await versionOf({ kind: "any", value: "refs/heads/main" })).toEqual(now);
  // Git prefers the tag.
  expect(await versionOf({ kind: "any", value: "main" })).toEqual(old);
});

test("what is not there is absent", async () => {
  expect(await fetchOnce(options(), at({ kind: "branch", value: "none" }))).toEqual({
    kind: "absent",
    message: `the repository ${server.url("app.git")} has no branch none`,
  });
});
