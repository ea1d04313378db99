import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { GitRevision, RemoteRepository } from "../../src/model/remotes.ts";
import type { RemotesOptions } from "../../src/remote/create-remotes.ts";
import { git } from "../support/github/git/run.ts";
import { moveReference, tagCommit } from "../support/remote-servers/git-repositories.ts";
import { startGitServer, type GitServer } from "../support/remote-servers/git-server.ts";
import { fetchContent, fetchOnce, jobOptions, storeDirectory, textsOf } from "../support/remote-servers/job.ts";
import { until } from "../support/until.ts";

let server: GitServer;
let directory: string;
let first: string;

beforeEach(async () => {
  server = await startGitServer();
  directory = await storeDirectory();
  first = await server.create("app.git", { "a.yaml": "a: 1\n" });
});

afterEach(async () => {
  await server.close();
});

const options = (more: Partial<RemotesOptions> = {}): RemotesOptions =>
  jobOptions(directory, [`${server.origin}/**`], more);
const at = (revision: GitRevision): RemoteRepository => ({ kind: "git", url: server.url("app.git"), revision });
const main = (): RemoteRepository => at({ kind: "branch", value: "main" });
const repository = (): string => `${server.root}/app.git`;
const mirror = async (): Promise<string> => {
  const names = (await readdir(join(directory, "git"))).filter((name) => name.endsWith(".git"));
  expect(names).toHaveLength(1);
  return join(directory, "git", names[0] ?? "");
};

test("a commit that was fetched needs no request", async () => {
  await fetchContent(options(), at({ kind: "commit", value: first }));
  server.seen.splice(0);

  expect(await fetchContent(options(), at({ kind: "any", value: first }))).toMatchObject({ version: first });
  expect(await fetchContent(options({ offline: true }), at({ kind: "commit", value: first }))).not.toHaveProperty(
    "stale",
  );
  expect(server.seen).toEqual([]);
});

test("each job sees where a branch is, even where its history was rewritten, and where a tag was moved", async () => {
  await tagCommit(repository(), "v1", first);
  await fetchContent(options(), main());
  await fetchContent(options(), at({ kind: "tag", value: "v1" }));
  await moveReference(repository(), "refs/heads/main", await server.commit("app.git", { "b.yaml": "b: 1\n" }, "other"));
  const other = (await git(repository(), ["rev-parse", "other"])).trim();
  await tagCommit(repository(), "v1", other, "annotated");

  const content = await fetchContent(options(), main());
  expect(content).toMatchObject({ version: other });
  expect(await textsOf(content)).toEqual({ "b.yaml": "b: 1\n" });
  expect(await fetchContent(options(), at({ kind: "tag", value: "v1" }))).toMatchObject({ digest: other });
  // What another job works with is still there.
  expect(await fetchContent(options({ offline: true }), at({ kind: "commit", value: other }))).toBeDefined();
});

test("only what changed is fetched, and of no more than one commit", async () => {
  for (let at = 0; at < 5; at += 1) await server.commit("app.git", { [`${at}.yaml`]: `${at}: 1\n` });
  await fetchContent(options(), main());

  const commits = (await git(await mirror(), ["rev-list", "--count", "--all"])).trim();
  expect(commits).toBe("1");
  expect(await readdir(join(await mirror(), "hooks")).catch(() => [])).toEqual([]);
});

test("while the server does not answer, what it said last counts, and says so", async () => {
  await tagCommit(repository(), "v1.0.0", first);
  await fetchContent(options(), main());
  await fetchContent(options(), at({ kind: "semver", value: "^1.0.0" }));
  server.isDown = true;

  expect(await fetchContent(options(), main())).toMatchObject({ version: first, stale: true });
  expect(await fetchContent(options(), at({ kind: "semver", value: "^1.0.0" }))).toMatchObject({
    version: "v1.0.0",
    digest: first,
    stale: true,
  });
  const url = server.url("app.git");
  expect(await fetchOnce(options(), at({ kind: "branch", value: "other" }))).toEqual({
    kind: "unanswered",
    message: `the repository ${url}: ${url}/info/refs answered 503 Service Unavailable: down for maintenance`,
  });
  await server.close();
  expect(await fetchContent(options(), main())).toMatchObject({ version: first, stale: true });
});

