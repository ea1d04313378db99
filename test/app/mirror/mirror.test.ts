import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MirrorDamaged } from "../../../src/app/mirror/mirror-damaged.ts";
import { Mirrors, type Mirror } from "../../../src/app/mirror/mirror.ts";
import type { Remote } from "../../../src/tree/git-environment.ts";
import { startGitHub, type SimulatedGitHub } from "../../support/github/server.ts";
import type { Repository } from "../../support/github/state.ts";

let github: SimulatedGitHub;
let directory: string;
let repository: Repository;
let remote: Remote;
const signal = new AbortController().signal;

beforeAll(async () => {
  github = await startGitHub();
  directory = await mkdtemp(join(tmpdir(), "portcullis-mirror-"));
  repository = await github.createRepository({ files: { "a.yaml": "a: 1\n" } });
  remote = { url: github.cloneUrl(repository), token: github.tokenOf(repository.owner) };
});
afterAll(async () => {
  await github.close();
  await rm(directory, { recursive: true, force: true });
});

async function withMirror(body: (mirror: Mirror) => Promise<void>): Promise<void> {
  const mirrors = new Mirrors(directory);
  const mirror = await mirrors.acquire(repository.id);
  try {
    await body(mirror);
  } finally {
    await mirrors.close();
  }
}

test("a fetch brings a commit, its parents by their true ids, and their trees", async () => {
  const first = await github.pushCommit(repository, "main", { "a.yaml": "a: 2\n" });
  const second = await github.pushCommit(repository, "main", { "a.yaml": "a: 3\n" });
  await withMirror(async (mirror) => {
    expect(await mirror.fetch(remote, "j1", { tip: "refs/heads/main" }, signal)).toEqual({ kind: "fetched" });
    const tree = (await mirror.read(["rev-parse", `${second}^{tree}`])).trim();
    expect(await mirror.commit("j1", "tip")).toEqual({ id: second, tree, parents: [first] });
    expect(await mirror.read(["show", `${first}:a.yaml`])).toBe("a: 2\n");
    expect(await mirror.fetch(remote, "j1", { none: "refs/heads/nowhere" }, signal)).toMatchObject({ kind: "missing" });
    expect(
      await mirror.fetch(remote, "j1", { none: "0123456789012345678901234567890123456789" }, signal),
    ).toMatchObject({
      kind: "missing",
    });
    await mirror.release("j1");
    expect(await mirror.commit("j1", "tip")).toBeUndefined();
  });
});

test("fetches asked for at once run one after another", async () => {
  await withMirror(async (mirror) => {
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, (_, n) => mirror.fetch(remote, `p${n}`, { tip: "refs/heads/main" }, signal)),
    );
    expect(outcomes).toEqual(outcomes.map(() => ({ kind: "fetched" })));
  });
});

test("what a killed process left, its locks and the refs of its jobs, is cleared away", async () => {
  await withMirror(async (mirror) => {
    await mirror.fetch(remote, "killed", { tip: "refs/heads/main" }, signal);
    await writeFile(join(mirror.directory, "shallow.lock"), "");
  });
  await withMirror(async (mirror) => {
    expect(await mirror.commit("killed", "tip")).toBeUndefined();
    await github.pushCommit(repository, "main", { "b.yaml": "b: 1\n" });
    expect(await mirror.fetch(remote, "next", { tip: "refs/heads/main" }, signal)).toEqual({ kind: "fetched" });
  });
});

test("a damaged mirror is made anew", async () => {
  await withMirror(async (mirror) => {
    await writeFile(join(mirror.directory, "shallow"), "this is no commit id\n");
    const outcomes = [];
    for (let n = 0; n < 3; n++)
      outcomes.push((await mirror.fetch(remote, `d${n}`, { tip: "refs/heads/main" }, signal)).kind);
    expect(outcomes).toEqual(["failed", "failed", "fetched"]);
  });
});

test("what processes that were started again and again left loose is packed", async () => {
  const packs = async (mirror: Mirror): Promise<readonly string[]> =>
    (await readdir(join(mirror.directory, "objects", "pack"))).filter((name) => name.endsWith(".pack"));
  const fetchOnce = async (mirror: Mirror): Promise<void> => {
    await mirror.fetch(remote, "g", { tip: "refs/heads/main" }, signal);
    await mirror.pin("trusted", (await mirror.commit("g", "tip"))?.id ?? "");
    await mirror.release("g");
  };
  await withMirror(async (mirror) => {
    await fetchOnce(mirror);
    expect(await packs(mirror)).toEqual([]);
    await mkdir(join(mirror.directory, "objects", "17"), { recursive: true });
    for (let n = 0; n < 8; n++) await writeFile(join(mirror.directory, "objects", "17", `${n}`.padStart(38, "0")), "");
  });
  await withMirror(async (mirror) => {
    await fetchOnce(mirror);
    expect(await packs(mirror)).toHaveLength(1);
  });
});

test("a mirror that a job doubts is made anew when the others have left, and the next job waits for that", async () => {
  const mirrors = new Mirrors(directory);
  const [one, other] = [await mirrors.acquire(repository.id), await mirrors.acquire(repository.id)];
  await one.fetch(remote, "one", { tip: "refs/heads/main" }, signal);
  await other.fetch(remote, "other", { tip: "refs/heads/main" }, signal);
  await rm(join(one.directory, "objects"), { recursive: true });
  await expect(one.read(["ls-tree", "refs/portcullis/jobs/one/tip"])).rejects.toThrow(MirrorDamaged);
  await mirrors.doubt(one.directory);
  await one.release("one");
  const entered: string[] = [];
  const next = mirrors.acquire(repository.id).then((mirror) => {
    entered.push("next");
    return mirror;
  });
  entered.push("other");
  await other.release("other");
  const mirror = await next;
  expect(entered).toEqual(["other", "next"]);
  expect(await mirror.fetch(remote, "next", { tip: "refs/heads/main" }, signal)).toEqual({ kind: "fetched" });
  expect((await mirror.commit("next", "tip"))?.id).toMatch(/^[0-9a-f]{40}$/);
  await mirrors.close();
});

test("a wrong token fails with a reason that does not show it", async () => {
  await withMirror(async (mirror) => {
    const outcome = await mirror.fetch({ ...remote, token: "ghs_wrong" }, "w", { tip: "refs/heads/main" }, signal);
    expect(outcome).toMatchObject({ kind: "failed" });
    expect(JSON.stringify(outcome)).not.toContain("ghs_wrong");
    expect(await readdir(mirror.directory)).not.toContain("FETCH_HEAD");
  });
});
