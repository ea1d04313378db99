import { afterAll, describe, expect, test } from "@jest/globals";
import { freshToolchain, judgeOf, judgementOn, messagesOf, question } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

const loop = (turns: number): string =>
  `package main\ndeny contains "found" if { r := numbers.range(1, ${turns}); some a in r; some b in r; a + b == input.x }`;

async function problemsOf(rego: string, stepLimit: number, manifests: readonly object[] = [{}]) {
  const judge = await judgeOf(toolchain, rego, {}, { stepLimit, memoryLimitMiB: 256 });
  const judgements = await judge.judge(manifests.map((one) => question({ ...one })));
  await judge.close();
  return judgements.flatMap(({ problems }) => problems.map(({ message }) => message));
}

describe("an evaluation that takes too many steps is a problem", () => {
  test.each([
    ["in loops of the rule", loop(1_000)],
    [
      "in calls of a function",
      'package main\ndeny contains "x" if { r := numbers.range(1, 500); some a in r; some b in r; f(a, b) == input.x }\nf(a, b) := a - b if a > b',
    ],
    [
      "in builtins of the host",
      'package main\ndeny contains "x" if { some a in numbers.range(1, 20000); sprintf("%d", [a]) == input.x }',
    ],
    [
      "in a comprehension",
      'package main\ndeny contains "x" if { r := numbers.range(1, 1000); some a in r; count({b | some b in r; b > a}) < 0 }',
    ],
  ])("%s", async (_, rego) => {
    expect(await problemsOf(rego, 500_000)).toEqual([
      "policy main: rule deny (policy.rego:2) could not be judged: it took more than 0.5 million steps",
    ]);
  });

  test("once, and the other rules judge", async () => {
    const rego = `${loop(1_000)}\nwarn contains input.kind`;
    const judge = await judgeOf(toolchain, rego, {}, { stepLimit: 500_000 });
    const judgements = await judge.judge([question({}), question({})]);
    expect(judgements.map(messagesOf)).toEqual([["Pod"], ["Pod"]]);
    expect(judgements[1]?.problems[0]?.message).toContain(
      "was not evaluated, because on apps/web.yaml:1 it took more than",
    );
  });

  test("and not one that takes fewer, however often it is asked", async () => {
    expect(
      await problemsOf(
        loop(100),
        500_000,
        Array.from({ length: 50 }, () => ({})),
      ),
    ).toEqual([]);
  });
});

test("where the limit is depends on nothing but the rule and its input", async () => {
  /** The least limit, in thousands of steps, under which a rule is judged. */
  const least = async (): Promise<number> => {
    let [low, high] = [0, 1_000];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((await problemsOf(loop(100), middle * 1_000)).length > 0) low = middle;
      else high = middle;
    }
    return high;
  };
  const first = await least();
  expect(first).toBeGreaterThan(10);
  expect(await least()).toBe(first);
});

test("a rule that is judged says what it said without a count", async () => {
  const judge = await judgeOf(toolchain, loop(100));
  expect(messagesOf(await judgementOn(judge, question({ x: 200 })))).toEqual(["found"]);
  expect(messagesOf(await judgementOn(judge, question({ x: 201 })))).toEqual([]);
});
