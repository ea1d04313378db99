import { describe, expect, test } from "@jest/globals";
import { compareText, compareValues } from "../../../src/rego/value/compare-values.ts";
import { jsonFromValue, readJson, writeJson } from "../../../src/rego/value/json-text.ts";
import { readValue } from "../../../src/rego/value/read-value.ts";
import type { RegoValue } from "../../../src/rego/value/rego-value.ts";
import { writeValue } from "../../../src/rego/value/write-value.ts";

const set = (...members: RegoValue[]) => new Set(members);
const object = (...entries: [RegoValue, RegoValue][]) => new Map(entries);

describe("a printed Rego value is read", () => {
  test.each<[string, string, RegoValue]>([
    ["null", "null", null],
    ["booleans", "[true, false]", [true, false]],
    ["an integer", "42", 42],
    ["a fraction", "-1.5", -1.5],
    ["an integer beyond 2^53 exactly", "9007199254740993", 9007199254740993n],
    ["an integer whose double prints alike, still as a bigint", "12345678901234567000", 12345678901234567000n],
    ["a number whose text says more than its value", "1.0", { number: "1.0" }],
    ["a number beyond doubles", "1e400", { number: "1e400" }],
    ["a string with escapes", String.raw`"a\"b\\\nc\u0001"`, 'a"b\\\nc\u0001'],
    ["a string that ends in a backslash", String.raw`["\\", "x"]`, ["\\", "x"]],
    ["a string that looks like structure", '["{a, b]", ": \\""]', ["{a, b]", ': "']],
    ["an empty array", "[]", []],
    ["an empty set", "set()", set()],
    ["an empty object", "{}", object()],
    ["a set, sorted as OPA sorts", '{"b", "a", 2, null, {"x": 1}, [1]}', set(null, 2, "a", "b", [1], object(["x", 1]))],
    ["an object with keys of any type, sorted", '{"b": 1, 2: {1}, [1]: 3}', object([2, set(1)], ["b", 1], [[1], 3])],
  ])("%s", (_name, text, value) => {
    expect(readValue(text)).toEqual(value);
    expect([...flatten(readValue(text))]).toEqual([...flatten(value)]);
    expect(readValue(writeValue(value))).toEqual(value);
  });

  test.each(["", "[1", "{1: }", "nul", '"open', "1 2"])("but not %j", (text) => {
    expect(() => readValue(text)).toThrow();
  });
});

test("values are ordered as OPA orders them", () => {
  const sorted: RegoValue[] = [
    null,
    false,
    true,
    -1,
    { number: "1.0" },
    2n,
    2.5,
    "",
    "B",
    "a",
    "\uffff",
    "\u{1f600}",
    [],
    [1, 2],
    [2],
    object(),
    object(["a", 1]),
    object(["a", 2]),
    object(["b", 0]),
    set(),
    set(1),
  ];
  expect(sorted.toReversed().toSorted(compareValues)).toEqual(sorted);
});

test("strings are ordered by their UTF-8 bytes, as a comparison of bytes says", () => {
  const words = ["", "a", "ab", "b", "é", "\u{10000}", "\u{10001}", "\ue000", "\ufffd", "a\u{1f600}", "a\uff00"];
  const byBytes = words.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(words.toSorted(compareText)).toEqual(byBytes);
});

test("sets become arrays and keys become text where a value becomes JSON", () => {
  const value = object(["a", set(1, set())], [set("k"), { number: "1.0" }], [7n, 9007199254740993n]);
  expect(jsonFromValue(value)).toEqual({ a: [1, []], '["k"]': 1, "7": 9007199254740993n });
});

test.each<[string, string]>([
  ["plain JSON", '{"a":[1,2.5,"x",null,true],"b":{}}'],
  ["integers beyond 2^53", '{"a":9007199254740993,"b":[18446744073709551615,-9223372036854775808]}'],
  ["digits in a string", '{"a":"9007199254740993 \\" 9007199254740993","b":9007199254740993}'],
])("JSON text goes through unchanged: %s", (_name, text) => {
  expect(writeJson(readJson(text))).toBe(text);
});

test("a string is never mistaken for a marked integer", () => {
  const text = writeJson({ a: "\u0000integer:x", b: 9007199254740993n });
  expect(readJson(text)).toEqual({ a: "\u0000integer:x", b: 9007199254740993n });
});

function* flatten(value: RegoValue): Generator<unknown> {
  if (value instanceof Set) for (const item of value) yield* flatten(item as RegoValue);
  else if (value instanceof Map) for (const [key, item] of value) yield [key, ...flatten(item as RegoValue)];
  else if (Array.isArray(value)) for (const item of value) yield* flatten(item as RegoValue);
  else yield value;
}
