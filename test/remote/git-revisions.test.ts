import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { GitRevision, RemoteRepository } from "../../src/model/remotes.ts";
import type { RemotesOptions } from "../../src/remote/create-remotes.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { git, tryGit } from "../support/github/git/run.ts";
import { moveReference, tagCommit } from "../support/remote-servers/git-repositories.ts";
import { startGitServer, type GitServer } from "../support/remote-servers/git-server.ts";
import { fetchContent, fetchOnce, jobOptions, storeDirectory, textsOf } from "../support/remote-servers/job.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
const { versions } = renderer;
afterAll(() => {
  renderer.close();
});

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

/** The tree without files. */
const EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

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
  const [old, now] = [
    [first, first, "a: 1\n"],
    [second, second, "a: 2\n"],
  ];

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

test("any revision is what Git fetches by it", async () => {
  await moveReference(repository(), "refs/heads/side/branch", first);
  await moveReference(repository(), "refs/heads/both", first);
  await moveReference(repository(), "refs/pull/7/head", first);
  await moveReference(repository(), "refs/remotes/origin/HEAD", first);
  await tagCommit(repository(), "both", second, "annotated");
  await tagCommit(repository(), "deadbeef", first);
  const clone = await storeDirectory();
  await git(clone, ["init", "--quiet"]);
  const asked = ["main", "heads/main", "refs/heads/main", "side/branch", "branch", "both", "tags/both", "deadbeef"];

  for (const value of [...asked, "pull/7/head", "origin", "HEAD", first, first.slice(0, 8), "none"]) {
    const { code } = await tryGit(clone, ["fetch", "--quiet", "--depth=1", server.url("app.git"), value]);
    const expected =
      code === 0 ? (await git(clone, ["rev-parse", "FETCH_HEAD^{commit}"])).trim() : `nothing for ${value}`;
    const outcome = await fetchOnce(options(), at({ kind: "any", value }));
    expect(outcome.kind === "found" ? outcome.content.digest : `nothing for ${value}`).toBe(expected);
  }
});

describe("the start of a commit's id", () => {
  const start = (of: string, length = 8): GitRevision => ({ kind: "abbreviated", value: of.slice(0, length) });

  test("is that commit, wherever in the history of a branch or tag, and is asked for once", async () => {
    await server.commit("app.git", { "a.yaml": "a: 3\n" });
    const content = await fetchContent(options(), at(start(first)));
    expect(content).toMatchObject({ version: first, digest: first });
    expect(await textsOf(content)).toMatchObject({ "a.yaml": "a: 1\n" });
    expect(
      (await fetchContent(options(), at({ kind: "abbreviated", value: second.slice(0, 7).toUpperCase() }))).digest,
    ).toBe(second);
    const asked = server.seen.length;
    expect((await fetchContent(options(), at(start(first)))).digest).toBe(first);
    expect(server.seen.length).toBe(asked);
  });

  test("is a branch or tag where one has that name", async () => {
    await tagCommit(repository(), first.slice(0, 8), second);
    expect((await fetchContent(options(), at(start(first)))).digest).toBe(second);
  });

  test("is not a commit that no branch or tag has, though the mirror has it", async () => {
    await moveReference(
      repository(),
      "refs/pull/7/head",
      await server.commit("app.git", { "b.yaml": "b: 1\n" }, "side"),
    );
    const hidden = (await fetchContent(options(), at({ kind: "branch", value: "side" }))).digest;
    await git(repository(), ["update-ref", "-d", "refs/heads/side"]);
    expect(await fetchOnce(options(), at(start(hidden)))).toEqual({
      kind: "absent",
      message: `the repository ${server.url("app.git")} has no branch or tag ${hidden.slice(0, 8)}, and no commit that starts so in any`,
    });
  });

  test("is none of several", async () => {
    // Two commits in a hundred or so thousand would do by chance; these differ from their eighth digit on.
    const ids = new Map<string, string>();
    let pair: readonly string[] | undefined;
    for (let number = 0; pair === undefined; number += 1) {
      const text = `tree ${EMPTY}\nauthor a <a@b> ${number} +0000\ncommitter a <a@b> ${number} +0000\n\n\n`;
      const id = createHash("sha1").update(`commit ${text.length}\0${text}`).digest("hex");
      const other = ids.get(id.slice(0, 7));
      if (other !== undefined) pair = [other, text];
      ids.set(id.slice(0, 7), text);
    }
    await git(repository(), ["hash-object", "-w", "-t", "tree", "--stdin"], "");
    const [one = "", other = ""] = await Promise.all(
      pair.map(async (text) =>
        (await git(repository(), ["hash-object", "-w", "-t", "commit", "--stdin"], text)).trim(),
      ),
    );
    await moveReference(repository(), "refs/heads/one", one);
    await moveReference(repository(), "refs/heads/other", other);
    const outcome = await fetchOnce(options(), at(start(one, 7)));
    expect(outcome).toMatchObject({ kind: "absent", message: expect.stringContaining("name more digits") });
    expect((await fetchContent(options(), at(start(one, 12)))).digest).toBe(one);
  });
});

