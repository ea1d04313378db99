import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { GitRevision, RemoteRepository } from "../../src/model/remotes.ts";
import { createRemotes, type RemotesOptions } from "../../src/remote/create-remotes.ts";
import { git } from "../support/github/git/run.ts";
import { startGitServer, type GitServer } from "../support/remote-servers/git-server.ts";
import { fetchContent, fetchOnce, jobOptions, storeDirectory, textsOf } from "../support/remote-servers/job.ts";

let server: GitServer;
let other: GitServer;
let directory: string;
let library: string;

beforeEach(async () => {
  [server, other] = [await startGitServer(), await startGitServer()];
  directory = await storeDirectory();
  library = await server.create("org/library.git", { "lib.yaml": "lib: 1\n", "sub/x.yaml": "x: 1\n" });
});

afterEach(async () => {
  await server.close();
  await other.close();
});

const options = (more: Partial<RemotesOptions> = {}): RemotesOptions =>
  jobOptions(directory, [`${server.origin}/**`], more);
const head: GitRevision = { kind: "head" };
const app = (): RemoteRepository => ({ kind: "git", url: server.url("org/app.git"), revision: head, submodules: true });
const modules = (...urls: readonly (readonly [path: string, url: string, more?: string])[]): string =>
  urls.map(([path, url, more = ""]) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n${more}`).join("");

test("submodules are mounted at their paths, with theirs", async () => {
  const inner = await server.create("org/nested/middle.git", {
    ".gitmodules": modules(["deep/lib", "../../library.git"]),
    "deep/lib": { submodule: library },
    "m.yaml": "m: 1\n",
  });
  await server.create("org/app.git", {
    ".gitmodules": modules(["a", "./../nested/middle.git"], ["z/lib", `${server.origin}/org/library.git`]),
    a: { submodule: inner },
    "a.yaml": "a: 1\n",
    "z/lib": { submodule: library },
  });

  const content = await fetchContent(options(), app());
  const { ".gitmodules": _outer, "a/.gitmodules": _inner, ...texts } = await textsOf(content);
  expect(texts).toEqual({
    "a.yaml": "a: 1\n",
    "a/deep/lib/lib.yaml": "lib: 1\n",
    "a/deep/lib/sub/x.yaml": "x: 1\n",
    "a/m.yaml": "m: 1\n",
    "z/lib/lib.yaml": "lib: 1\n",
    "z/lib/sub/x.yaml": "x: 1\n",
  });
  const entries = await content.tree.list();
  const paths = entries.map(({ path }) => path);
  expect(paths).toEqual([...paths].toSorted());
  expect(entries.find(({ path }) => path === "z/lib/lib.yaml")).toEqual({
    path: "z/lib/lib.yaml",
    kind: "file",
    id: (await git(`${server.root}/org/library.git`, ["rev-parse", "HEAD:lib.yaml"])).trim(),
    size: 7,
  });
  const asked = ["z/lib/lib.yaml", "a.yaml", "a/m.yaml", "a/deep/lib/sub/x.yaml", "a/deep/lib/lib.yaml"];
  const read: string[] = [];
  for await (const { path, bytes } of content.tree.readAll(asked))
    read.push(`${path} ${new TextDecoder().decode(bytes)}`);
  expect(read).toEqual(asked.map((path) => `${path} ${texts[path]}`));
  await expect(content.tree.read("z/lib/none")).rejects.toThrow("has no file none");

  server.isDown = true;
  expect(Object.keys(await textsOf(await fetchContent(options(), app())))).toHaveLength(8);
});

test("without its submodules a repository is fetched alone", async () => {
  await server.create("org/app.git", {
    ".gitmodules": modules(["lib", "../library.git"]),
    lib: { submodule: library },
  });

  const { tree } = await fetchContent(options(), { ...app(), submodules: false });
  expect((await tree.list()).map(({ path, kind }) => [path, kind])).toEqual([
    [".gitmodules", "file"],
    ["lib", "submodule"],
  ]);
  expect(server.seen.filter(({ url }) => url.includes("library"))).toEqual([]);
});

test.each<[string, string, { readonly kind: string; readonly message: string }]>([
  [
    "without a repository",
    "../none.git",
    {
      kind: "absent",
      message:
        "the submodule lib: the repository ORIGIN/org/none.git: ORIGIN/org/none.git/info/refs answered 404 Not Found",
    },
  ],
  [
    "whose URL is a program",
    "ext::sh -c touch% /tmp/owned",
    { kind: "refused", message: "the submodule lib: it is on another host, which remotes.allow does not name" },
  ],
  [
    "whose URL is a directory",
    "/etc",
    { kind: "refused", message: "the submodule lib: it is on another host, which remotes.allow does not name" },
  ],
  [
    "whose URL leads out of its host",
    "../../../../x.git",
    { kind: "absent", message: "the URL ../../../../x.git of a submodule leads nowhere" },
  ],
  [
    "whose URL is a host that is an option",
    "ssh://-oProxyCommand=touch/x",
    { kind: "refused", message: "the submodule lib: it is on another host, which remotes.allow does not name" },
  ],
  [
    "on another host",
    "OTHER/x.git",
    { kind: "refused", message: "the submodule lib: it is on another host, which remotes.allow does not name" },
  ],
])("a submodule %s", async (_, url, expected) => {
  const written = url.replace("OTHER", other.origin);
  await server.create("org/app.git", { ".gitmodules": modules(["lib", written]), lib: { submodule: library } });

  expect(await fetchOnce(options(), app())).toEqual({
    ...expected,
    message: expected.message.replaceAll("ORIGIN", server.origin),
  });
  expect(other.seen).toEqual([]);
});

test("what is permitted of all is permitted of submodules, within the rules of the network", async () => {
  const all = { permits: () => true };
  for (const [url, message] of [
    ["ext::sh", "neither by HTTPS nor by SSH"],
    ["ext::sh -c touch% /tmp/owned", "is no URL of a repository"],
    ["file:///etc", "neither by HTTPS nor by SSH"],
    ["http://localhost/x.git", "is not HTTPS"],
    ["https://10.0.0.1/x.git", "is not a public address"],
    ["git@10.0.0.1:x.git", "for which only the command line has keys"],
  ] as const) {
    await server.create(`org/app.git`, { ".gitmodules": modules(["lib", url]), lib: { submodule: library } });
    expect(await fetchOnce(options(all), app())).toEqual({
      kind: "refused",
      message: expect.stringContaining(message),
    });
  }
});

test("a submodule that credentials of others open must be named, wherever it is", async () => {
  await server.create("org/app.git", {
    ".gitmodules": modules(["lib", "../library.git"]),
    lib: { submodule: library },
  });
  const asked: string[] = [];
  const guarding = (allowed: boolean): RemotesOptions =>
    options({
      isGuarded: async (url) => {
        asked.push(url);
        return url.endsWith("/library.git");
      },
      permits: (_, isGuarded) => allowed || !isGuarded,
    });
  const before = server.seen.length;
  expect(await fetchOnce(guarding(false), app())).toEqual({
    kind: "refused",
    message: "the submodule lib: it may be private, and remotes.allow does not name it",
  });
  expect(asked).toEqual([server.url("org/library.git")]);
  expect(server.seen.slice(before).filter(({ url }) => url.includes("library"))).toEqual([]);
  expect(await fetchOnce(guarding(true), app())).toMatchObject({ kind: "found" });
});

test("a submodule on a host that is allowed", async () => {
  const commit = await other.create("x.git", { "x.yaml": "x: 1\n" });
  await server.create("org/app.git", {
    ".gitmodules": modules(["lib", other.url("x.git")]),
    lib: { submodule: commit },
  });

  const allow = [`${server.origin}/**`, `${other.origin}/**`];
  expect(await textsOf(await fetchContent({ ...options(), hosts: allow }, app()))).toMatchObject({
    "lib/x.yaml": "x: 1\n",
  });
});

test("a submodule that .gitmodules does not describe fails the whole, and one that is not updated stays empty", async () => {
  await server.create("org/app.git", { lib: { submodule: library } });
  expect(await fetchOnce(options(), app())).toEqual({
    kind: "absent",
    message: "the submodule lib has no URL in .gitmodules",
  });

  await server.commit("org/app.git", { ".gitmodules": modules(["lib", "../library.git", "\tupdate = none\n"]) });
  const { tree } = await fetchContent(options(), app());
  expect((await tree.list()).map(({ path, kind }) => [path, kind])).toContainEqual(["lib", "submodule"]);
});

test("a branch that moves in between means the same with submodules and without", async () => {
  const commit = await server.create("org/app.git", { "a.yaml": "a: 1\n" });
  const remotes = createRemotes(options());
  const main: GitRevision = { kind: "branch", value: "main" };
  const first = await remotes.fetch({ ...app(), revision: main });
  await server.commit("org/app.git", { "a.yaml": "a: 2\n" });
  const second = await remotes.fetch({ kind: "git", url: app().url, revision: main });
  for (const outcome of [first, second]) expect(outcome).toMatchObject({ content: { version: commit } });
});

test("submodules and files are bounded in number", async () => {
  const paths = Array.from({ length: 3 }, (_, at) => `lib${at}`);
  await server.create("org/app.git", {
    ".gitmodules": modules(...paths.map((path) => [path, "../library.git"] as const)),
    ...Object.fromEntries(paths.map((path) => [path, { submodule: library }])),
  });

  expect(await fetchOnce(options({ limits: { submodules: 2 } }), app())).toEqual({
    kind: "refused",
    message: "it has more than 2 submodules",
  });
  expect(await fetchOnce(options({ limits: { repositoryFiles: 6 } }), app())).toEqual({
    kind: "refused",
    message: "the submodule lib1: it has more than 6 files",
  });
  expect(await fetchOnce(options({ limits: { repositoryFiles: 3 } }), app())).toEqual({
    kind: "refused",
    message: `${server.origin}/org/app.git has more than 3 files`,
  });
});
