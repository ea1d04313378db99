import { expect, test } from "@jest/globals";
import { DEFAULT_BUDGET, type Budget } from "../../src/manifest/budget.ts";
import { readFully } from "../../src/manifest/read-document.ts";
import type { Json } from "../../src/model/json.ts";

function read(text: string, budget: Partial<Budget> = {}) {
  return readFully(
    "a.yaml",
    { kind: "document", text, line: 1, index: 0, offset: 0 },
    { ...DEFAULT_BUDGET, ...budget },
  );
}

test.each<readonly [string, string, Json]>([
  ["an alias gives the anchor's value", "a: &x [1]\nb: *x\n", { a: [1], b: [1] }],
  ["the last anchor of a name counts", "a: &x 1\nb: &x 2\nc: *x\n", { a: 1, b: 2, c: 2 }],
  ["an anchor of nothing is null", "a: &x\nb: *x\n", { a: null, b: null }],
  ["an alias may be a key", "a: &k key\n*k : v\n", { a: "key", key: "v" }],
  [
    "a merge yields to the mapping's own keys",
    "x: &x {a: 1, b: 2}\nw:\n  <<: *x\n  b: 3\n",
    { x: { a: 1, b: 2 }, w: { a: 1, b: 3 } },
  ],
  [
    "of several merged mappings the first wins",
    "x: &x {a: 1}\nz: &z {a: 2, b: 2}\nw:\n  <<: [*x, *z]\n",
    { x: { a: 1 }, z: { a: 2, b: 2 }, w: { a: 1, b: 2 } },
  ],
  ["a mapping may be merged where it is written", "w:\n  <<: {a: 1}\n  b: 2\n", { w: { a: 1, b: 2 } }],
  ["a merge of a value that is there already changes nothing", "w:\n  a: [1]\n  <<: {a: [1]}\n", { w: { a: [1] } }],
  ["`<<` in quotes is a key", 'w:\n  "<<": 1\n', { w: { "<<": 1 } }],
  ["a tag makes `<<` a key", "w:\n  !!str <<: 1\n", { w: { "<<": 1 } }],
  [
    "numbers and booleans become keys as Kubernetes writes them",
    "1: a\ntrue: b\n1.5: c\n0x10: d\n",
    { 1: "a", true: "b", 1.5: "c", 16: "d" },
  ],
  [
    "names of every object are keys like others",
    "constructor: 1\ntoString: 2\n__proto__: 3\n",
    Object.fromEntries([
      ["constructor", 1],
      ["toString", 2],
      ["__proto__", 3],
    ]),
  ],
  ["a number too large for JSON is text in YAML", "a: 1e999\n", { a: "1e999" }],
  ["what only looks like one is text in JSON too", '{"a": x1e9}', { a: "x1e9" }],
  ["a lone ! makes text", "a: ! 1\n", { a: "1" }],
  ["!!str makes text, !!int a number", 'a: !!str 1\nb: !!int "3"\n', { a: "1", b: 3 }],
  ["a tag of one's own makes text", "a: !secret 1\n", { a: "1" }],
  ["the tag of a mapping is dropped", "a: !own {b: 1}\n", { a: { b: 1 } }],
  [
    "a question mark is text outside of brackets",
    "a: {b: 1}\nc: d?\ne: [x]\nf: g?h\n",
    { a: { b: 1 }, c: "d?", e: ["x"], f: "g?h" },
  ],
  ["a question mark in quotes is text within brackets", "a: ['b?']\n", { a: ["b?"] }],
  ["empty collections and values", "a: {}\nb: []\nc:\nd: ''\n", { a: {}, b: [], c: null, d: "" }],
])("%s", (_, text, value) => {
  expect(read(text)).toEqual({ kind: "value", value, line: 1 });
});

