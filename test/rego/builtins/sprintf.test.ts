import { afterAll, expect, test } from "@jest/globals";
import { AskOpa } from "../../../src/rego/builtins/ask-opa.ts";
import { sprintfBuiltins } from "../../../src/rego/builtins/sprintf.ts";
import { createBuiltinRelay } from "../../../src/rego/toolchain/builtin-relay.ts";
import { readValue } from "../../../src/rego/value/read-value.ts";
import { writeValue } from "../../../src/rego/value/write-value.ts";
import { chance, someFormat, someValue } from "./random.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

const relay = createBuiltinRelay({ cacheDir: TEST_CACHE });
afterAll(async () => {
  await relay.close();
});

const sprintf = (format: string, values: string) => sprintfBuiltins.sprintf?.({ nowNs: 0n }, format, readValue(values));

test.each<[format: string, values: string, expected: string]>([
  ["%s must not run as %v", '["web", null]', "web must not run as null"],
  ["%d of %d", "[3, 18446744073709551617]", "3 of 18446744073709551617"],
  ["%v", '[{"b": [1, "x"], "a": {2, 1}}]', '{"a": {1, 2}, "b": [1, "x"]}'],
  ["%v %v", "[1.0, 1e2]", "1 100"],
  ["%5.1f|%-6d|%06.2f|%+d", "[2.25, 7, -1.5, 3]", "  2.2|7     |-01.50|+3"],
  ["%q %x %X %c %U", '["a\\"b", "hi", 255, 9731, 9731]', '"a\\"b" 6869 FF ☃ U+2603'],
  ["%[2]s %[1]s", '["a", "b"]', "b a"],
  ["%d", '["x"]', "%!d(string=x)"],
  ["%s %s", '["x"]', "x %!s(MISSING)"],
  ["%s", '["x", 1]', "x%!(EXTRA int64=1)"],
  ["100%", "[]", "100%!(NOVERB)"],
  ["%s", "[7]", "%!s(int64=7)"],
  ["%d", "[1.5]", "%!d(float64=1.5)"],
  ["%.0f %.0f", "[0.5, 1.5]", "0 2"],
])("sprintf(%j, %s) is %j", (format, values, expected) => {
  expect(sprintf(format, values)).toBe(expected);
});

test("sprintf answers random formats and values as OPA does", () => {
  const count = Math.min(Number(process.env.PORTCULLIS_SWEEP ?? 5_000), 200_000);
  const random = chance(Number(process.env.PORTCULLIS_SEED ?? 1));
  let asked = 0;
  for (let i = 0; i < count; i++) {
    const format = someFormat(random);
    const values = Array.from({ length: random.below(5) }, () => someValue(random, 1));
    const args = [writeValue(format), writeValue(values)];
    const outcome = relay.call({ name: "sprintf", args, terms: true });
    const own = (() => {
      try {
        return sprintfBuiltins.sprintf?.({ nowNs: 0n }, format, values);
      } catch (error) {
        if (!(error instanceof AskOpa)) throw error;
        asked++;
        return "left to OPA";
      }
    })();
    if (own === "left to OPA") continue;
    const answer = outcome.kind === "answer" ? outcome.answer : undefined;
    const expected = answer?.kind === "value" ? readValue(answer.value) : answer;
    expect({ args, answer: own }).toEqual({ args, answer: expected });
  }
  expect(asked).toBeLessThan(count / 10);
});
