import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { loadBuiltins } from "../../src/rego/builtins/load-builtins.ts";
import { sameEverywhere } from "../../src/rego/environment-data.ts";
import type { Asking, Evaluator } from "../../src/rego/evaluator.ts";
import { createEvaluator } from "../../src/rego/evaluator.ts";
import { makeInstance, recipeOf, type Recipe } from "../../src/rego/instances.ts";
import { EvaluationError } from "../../src/rego/opa-wasm.ts";
import type { CompileAnswer } from "../../src/rego/toolchain/protocol.ts";
import { freshToolchain } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

const rules = [
  ["deny_good", 'deny_good contains input.name if input.name != ""'],
  [
    "deny_late",
    "deny_late contains a if { r := numbers.range(1, 3000); some a in r; some b in r; some c in r; c == input }",
  ],
  [
    "deny_memory",
    "deny_memory contains x if { x := [y | some a in numbers.range(1, 5000); some b in numbers.range(1, 5000); y := [a, b, input]] }",
  ],
  ["deny_conflict", 'deny_conflict contains "two" if f(input.name) == 2\nf(x) := 1 if x != ""\nf(x) := 2 if x != ""'],
] as const;

let answer: CompileAnswer;
let recipe: Recipe;

beforeAll(async () => {
  const text = `package main\nimport rego.v1\n${rules.map(([, rule]) => rule).join("\n")}\n`;
  const outcome = await toolchain.compile({ modules: [{ path: "policy.rego", text, regoVersion: "v1" }] });
  if (outcome.kind === "failed" || outcome.answer.wasm === undefined) throw new Error("the policy does not compile");
  answer = outcome.answer;
  recipe = recipeOf(outcome.answer.wasm, sameEverywhere({}), {
    now: "2026-02-03T04:05:06Z",
    memoryLimitMiB: 16,
    builtins: answer.builtins,
  });
});

/** An evaluator of the rules above, and how many instances it has made. */
async function counted(deadlineMs: number): Promise<{ readonly evaluator: Evaluator; readonly made: () => number }> {
  let made = 0;
  const builtins = await loadBuiltins(answer.builtins, () => ({
    kind: "failed",
    reason: "refused",
    message: "no relay",
  }));
  const instantiate = () => {
    made += 1;
    return makeInstance(recipe, builtins);
  };
  return { evaluator: createEvaluator({ instantiate, deadlineMs }), made: () => made };
}

function asking(rule: string, input = '{"document": {"name": "web"}}'): Asking {
  const at = answer.rules.findIndex(({ name }) => name === rule);
  return { entrypoint: answer.entrypoints.rules[at] ?? rule, input: () => input };
}

const deepest = `{"document": {"name": ${"[".repeat(50_000)}${"]".repeat(50_000)}}}`;

test.each<[string, () => Asking, string]>([
  ["did not finish", () => asking("deny_late"), "late"],
  ["took all memory", () => asking("deny_memory"), "memory"],
  ["had two values", () => asking("deny_conflict"), "rule"],
  ["was asked of a text that is not JSON", () => asking("deny_good", "{"), "input"],
  ["trapped on an input nested too deep", () => asking("deny_good", deepest), "input"],
  ["is not in the module", () => asking("main/nothing"), "rule"],
  [
    "has no input",
    () => ({
      ...asking("deny_good"),
      input: () => {
        throw new EvaluationError("input", "too large");
      },
    }),
    "input",
  ],
])("after an evaluation that %s another instance is used", async (_, failing, reason) => {
  const { evaluator, made } = await counted(reason === "late" ? 1_000 : 60_000);
  const good = { values: ['{"web"}'] };
  expect(await evaluator.evaluate([asking("deny_good")])).toEqual(good);
  const failed = await evaluator.evaluate([asking("deny_good"), failing(), asking("deny_good")]);
  expect(failed).toEqual({ ...good, failure: { reason, message: expect.any(String) } });
  expect(made()).toBe(1);
  expect(await evaluator.evaluate([asking("deny_good"), asking("deny_good")])).toEqual({
    values: ['{"web"}', '{"web"}'],
  });
  expect(made()).toBe(2);
});

test("an error that is no failure of the policies is thrown on", async () => {
  const { evaluator } = await counted(60_000);
  const input = () => {
    throw new TypeError("ours");
  };
  await expect(evaluator.evaluate([{ ...asking("deny_good"), input }])).rejects.toThrow("ours");
});

test("nothing is instantiated before something is asked, and one instance serves many evaluations", async () => {
  const { evaluator, made } = await counted(60_000);
  expect(await evaluator.evaluate([])).toEqual({ values: [] });
  expect(made()).toBe(0);
  const askings = Array.from({ length: 300 }, (_, n) => asking("deny_good", `{"document": {"name": "m${n}"}}`));
  const { values, failure } = await evaluator.evaluate(askings);
  expect(failure).toBeUndefined();
  expect(values).toEqual(askings.map((_, n) => `{"m${n}"}`));
  expect(made()).toBe(1);
});
