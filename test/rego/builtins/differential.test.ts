import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Builtin } from "../../../src/rego/builtins/builtin.ts";
import { loadBuiltins } from "../../../src/rego/builtins/load-builtins.ts";
import { sameEverywhere } from "../../../src/rego/environment-data.ts";
import { makeInstance, recipeOf } from "../../../src/rego/instances.ts";
import type { PolicyInstance } from "../../../src/rego/opa-wasm.ts";
import { createBuiltinRelay } from "../../../src/rego/toolchain/builtin-relay.ts";
import { createToolchain } from "../../../src/rego/toolchain/toolchain.ts";
import { compareValues } from "../../../src/rego/value/compare-values.ts";
import { readValue } from "../../../src/rego/value/read-value.ts";
import { writeValue } from "../../../src/rego/value/write-value.ts";
import type { RegoValue } from "../../../src/rego/value/rego-value.ts";
import { someArgument } from "./arguments.ts";
import { chance } from "./random.ts";
import { signatures } from "./signatures.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

const toolchain = createToolchain({ cacheDir: TEST_CACHE });
const relay = createBuiltinRelay({ cacheDir: TEST_CACHE });
afterAll(async () => {
  toolchain.close();
  await relay.close();
});

let make: () => PolicyInstance;
let entrypointOf: (name: string) => string;
let given: readonly RegoValue[] = [];

// Each builtin is called by a rule of its own; the arguments come through a builtin of the host, since input is JSON and
// has no sets.
beforeAll(async () => {
  const rules = signatures.map(({ name, args }, i) => {
    const call = `${name}(${args.map((_, k) => `given[${k}]`).join(", ")})`;
    return `deny_${i} = [answer] { given := yaml.unmarshal("given"); answer := ${call} }`;
  });
  const text = `package main\n\n${rules.join("\n\n")}\n`;
  const outcome = await toolchain.compile({ modules: [{ path: "a.rego", text, regoVersion: "v0" }] });
  if (outcome.kind === "failed") throw new Error(outcome.message);
  const { answer } = outcome;
  expect(answer.errors).toEqual([]);
  const builtins = new Map(await loadBuiltins(answer.builtins, relay.call));
  const yaml = builtins.get("yaml.unmarshal") as Builtin;
  builtins.set("yaml.unmarshal", (run, ...args) => (args[0] === "given" ? given : yaml(run, ...args)));
  const options = { now: "2026-02-03T04:05:06Z", memoryLimitMiB: 256, builtins: answer.builtins };
  const recipe = recipeOf(answer.wasm ?? new Uint8Array(), sameEverywhere({}), options);
  make = () => makeInstance(recipe, builtins);
  entrypointOf = (name) => {
    const index = signatures.findIndex((one) => one.name === name);
    const rule = answer.rules.findIndex((one) => one.name === `deny_${index}`);
    return answer.entrypoints.rules[rule] ?? "";
  };
});

test.each(signatures.map(({ name, args }) => [name, args] as const))(
  "%s answers random arguments as OPA does",
  (name, args) => {
    const count = Math.min(Number(process.env.PORTCULLIS_SWEEP ?? 20), 20_000);
    const random = chance(Number(process.env.PORTCULLIS_SEED ?? 1));
    let instance = make();
    for (let i = 0; i < count; i++) {
      given = args.map((type, position) => someArgument(random, name, position, type));
      const texts = given.map(writeValue);
      const expected = askOpa(name, texts);
      if (expected === "unanswered") continue;
      instance.read('{"document":{}}');
      try {
        const text = instance.evaluate(instance.entrypoints.get(entrypointOf(name)) ?? -1);
        const answer = text === undefined ? "undefined" : writeValue((readValue(text) as readonly [RegoValue])[0]);
        if (!isSameSet(answer, expected)) expect({ texts, answer }).toEqual({ texts, answer: expected });
      } catch (error) {
        if (expected !== "error") throw error;
        instance = make();
      }
    }
  },
);

function askOpa(name: string, args: readonly string[]): string {
  const outcome = relay.call({ name, args, terms: true, nowNs: 1_770_091_506_000_000_000n });
  if (outcome.kind === "failed") return "unanswered";
  if (outcome.answer.kind !== "value") return outcome.answer.kind;
  try {
    return writeValue(readValue(outcome.answer.value));
  } catch {
    // OPA has let a text pass for a number that is none (`00012`): there the gate stops, which is no answer either.
    return "error";
  }
}

/** Of two equal numbers that are written otherwise (`1e6`), either may stand for both in a set. */
function isSameSet(answer: string, expected: string): boolean {
  if (!answer.startsWith("{") || !expected.startsWith("{")) return false;
  return compareValues(readValue(answer), readValue(expected)) === 0;
}
