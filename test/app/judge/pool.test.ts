import { tmpdir } from "node:os";
import { afterEach, expect, test } from "@jest/globals";
import { JudgePool } from "../../../src/app/judge/pool.ts";

let pool: JudgePool;
const open = (size: number): JudgePool =>
  (pool = new JudgePool(size, { cacheDirectory: tmpdir(), remotesDirectory: tmpdir() }, () => {}));
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

test("a closed pool has no spare thread", async () => {
  open(1);
  await pool.close();
  expect(pool.takeSpare()).toBeUndefined();
});