test("a server that talks nonsense does not cost what it said before", async () => {
  await fetchContent(options(), main());
  server.before = ({ method }, response) => {
    if (method !== "POST") return false;
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" }).end("nonsense");
    return true;
  };
  expect(await fetchContent(options(), main())).toMatchObject({ version: first, stale: true });
});

test("offline, the mirror alone answers", async () => {
  await fetchContent(options(), main());
  expect(await fetchContent(options({ offline: true }), main())).toMatchObject({ version: first, stale: true });
  expect(await fetchOnce(options({ offline: true }), at({ kind: "head" }))).toEqual({
    kind: "unanswered",
    message: `the repository ${server.url("app.git")} is not fetched: nothing is, and it was not before`,
  });
});

test("a branch that is gone is absent, and not what it was", async () => {
  await moveReference(repository(), "refs/heads/side", first);
  await fetchContent(options(), at({ kind: "branch", value: "side" }));
  await git(repository(), ["branch", "-D", "side"]);

  expect(await fetchOnce(options(), at({ kind: "branch", value: "side" }))).toMatchObject({ kind: "absent" });
});

test.each<[string, (directory: string) => Promise<unknown>]>([
  ["whose objects are gone", (path) => rm(join(path, "objects"), { recursive: true })],
  ["whose packs are cut off", async (path) => forEachPack(path, (pack) => truncate(pack, 100))],
  ["whose packs are gone", async (path) => forEachPack(path, (pack) => rm(pack))],
  ["without a HEAD", (path) => rm(join(path, "HEAD"))],
  ["whose list of shallow commits is nonsense", (path) => writeFile(join(path, "shallow"), "nonsense\n")],
  ["whose configuration is nonsense", (path) => writeFile(join(path, "config"), "[[[")],
  ["whose references are nonsense", async (path) => forEachReference(path, (file) => writeFile(file, "nonsense"))],
  [
    "with the locks of a process that was killed",
    async (path) => {
      await writeFile(join(path, "shallow.lock"), "");
      await forEachReference(path, (file) => writeFile(`${file}.lock`, ""));
    },
  ],
  [
    "that is a file",
    async (path) => {
      await rm(path, { recursive: true });
      await writeFile(path, "");
    },
  ],
])("a mirror %s is mended", async (_, damage) => {
  await fetchContent(options(), main());
  await damage(await mirror());

  const content = await fetchContent(options(), main());
  expect(content).toMatchObject({ version: first });
  expect(content).not.toHaveProperty("stale");
  expect(await textsOf(content)).toEqual({ "a.yaml": "a: 1\n" });
});

test("locks that a killed process left do not cost the mirror", async () => {
  await fetchContent(options(), main());
  await writeFile(join(await mirror(), "shallow.lock"), "");
  await writeFile(join(await mirror(), "objects", "pack", "tmp_pack_x"), "");
  await writeFile(join(await mirror(), "mark"), "");

  const second = await server.commit("app.git", { "b.yaml": "b: 1\n" });
  expect(await fetchContent(options(), main())).toMatchObject({ version: second });
  expect(await readdir(await mirror())).toContain("mark");
  expect(await readdir(join(await mirror(), "objects", "pack"))).not.toContain("tmp_pack_x");
});

test("a mirror that lacks a file of a commit is mended", async () => {
  await fetchContent(options(), main());
  const packs = join(await mirror(), "objects", "pack");
  const oldest = await readdir(packs);
  const second = await server.commit("app.git", { "b.yaml": "b: 1\n" });
  await fetchContent(options(), main());
  for (const name of oldest) await rm(join(packs, name));

  for (const revision of [
    { kind: "commit", value: second },
    { kind: "branch", value: "main" },
  ] as const) {
    expect(await textsOf(await fetchContent(options(), at(revision)))).toEqual({
      "a.yaml": "a: 1\n",
      "b.yaml": "b: 1\n",
    });
  }
});

