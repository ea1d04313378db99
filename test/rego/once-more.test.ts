import { expect, test } from "@jest/globals";
import type { Asking, Evaluated, Evaluator } from "../../src/rego/evaluator.ts";
import { onceMore } from "../../src/rego/once-more.ts";

const asking = (entrypoint: string): Asking => ({ entrypoint, input: () => "{}" });
const late = { reason: "late", message: "it did not finish within 5 ms" } as const;

/** An evaluator of which an entry point is late as often as said, and the requests that it gets. */
function slow(times: { readonly [entrypoint: string]: number }): {
  readonly evaluator: Evaluator;
  readonly requests: string[];
} {
  const left = new Map(Object.entries(times));
  const requests: string[] = [];
  return {
    requests,
    evaluator: {
      evaluate: async (askings): Promise<Evaluated> => {
        requests.push(askings.map(({ entrypoint }) => entrypoint).join(" "));
        const values: string[] = [];
        for (const { entrypoint } of askings) {
          const again = left.get(entrypoint) ?? 0;
          left.set(entrypoint, again - 1);
          if (again > 0) return { values, failure: late };
          if (entrypoint === "wrong") return { values, failure: { reason: "rule", message: "two values" } };
          values.push(entrypoint);
        }
        return { values, printed: values.map((text, at) => [at, [{ at: "p.rego:1", text }]] as const) };
      },
    },
  };
}

test.each<[string, { readonly [entrypoint: string]: number }, readonly string[], string, object]>([
  ["one that is late once has its value", { b: 1 }, ["a b c", "b", "c"], "a b c", { values: ["a", "b", "c"] }],
  ["the last one too", { c: 1 }, ["a b c", "c"], "a b c", { values: ["a", "b", "c"] }],
  ["several of them", { a: 1, c: 1 }, ["a b c", "a", "b c", "c"], "a b c", { values: ["a", "b", "c"] }],
  ["one that is late again is late", { b: 2 }, ["a b c", "b"], "a b c", { values: ["a"], failure: late }],
  [
    "another failure is not tried again",
    {},
    ["a wrong c"],
    "a wrong c",
    { values: ["a"], failure: { reason: "rule" } },
  ],
  ["nothing is asked twice without need", {}, ["a b"], "a b", { values: ["a", "b"] }],
])("%s", async (_, times, requests, asked, expected) => {
  const { evaluator, requests: got } = slow(times);
  expect(await onceMore(evaluator).evaluate(asked.split(" ").map(asking))).toMatchObject(expected);
  expect(got).toEqual(requests);
});

test("what is printed belongs to the evaluation that printed it", async () => {
  const { printed } = await onceMore(slow({ b: 1 }).evaluator).evaluate(["a", "b", "c"].map(asking));
  expect(printed?.map(([at, [line]]) => `${at} ${line?.text}`)).toEqual(["1 b", "2 c"]);
});