test.each<[string, GitRevision, string]>([
  ["a branch", { kind: "branch", value: "none" }, "has no branch none"],
  ["a tag", { kind: "tag", value: "none" }, "has no tag none"],
  ["a name", { kind: "name", value: "refs/x/y" }, "has no branch or tag refs/x/y"],
  ["anything", { kind: "any", value: "none" }, "has no branch or tag none"],
  [
    "a part of a commit id",
    { kind: "any", value: "0123abcd" },
    "has no branch or tag 0123abcd: a commit is named by all 40 digits of its id",
  ],
  ["a commit", { kind: "commit", value: "1".repeat(40) }, `has no commit ${"1".repeat(40)}`],
  ["a tag in a range", { kind: "semver", value: "^3.0.0" }, "has no tag that fits ^3.0.0"],
])("%s that is not there is absent", async (_, revision, message) => {
  expect(await fetchOnce(options(), at(revision))).toEqual({
    kind: "absent",
    message: `the repository ${server.url("app.git")} ${message}`,
  });
});

test.each<[GitRevision, string]>([
  [
    { kind: "commit", value: "0123abcd" },
    "0123abcd is not a commit id of 40 digits, and a part of one cannot be fetched",
  ],
  [{ kind: "any", value: "--upload-pack=touch" }, "--upload-pack=touch cannot be the name of a branch or a tag"],
  [{ kind: "branch", value: "-x" }, "-x cannot be the name of a branch or a tag"],
  [{ kind: "branch", value: "a\nb" }, "a b cannot be the name of a branch or a tag"],
  [{ kind: "any", value: "a:refs/heads/b" }, "a:refs/heads/b cannot be the name of a branch or a tag"],
  [{ kind: "tag", value: "*" }, "* cannot be the name of a branch or a tag"],
  [{ kind: "any", value: "^main" }, "^main cannot be the name of a branch or a tag"],
  [{ kind: "any", value: "main~1" }, "main~1 cannot be the name of a branch or a tag"],
  [{ kind: "any", value: "" }, " cannot be the name of a branch or a tag"],
  [{ kind: "name", value: "main" }, "main is not the full name of a reference, such as refs/heads/main"],
])("%j is asked of nobody", async (revision, message) => {
  expect(await fetchOnce(options(), at(revision))).toEqual({ kind: "absent", message });
  expect(server.seen).toEqual([]);
});