test("a mirror of which a file cannot be read is made anew by the next fetch", async () => {
  const second = await server.commit("app.git", { "big.yaml": "x: ".repeat(10_000) });
  await fetchContent(options(), main());
  await forEachPack(await mirror(), async (path) => {
    const bytes = await readFile(path);
    // Neither the size nor the kind of an object is in the middle of its content.
    bytes.fill(0xff, bytes.length - 60, bytes.length - 30);
    await rm(path);
    await writeFile(path, bytes);
  });
  const damaged = await fetchContent(options({ offline: true }), main());
  await expect(textsOf(damaged)).rejects.toThrow();

  const content = await fetchContent(options(), main());
  expect(content).toMatchObject({ version: second });
  expect(Object.keys(await textsOf(content))).toEqual(["a.yaml", "big.yaml"]);
});

test("a lock that a dead process left is no obstacle, and that of a living one is", async () => {
  await fetchContent(options(), main());
  const lock = (await mirror()).replace(/\.git$/, ".lock");
  expect(await readdir(lock)).toEqual([]);
  const child = spawn(process.execPath, ["--input-type=module", "-e", holder, lock], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");

  let isDone = false;
  const content = fetchContent(options(), main()).then((found) => {
    isDone = true;
    return found;
  });
  await pause(500);
  expect(isDone).toBe(false);
  child.kill("SIGKILL");
  // However lately it was there.
  const later = new Date(Date.now() + 60 * 60_000);
  for (const name of await readdir(lock)) await utimes(join(lock, name), later, later).catch(() => {});
  expect(await content).toMatchObject({ version: first });
  expect(await readdir(lock)).toEqual([]);
});

test("a lock of another machine counts until that is silent for long", async () => {
  await fetchContent(options(), main());
  const lock = (await mirror()).replace(/\.git$/, ".lock");
  const old = new Date(Date.now() - 10 * 60_000);
  await writeFile(join(lock, "000000000000.1.0123"), "");
  await utimes(join(lock, "000000000000.1.0123"), old, old);

  expect(await fetchContent(options(), main())).toMatchObject({ version: first });
});

test("processes that fetch one repository at once all find it", async () => {
  const branches = ["main", "b1", "b2", "b3"];
  for (const branch of branches) await server.commit("app.git", { [branch]: branch }, branch);
  const children = branches.map((branch) => startFetching(branch));

  for (const [at, child] of children.entries()) {
    expect(await child.ended).toBe(0);
    expect(child.said()).toContain(`found ${(await git(repository(), ["rev-parse", branches[at] ?? ""])).trim()}`);
  }
  expect((await git(await mirror(), ["fsck", "--connectivity-only"])).trim()).toBe("");
});

test("wherever a process is killed while it fetches, the next one finds all", async () => {
  const big = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`${at}.yaml`, `${at}: ${"x".repeat(500)}\n`]));
  for (const point of ["nothing", "refs", "objects"]) {
    const branch = `killed-${point}`;
    const commit = await server.commit("app.git", { ...big, [point]: point }, branch);
    let asked = 0;
    server.before = async ({ url = "" }) => {
      asked += 1;
      if (point === "refs" && url.includes("info/refs")) await new Promise(() => {});
      return false;
    };
    const child = startFetching(branch);
    if (point !== "nothing") await until(() => asked >= (point === "refs" ? 1 : 3), "its requests");
    child.kill();
    await child.ended;
    delete server.before;

    expect(await fetchContent(options(), at({ kind: "branch", value: branch }))).toMatchObject({ version: commit });
  }
});

