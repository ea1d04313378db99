import { afterEach, expect, test } from "@jest/globals";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { requestOf } from "./helm-charts.ts";

const open: ReturnType<typeof createRenderer>[] = [];
afterEach(() => open.splice(0).forEach((renderer) => renderer.close()));

type Outcome = readonly [kind: string, pids: readonly number[]];

/** Renders charts that need so many megabytes one after the other in one process; what became of each, and the processes. */
async function rendered(...megabytes: readonly number[]) {
  const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1, memoryLimitMiB: 384 });
  open.push(renderer);
  const found: Outcome[] = [];
  for (const size of megabytes) {
    const chart = { "templates/a.yaml": `a: {{ repeat ${size}000000 "x" | len }}\n` };
    found.push([(await renderer.helm(requestOf(chart))).kind, renderer.pids()]);
  }
  return found;
}

test("a process whose memory has grown near the limit is replaced before the next request", async () => {
  const outcomes = await rendered(1, 200, 1);
  const one = [expect.any(Number)];
  expect(outcomes).toEqual([
    ["rendered", one],
    ["rendered", []],
    ["rendered", one],
  ]);
  expect(outcomes[2]).not.toEqual(outcomes[0]);
});

test("what has enough memory by itself has it after others", async () => {
  expect((await rendered(120, 330, 120, 330)).map(([kind]) => kind)).toEqual(Array(4).fill("rendered"));
  expect((await rendered(120, 400)).map(([kind]) => kind)).toEqual(["rendered", "memory"]);
});
