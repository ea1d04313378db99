import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { createModulePool, type ModulePool, type ModulePoolOptions } from "../../src/renderers/module-pool.ts";
import { shippedModule } from "../../src/wasm/shipped-module.ts";
import { createTurns } from "../../src/renderers/turns.ts";
import { until } from "../support/until.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const open: ModulePool[] = [];
afterEach(() => open.splice(0).forEach((pool) => pool.close()));

function poolOf(options: Partial<ModulePoolOptions> = {}): ModulePool {
  const pool = createModulePool({
    module: shippedModule("kustomize"),
    cacheDir: TEST_CACHE,
    processes: 2,
    memoryLimitMiB: 256,
    deadlineMs: 60_000,
    ...options,
  });
  open.push(pool);
  return pool;
}

const request = { documents: ["a: ${b}"], variables: { b: "c" } };

test("requests beyond the number of processes wait in turn", async () => {
  const pool = poolOf();
  expect(pool.pids()).toEqual([]);
  const answers = await Promise.all(Array.from({ length: 7 }, () => pool.ask("substitute", request)));
  expect(answers.map(({ kind }) => kind)).toEqual(Array(7).fill("answered"));
  expect(new Set(pool.pids()).size).toBe(2);
});

test("a late request ends alone: those that wait behind it are answered by a new process", async () => {
  // Of the requests the second alone has too little time, for what takes minutes: also where it is asked once more.
  const deadlines = [60_000, 100, 100, 60_000];
  const pool = poolOf({ processes: 1, deadlineMs: () => deadlines.shift() ?? 0 });
  await pool.ask("substitute", request);
  const [before] = pool.pids();
  const slow = { documents: Array(200_000).fill("a: ${b}"), variables: { b: "c" } };
  const [late, next] = await Promise.all([pool.ask("substitute", slow), pool.ask("substitute", request)]);
  expect(late).toEqual({ kind: "late", message: "substitute timed out after 0.1 s" });
  expect(next.kind).toBe("answered");
  expect(pool.pids()).not.toContain(before);
});

test("an unknown operation is a failure, and a module that is not there a trap: nothing is thrown", async () => {
  expect(await poolOf().ask("nothing", {})).toEqual({ kind: "failed", message: "unknown operation nothing" });
  const absent = { ...shippedModule("kustomize"), name: "absent", path: join(TEST_CACHE, "absent.br"), sha256: "0" };
  expect(await poolOf({ module: absent }).ask("substitute", request)).toMatchObject({ kind: "trap" });
});

test("a process without work is let go, and the next request starts another", async () => {
  const pool = poolOf({ idleMs: 50 });
  await pool.ask("substitute", request);
  await until(() => pool.pids().length === 0, "the idle process to end");
  expect((await pool.ask("substitute", request)).kind).toBe("answered");
});

test("what took too long is asked once more, while nothing else is", async () => {
  const turns = createTurns();
  const deadlines = [1, 60_000];
  const late = poolOf({ processes: 1, deadlineMs: () => deadlines.shift() ?? 0, turns });
  const other = poolOf({ processes: 1, turns });
  const answers = await Promise.all([late.ask("substitute", request), other.ask("substitute", request)]);
  expect(answers.map(({ kind }) => kind)).toEqual(["answered", "answered"]);
  expect(deadlines).toEqual([]);
});
