import { expect, test } from "@jest/globals";
import { fillFastTemplate } from "../../../src/render/argocd/application-set/fast-template.ts";
import { flatten } from "../../../src/render/argocd/application-set/flatten.ts";
import { goText } from "../../../src/render/argocd/application-set/go-text.ts";
import { sanitizeName } from "../../../src/render/argocd/application-set/sanitize-name.ts";

test.each([
  ["{{a}}-{{ a }}", "A-A"],
  ["{{b}} {{ }} {{}}", "{{b}} {{ }} {{}}"],
  ["{{n}}", "{{n}}"],
  ["{{ toString }}", "{{ toString }}"],
  ["a {{ b", "a {{ b"],
  ["{{\na}}", "{{\na}}"],
  ["{{a}} {{\na}}", "A A"],
  ["{{a}} {{", undefined],
])("%j becomes %j", (text, expected) => {
  expect(fillFastTemplate(text, { a: "A", n: 1 })).toBe(expected);
});

test.each([
  [1_000_000, "1e+06"],
  [999_999, "999999"],
  [1_234_567, "1.234567e+06"],
  [0.00001, "1e-05"],
  [0.0001, "0.0001"],
  [-0, "-0"],
  [10n ** 20n, "1e+20"],
  [null, "<nil>"],
  [true, "true"],
  [[1, "a"], "[1 a]"],
  [{ b: 1, a: [] }, "map[a:[] b:1]"],
])("Go prints %j as %s", (value, expected) => {
  expect(goText(value)).toBe(expected);
});

test("nested values become names with dots", () => {
  expect(flatten({ a: { b: [1, { c: null }] }, empty: {}, none: [] })).toEqual({ "a.b.0": "1", "a.b.1.c": "<nil>" });
});

test.each([
  ["Big_App", "big-app"],
  [".x.", "x"],
  ["ä", ""],
  ["a".repeat(300), "a".repeat(253)],
])("%s as a name", (text, expected) => {
  expect(sanitizeName(text)).toBe(expected);
});
