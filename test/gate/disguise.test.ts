import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createGenerator, type Generator } from "../../bench/disguise/judge.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

let generator: Generator;
beforeAll(async () => {
  generator = await createGenerator(TEST_CACHE);
});
afterAll(() => generator.close());

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

test("no disguise lets a violation that a cluster gets pass", async () => {
  const ends = new Map<string, number>();
  const passed: string[] = [];
  for (const index of numbers(80)) {
    const { pull, ended, reaches } = await generator.run(7, index);
    ends.set(ended, (ends.get(ended) ?? 0) + 1);
    if (ended === "passed" && reaches === true) passed.push(`--seed 7 --only ${index}: ${pull.disguises.join(", ")}`);
  }
  expect(passed).toEqual([]);
  // Most are found for what they are, and not blocked for something else.
  expect(ends.get("finding")).toBeGreaterThan(60);
});

test("what violates nothing and hides nothing passes", async () => {
  const blocked: string[] = [];
  for (const index of numbers(15)) {
    const { ended, report } = await generator.run(8, index, { harmless: true, disguises: 0 });
    if (ended !== "passed") blocked.push(`${index}: ${JSON.stringify([report.problems, report.findings])}`);
  }
  expect(blocked).toEqual([]);
});