test("the latest tag in a range, in whatever form it is written", async () => {
  await tagCommit(repository(), "v1.2.0", first, "annotated");
  await tagCommit(repository(), "1.10.0", second);
  await tagCommit(repository(), "v2.0.0", first);
  await tagCommit(repository(), "1.99", second);
  await tagCommit(repository(), "release", second);

  expect(await fetchContent(options(), at({ kind: "semver", value: "^1.0.0" }))).toMatchObject({
    version: "1.10.0",
    digest: second,
  });
  expect(await fetchContent(options(), at({ kind: "semver", value: "1.2.0" }))).toMatchObject({
    version: "v1.2.0",
    digest: first,
  });
  expect(await fetchOnce(options(), at({ kind: "semver", value: "no range" }))).toMatchObject({ kind: "absent" });
});

test("of tags that differ in their build alone, the one whose commit was made last", async () => {
  const later = await server.commit("app.git", { "a.yaml": "a: 3\n" }, "main", "2040-01-01T00:00:00Z");
  await tagCommit(repository(), "1.0.0+z", first);
  await tagCommit(repository(), "1.0.0+m", later);
  await tagCommit(repository(), "1.0.0+a", second);

  expect(await fetchContent(options(), at({ kind: "semver", value: ">=1.0.0" }))).toMatchObject({
    version: "1.0.0+m",
    digest: later,
  });
});

test("a range as Argo CD takes it: tags of fewer numbers, and else the name of a branch", async () => {
  await tagCommit(repository(), "1.2", second);
  await server.commit("app.git", { "a.yaml": "a: 4\n" }, "2.x");
  expect(await fetchContent(options({ versions }), at({ kind: "range", value: "^1.0.0" }))).toMatchObject({
    version: "1.2",
    digest: second,
  });
  expect(await textsOf(await fetchContent(options({ versions }), at({ kind: "range", value: "2.x" })))).toMatchObject({
    "a.yaml": "a: 4\n",
  });
  expect(await fetchOnce(options({ versions }), at({ kind: "range", value: "^9" }))).toEqual({
    kind: "absent",
    message: `the repository ${server.url("app.git")} has no tag that fits ^9, and no branch of that name`,
  });
});

test("a commit that no branch or tag is at", async () => {
  expect(await fetchContent(options(), at({ kind: "commit", value: first }))).toMatchObject({ digest: first });
});

test("a commit that its server names nowhere is found in its branches", async () => {
  server.isOld = true;
  await fetchContent(options(), at({ kind: "branch", value: "main" }));

  const content = await fetchContent(options(), at({ kind: "commit", value: first }));
  expect(content).toMatchObject({ version: first, digest: first });
  expect(await textsOf(content)).toEqual({ "a.yaml": "a: 1\n", "base/b.yaml": "b: 1\n" });

  const third = await server.commit("app.git", { "a.yaml": "a: 3\n" });
  expect(await textsOf(await fetchContent(options(), at({ kind: "branch", value: "main" })))).toMatchObject({
    "a.yaml": "a: 3\n",
  });
  expect(await fetchOnce(options(), at({ kind: "commit", value: "1".repeat(40) }))).toEqual({
    kind: "absent",
    message: `the repository ${server.url("app.git")} has no commit ${"1".repeat(40)} in any branch or tag`,
  });
  server.isDown = true;
  for (const value of [first, third]) {
    expect(await fetchContent(options(), at({ kind: "commit", value }))).not.toHaveProperty("stale");
  }
});

test("what is not a commit is absent", async () => {
  const blob = (await git(repository(), ["rev-parse", "main:a.yaml"])).trim();
  await moveReference(repository(), "refs/tags/blob", blob);

  expect(await fetchOnce(options(), at({ kind: "tag", value: "blob" }))).toEqual({
    kind: "absent",
    message: `tag blob of the repository ${server.url("app.git")} is not a commit`,
  });
});

test("an empty repository has no HEAD", async () => {
  await server.create("empty.git");
  expect(await fetchOnce(options(), { ...at({ kind: "head" }), url: server.url("empty.git") })).toEqual({
    kind: "absent",
    message: `the repository ${server.url("empty.git")} has no HEAD`,
  });
});