test.each<readonly [string, string, number, number, RegExp]>([
  ["an alias without an anchor", "a: 1\nb: *x\n", 2, 4, /no anchor/],
  ["an alias before its anchor", "a: *x\nb: &x 1\n", 1, 4, /no anchor/],
  ["an anchor within itself", "a: &x\n  - b: *x\n", 2, 8, /contains itself/],
  ["an anchor with a name that Kubernetes does not read", "a: &é 1\n", 1, 4, /anchor/],
  ["infinity as a value", "a: [1, .inf]\n", 1, 8, /cannot \w+ this number/],
  ["not a number, behind an anchor", "a: &x .nan\n", 1, 7, /cannot \w+ this number/],
  ["a number too large for JSON in JSON", '{"a": 1e999}', 1, 7, /cannot \w+ this number/],
  ["a signed one", '{"a": -1.5E999}', 1, 7, /cannot \w+ this number/],
  ["a list that is merged through an alias", "x: &x [{a: 1}]\nw:\n  <<: *x\n", 3, 3, /`<<` expects a mapping/],
  ["a merge of text", "w:\n  <<: text\n", 2, 3, /`<<` expects a mapping/],
  ["a merge of a list that holds text", "w:\n  <<: [{a: 1}, text]\n", 2, 3, /`<<` expects a mapping/],
  ["two merges in one mapping", "w:\n  <<: {a: 1}\n  <<: {b: 1}\n", 3, 3, /`<<`.*twice/],
  ["a merge over another value", "w:\n  a: 2\n  <<: {a: 1}\n", 3, 3, /put `<<` first/],
  ["a merge of a key that is no text", "x: &x {1: a}\nw:\n  <<: *x\n", 3, 3, /`1`.*quotes/],
  ["a tag before a merge", "w:\n  ! <<: {a: 1}\n", 2, 3, /tag before `<<`/],
  ["a key twice", "a: 1\nb: 2\na: 3\n", 3, 1, /`a`.*first on line 1, again on line 3/],
  ["a key without a value, twice", "a:\na: 1\n", 2, 1, /`a`.*twice/],
  ["a merged key that is given twice", "w:\n  <<: {a: 1}\n  a: 2\n  a: 3\n", 4, 3, /`a`.*twice/],
  ["a number and its text", "1: a\n'1': b\n", 2, 1, /`1`.*twice/],
  ["a number over the text that was merged", "w:\n  <<: {'1': a}\n  1: b\n", 3, 3, /`1`.*twice/],
  ["__proto__ twice", "__proto__: 1\n__proto__: 2\n", 2, 1, /`__proto__`.*twice/],
  ["null as a key", "null: a\n", 1, 1, /quotes/],
  ["a number as a key that cannot be told", "a: &k 1\n*k : v\n", 2, 1, /quotes/],
  ["a list as a key", "? [a]\n: b\n", 1, 3, /key/],
  ["a mapping as a key", "? {a: 1}\n: b\n", 1, 3, /key/],
  ["a block scalar whose text is not indented", "|\ntext\n", 2, 1, /not indented/],
  ["a value that its tag does not fit", "a: !!int x\n", 1, 4, /!!int/],
  ["a tag that runs into its value", "a: [!!str,b]\n", 1, 10, /after a tag/],
  ["a question mark within brackets", "a: [b?c]\n", 1, 5, /`\?`/],
  ["a question mark within brackets in brackets", "a: [[b], c?]\n", 1, 10, /`\?`/],
  ["half a pair of escapes", 'a: "\\ud83d"\n', 1, 5, /escape/],
])("%s is refused at its place", (_, text, line, column, message) => {
  const reading = read(text);
  expect(reading).toEqual({
    kind: "problem",
    problem: { stage: "parse", path: "a.yaml", line, column, message: expect.stringMatching(message) },
  });
});

test("a document of comments alone is empty, as is null", () => {
  expect(read("# nothing\n")).toEqual({ kind: "empty" });
  expect(read("~\n")).toEqual({ kind: "empty" });
});

test.each([
  ["mappings, lists and what they hold", "a:\n  - b: 1\n", 4],
  ["an alias, by what is behind it", "a: &x [[1]]\nb: [*x]\n", 4],
  ["an alias of an alias", "a: &x [1]\nb: &y [*x]\nc: [[*y]]\n", 5],
  ["an anchor in an anchor", "a: &x [&y [[1]]]\nb: [[[*y]]]\n", 6],
  ["the deepest of several", "a: [[[1]]]\nb: [1]\nc: &x [1]\nd: *x\n", 5],
])("nesting counts %s", (_, text, depth) => {
  expect(read(text, { depth })).toMatchObject({ kind: "value" });
  expect(read(text, { depth: depth - 1 })).toMatchObject({
    kind: "problem",
    problem: { message: expect.stringContaining(`deeper than ${depth - 1}`) },
  });
});

test.each([
  ["text", "a: &x xxxx\nb: *x\n", 12],
  ["text used twice", "a: &x xxxx\nb: [*x, *x]\n", 24],
  ["a list, its items and itself", "a: &x [1, 22]\nb: *x\n", 27],
  ["a key with its value", "a: &x {k: v}\nb: *x\n", 26],
  ["an alias within an anchor", "a: &x xxxx\nb: &y [*x]\nc: *y\n", 12 + 28],
])("what aliases add is counted: %s", (_, text, expansion) => {
  expect(read(text, { expansion })).toMatchObject({ kind: "value" });
  expect(read(text, { expansion: expansion - 1 })).toMatchObject({
    kind: "problem",
    problem: { message: expect.stringContaining("alias bomb") },
  });
});
