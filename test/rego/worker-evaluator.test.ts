import { afterAll, expect, test } from "@jest/globals";
import { sameEverywhere } from "../../src/rego/environment-data.ts";
import { recipeOf } from "../../src/rego/instances.ts";
import { createWorkerEvaluator } from "../../src/rego/worker-evaluator.ts";
import { freshToolchain, judgeOf, messagesOf, question } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

const rego = {
  "bad.rego": `package bad
import rego.v1
r := numbers.range(1, 3000)
deny_loop contains a if { input.metadata.loop; some a in r; some b in r; some c in r; a != b; c == input.x }
deny_two contains "two" if f(input.metadata.name) == 2
f(x) := 1 if x == "m1500"
f(x) := 2 if x == "m1500"`,
  "good.rego": `package good
import rego.v1
warn contains sprintf("%s at %d", [input.metadata.name, time.now_ns()]) if endswith(input.metadata.name, "00")
warn contains sprintf("big %d", [input.metadata.big])`,
};

// The first few hundred evaluations run in this thread, the others in the worker.
const manifests = Array.from({ length: 2000 }, (_, i) =>
  question(
    { metadata: { name: `m${i}`, ...(i === 1800 ? { loop: true } : {}), ...(i === 1200 ? { big: 2n ** 60n } : {}) } },
    `m${i}.yaml`,
  ),
);

test("a large run gives the same in a thread of its own, bad rules and all, and leaves no thread behind", async () => {
  const judge = await judgeOf(
    toolchain,
    rego,
    { namespaces: ["bad", "good"] },
    { deadlineMs: 2_000, memoryLimitMiB: 32 },
  );
  const judgements = [];
  for (let from = 0; from < manifests.length; from += 250) {
    judgements.push(...(await judge.judge(manifests.slice(from, from + 250))));
  }
  const said = judgements.flatMap((judgement) => messagesOf(judgement));
  const hundreds = Array.from({ length: 20 }, (_, i) => `m${i === 0 ? "" : i}00 at 1770091506000000000`).slice(1);
  expect(said).toEqual(hundreds.flatMap((text) => (text.startsWith("m1200 ") ? [`big ${2n ** 60n}`, text] : [text])));
  const problems = judgements.flatMap((judgement, i) => judgement.problems.map(({ message }) => ({ i, message })));
  expect(problems[0]).toEqual({ i: 1500, message: expect.stringContaining("rule deny_two (bad.rego:5) could not") });
  expect(problems[1]).toEqual({
    i: 1800,
    message: "policy bad: rule deny_loop (bad.rego:4) could not be judged: it did not finish within 2000 ms",
  });
  expect(problems.slice(2).map(({ i }) => i)).toEqual(Array.from({ length: 199 }, (_, i) => 1801 + i));
  expect(new Set(problems.slice(2).map(({ message }) => message))).toEqual(
    new Set([
      "policy bad: rule deny_loop (bad.rego:4) was not evaluated, because on m1800.yaml:1 it did not finish within 2000 ms",
    ]),
  );
  await judge.close();
});

test("an evaluation that takes the memory of its thread is told from those beside it, and another thread goes on", async () => {
  const text =
    'package main\nimport rego.v1\ndeny contains input.name if not input.items\ndeny contains "x" if count(json.unmarshal(input.items)) == 0';
  const compiled = await toolchain.compile({ modules: [{ path: "policy.rego", text, regoVersion: "v1" }] });
  if (compiled.kind === "failed" || compiled.answer.wasm === undefined) throw new Error("the policy does not compile");
  const { wasm, builtins, entrypoints } = compiled.answer;
  const options = { now: "2026-02-03T04:05:06Z", memoryLimitMiB: 256, builtins };
  const evaluator = createWorkerEvaluator({
    recipe: () => recipeOf(wasm, sameEverywhere({}), options),
    relaying: { deadlineMs: 60_000 },
    deadlineMs: 60_000,
    heapLimitMiB: 32,
  });
  const asking = (name: string, items?: string) => ({
    entrypoint: entrypoints.rules[0] ?? "",
    input: () => JSON.stringify({ document: { name, items } }),
  });
  const many = `[${"1,".repeat(3_000_000)}1]`;
  const evaluated = await evaluator.evaluate([asking("a"), asking("b", many), asking("c")]);
  expect(evaluated).toEqual({
    values: ['{"a"}'],
    failure: { reason: "memory", message: "it needed more than 32 MiB for values outside the module" },
    printed: [],
  });
  expect(await evaluator.evaluate([asking("c")])).toEqual({ values: ['{"c"}'] });
  await evaluator.close();
});