test("two processes are killed at ten points of what they download, and the next one finds all", async () => {
  const size = 2_000_000;
  for (let point = 0; point < 10; point++) {
    const branch = `point-${point}`;
    const noise = randomBytes(size / 2).toString("hex");
    const commit = await server.commit("app.git", { "noise.yaml": noise }, branch);
    const children = [startFetching(branch), startFetching(branch)];
    server.before = (_, response) => {
      const end = response.end.bind(response) as (bytes?: Uint8Array) => ServerResponse;
      response.end = ((bytes?: Uint8Array) => {
        if (bytes === undefined || bytes.length < size / 4) return end(bytes);
        response.write(bytes.subarray(0, (bytes.length * point) / 10));
        setTimeout(() => children.forEach((child) => child.kill()), 50);
        return response;
      }) as typeof response.end;
      return false;
    };
    await Promise.all(children.map(({ ended }) => ended));
    delete server.before;
    expect(children.map(({ said }) => said())).toEqual(["", ""]);

    const content = await fetchContent(options(), at({ kind: "branch", value: branch }));
    expect(content.version).toBe(commit);
    expect((await textsOf(content))["noise.yaml"]).toBe(noise);
    expect((await git(await mirror(), ["fsck", "--connectivity-only"])).trim()).toBe("");
    const packs = await readdir(join(await mirror(), "objects", "pack"));
    expect(packs.filter((name) => name.startsWith("tmp_"))).toEqual([]);
  }
});

test("mirrors that were not used for longest go first, and none that is in use", async () => {
  const limits = { storeBytes: 20_000 };
  for (const name of ["b.git", "c.git"]) await server.create(name, { "a.yaml": "a: 1\n" });
  await fetchContent(options({ limits }), main());
  const old = await mirror();
  const long = new Date(Date.now() - 24 * 60 * 60_000);
  await utimes(join(old, "HEAD"), long, long);
  await cp(old, `${old}.0123.old`, { recursive: true, preserveTimestamps: true });
  await utimes(join(`${old}.0123.old`, "HEAD"), long, long);
  await writeFile(join(old, "objects", "filler"), "x".repeat(30_000));

  await fetchContent(options({ limits }), { ...main(), url: server.url("b.git") });
  await fetchContent(options({ limits: { storeBytes: 1 } }), { ...main(), url: server.url("c.git") });
  expect((await readdir(join(directory, "git"))).filter((name) => /\.git$|old$/.test(name))).toHaveLength(2);
  await expect(stat(old)).rejects.toThrow("ENOENT");
  expect(await fetchContent(options(), main())).toMatchObject({ version: first });
});

/** Takes a lock as another process does, and keeps it. */
const holder = `
const { withLock } = await import(${JSON.stringify(new URL("../../src/remote/git/lock.js", import.meta.url).href)});
setInterval(() => {}, 1000);
await withLock(process.argv[1], new AbortController().signal, () => {
  console.log("taken");
  return new Promise(() => {});
});
`;

const fetcher = `
const { createRemotes } = await import(${JSON.stringify(new URL("../../src/remote/create-remotes.js", import.meta.url).href)});
const [directory, allow, url, value] = process.argv.slice(1);
const remotes = createRemotes({
  directory, hosts: [allow], mirrors: {}, versions: {}, credentials: async () => undefined, tries: 1,
});
const outcome = await remotes.fetch({ kind: "git", url, revision: { kind: "branch", value } });
if (outcome.kind === "found") {
  for (const { path } of await outcome.content.tree.list()) await outcome.content.tree.read(path);
  console.log("found " + outcome.content.digest);
} else console.log(outcome);
`;

function startFetching(branch: string): { said: () => string; ended: Promise<unknown>; kill: () => void } {
  const args = [directory, `${server.origin}/**`, server.url("app.git"), branch];
  const child = spawn(process.execPath, ["--input-type=module", "-e", fetcher, ...args], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, "close").then(([code]) => code as unknown);
  return { said: () => said, ended, kill: () => child.kill("SIGKILL") };
}

async function forEachPack(path: string, work: (pack: string) => Promise<unknown>): Promise<void> {
  const packs = join(path, "objects", "pack");
  const names = (await readdir(packs)).filter((name) => name.endsWith(".pack"));
  expect(names).not.toEqual([]);
  for (const name of names) {
    await rm(join(packs, name.replace(/pack$/, "rev")), { force: true });
    await import("node:fs/promises").then(({ chmod }) => chmod(join(packs, name), 0o600));
    await work(join(packs, name));
  }
}

async function forEachReference(path: string, work: (file: string) => Promise<unknown>): Promise<void> {
  const references = join(path, "refs", "portcullis");
  const names = await readdir(references);
  expect(names).not.toEqual([]);
  for (const name of names) await work(join(references, name));
}
