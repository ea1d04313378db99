import { fork } from "node:child_process";
import { once } from "node:events";
import { appendFile, readdir, readFile, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, expect, test } from "@jest/globals";
import { digestOf } from "../../src/remote/store/blobs.ts";
import { openStore, type Store } from "../../src/remote/store/store.ts";
import { storeDirectory } from "../support/remote-servers/job.ts";

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = await storeDirectory();
  store = openStore(directory, 1_000_000_000);
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const filesBelow = async (name: string): Promise<readonly string[]> => {
  const entries = await readdir(join(directory, name), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

test("content is found by its digest, and by nothing else", async () => {
  const digest = await store.blobs.put(bytes("content"));
  expect(await store.blobs.read(digest)).toEqual(Buffer.from("content"));
  expect(await store.blobs.read(digestOf(bytes("other")))).toBeUndefined();
  expect(await store.blobs.read("sha256:../../../etc/passwd")).toBeUndefined();
  expect(await readdir(join(directory, "drafts"))).toEqual([]);
});

test.each<[name: string, damage: (path: string) => Promise<void>]>([
  ["was cut off", (path) => truncate(path, 3)],
  ["is empty", (path) => truncate(path, 0)],
  ["grew", (path) => appendFile(path, "x")],
  ["is something else", (path) => writeFile(path, "contenu")],
])("content that %s counts as none, and goes", async (_, damage) => {
  const digest = await store.blobs.put(bytes("content"));
  const [path] = await filesBelow("blobs");
  await damage(path ?? "");

  expect(await store.blobs.read(digest)).toBeUndefined();
  expect(await filesBelow("blobs")).toEqual([]);
  await store.blobs.put(bytes("content"));
  expect(await store.blobs.read(digest)).toBeDefined();
});

test("an answer that was changed counts as none", async () => {
  const answer = { version: "1.0.0", digest: digestOf(bytes("a")) };
  await store.answers.put("question", answer);
  expect(await store.answers.read("question")).toEqual(answer);
  expect(await store.answers.read("another")).toBeUndefined();

  const [path = ""] = await filesBelow("answers");
  await writeFile(path, (await readFile(path, "utf8")).replace("1.0.0", "2.0.0"));
  expect(await store.answers.read("question")).toBeUndefined();
  expect(await filesBelow("answers")).toEqual([]);
});

test("what was not used for longest goes first, once there is too much", async () => {
  const small = openStore(directory, 1_000_000);
  const put = async (at: number): Promise<string> => small.blobs.put(Buffer.alloc(100_000, at));
  const digests: string[] = [];
  for (let at = 0; at < 9; at++) {
    digests.push(await put(at));
    const path = (await filesBelow("blobs")).find((file) => file.endsWith(digests[at]!.slice("sha256:".length)));
    await utimes(path ?? "", 1_000 + at, 1_000 + at);
  }
  // The oldest but one is used again.
  await small.blobs.read(digests[1]!);
  for (let at = 9; at < 12; at++) digests.push(await put(at));

  const left = await Promise.all(digests.map(async (digest) => (await small.blobs.read(digest)) !== undefined));
  expect(left[0]).toBe(false);
  expect(left[1]).toBe(true);
  expect(left.slice(-3)).toEqual([true, true, true]);
  expect(left.filter(Boolean).length).toBeLessThanOrEqual(10);
});

test("a store that cannot be written keeps nothing, and says nothing", async () => {
  await writeFile(join(directory, "file"), "");
  const nowhere = openStore(join(directory, "file"), 1_000);
  expect(await nowhere.blobs.read(await nowhere.blobs.put(bytes("content")))).toBeUndefined();
});

test("processes that share it and are killed at any time leave nothing but whole content", async () => {
  const program = new URL("../support/remote-servers/writing-store.js", import.meta.url);
  for (let round = 0; round < 10; round++) {
    const children = [0, 1].map(() => fork(program, [directory], { execArgv: [] }));
    await Promise.all(children.map((child) => once(child, "message")));
    await delay(11 + 37 * round);
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map((child) => once(child, "exit")));
  }
  const blobs = await filesBelow("blobs");
  expect(blobs.length).toBeGreaterThan(0);
  for (const path of blobs) expect(digestOf(await readFile(path))).toBe(`sha256:${path.slice(-64)}`);
  for (let at = 0; at < 5; at++) {
    const answer = await store.answers.read(`question ${at}`);
    if (answer !== undefined) expect(await store.blobs.read(answer.digest)).toHaveLength(1_000_000);
  }

  // What they were writing goes in the end.
  for (const draft of await filesBelow("drafts")) await utimes(draft, 1_000, 1_000);
  await writeFile(join(directory, "drafts", "new"), "");
  await openStore(directory, 1_000_000_000).blobs.put(bytes("content"));
  expect((await filesBelow("drafts")).map((path) => path.split("/").at(-1))).toEqual(["new"]);
});
