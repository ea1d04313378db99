import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { JudgePool, type HeldThread } from "../../../src/app/judge/pool.ts";
import { until } from "../../support/until.ts";
import { gitFixture, type GitFixture } from "../../tree/git-fixture.ts";

let pool: JudgePool;
let restarts: number;
beforeEach(() => void (restarts = 0));
const open = (size: number, idleMilliseconds?: number): JudgePool =>
  (pool = new JudgePool({
    size,
    thread: { cacheDirectory: tmpdir(), remotesDirectory: tmpdir() },
    onRestart: () => restarts++,
    ...(idleMilliseconds === undefined ? {} : { idleMilliseconds }),
  }));
afterEach(() => pool.close());

test("a thread is spare while none is asked for and not all are held", async () => {
  open(2);
  const held = await pool.take();
  const spare = pool.takeSpare();
  expect(spare?.wanted.aborted).toBe(false);
  expect(pool.takeSpare()).toBeUndefined();
  spare?.thread.release();
  expect(pool.takeSpare()).toBeDefined();
  held.release();
});

test("who holds a spare thread is told once a job waits for one, which gets it", async () => {
  open(1);
  const spare = pool.takeSpare();
  const taken = pool.take();
  expect(spare?.wanted.aborted).toBe(true);
  expect(pool.takeSpare()).toBeUndefined();
  spare?.thread.release();
  const held = await taken;
  expect(pool.takeSpare()).toBeUndefined();
  held.release();
});

test("a thread that was given back is not wanted any more", async () => {
  open(1);
  const spare = pool.takeSpare();
  spare?.thread.release();
  (await pool.take()).release();
  expect(spare?.wanted.aborted).toBe(false);
});

test("each call tells one holder of a spare thread, which no call tells twice", () => {
  open(2);
  const [one, other] = [pool.takeSpare(), pool.takeSpare()];
  const told = () => [one, other].filter((spare) => spare?.wanted.aborted === true).length;
  pool.callSpare();
  expect(told()).toBe(1);
  expect(pool.hasLent()).toBe(true);
  pool.callSpare();
  expect(told()).toBe(2);
  expect(pool.hasLent()).toBe(false);
  pool.callSpare();
});

test("a closed pool has no spare thread", async () => {
  open(1);
  await pool.close();
  expect(pool.takeSpare()).toBeUndefined();
});

describe("a thread that no job takes", () => {
  let mirror: GitFixture;
  let trusted: string;
  beforeAll(() => {
    mirror = gitFixture();
    trusted = mirror.commit({ "README.md": "Not gated.\n" });
  });
  afterAll(() => mirror.remove());

  const prepare = (thread: HeldThread) =>
    thread.prepare(
      {
        kind: "prepare",
        mirror: mirror.directory,
        trusted,
        branch: "main",
        repositories: [],
        enrolled: false,
        now: "2026-01-01T00:00:00Z",
      },
      new AbortController().signal,
    );

  test("ends after a while, and starts again for the next job", async () => {
    open(1, 100);
    const first = await pool.take();
    expect(await prepare(first)).toEqual({ kind: "not enrolled" });
    expect(pool.running()).toBe(1);
    first.release();
    await until(() => pool.running() === 0, "the thread to end");
    // At once, while the one before may still be ending.
    const second = await pool.take();
    expect(await prepare(second)).toEqual({ kind: "not enrolled" });
    second.release();
    expect(restarts).toBe(0);
  });

  test("does not end once a job took it, however long that holds it", async () => {
    open(1, 100);
    const first = await pool.take();
    await prepare(first);
    first.release();
    const second = await pool.take();
    await sleep(500);
    expect(pool.running()).toBe(1);
    expect(await prepare(second)).toEqual({ kind: "not enrolled" });
    second.release();
  });
});
