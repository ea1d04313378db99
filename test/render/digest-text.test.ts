import { expect, test } from "@jest/globals";
import { digestText } from "../../src/render/digest-text.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each<[string, unknown, unknown]>([
  ["maps with other content", new Map([["a", 1]]), new Map([["a", 2]])],
  ["a map and an empty one", new Map([["a", 1]]), new Map()],
  ["a map and an object", new Map(), {}],
  ["sets with other content", new Set(["a"]), new Set(["b"])],
  ["bytes with other content", { of: bytes("a") }, { of: bytes("b") }],
  ["maps of other bytes", new Map([["a", bytes("a")]]), new Map([["a", bytes("b")]])],
  ["a large integer and its text", [12345678901234567890n], ["12345678901234567890n"]],
  ["large integers that a double holds alike", 12345678901234567890n, 12345678901234567891n],
  ["a text and a key that would write it", { 'a":1,"b': 1 }, { a: 1, b: 1 }],
  ["nothing and its text", [null], ["null"]],
])("%s differ", (_, one, other) => {
  expect(digestText(one)).not.toBe(digestText(other));
});

test("equal values have equal text; fields without a value and functions do not count", () => {
  expect(digestText({ a: [1n, new Map([["b", bytes("c")]])], d: undefined, e: () => 1 })).toBe(
    digestText({ a: [1n, new Map([["b", bytes("c")]])] }),
  );
});
