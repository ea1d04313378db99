import { expect, test } from "@jest/globals";
import { DEFAULT_BUDGET } from "../../src/manifest/budget.ts";
import { quickDocument } from "../../src/manifest/quick-document.ts";
import { readFully } from "../../src/manifest/read-document.ts";
import { eventStart, documentEvents } from "../../src/manifest/yaml-events.ts";

/** Documents that the quick reader reads: it gives what the full reader gives, at the same offset. */
const usual = [
  "a: 1",
  "a: 1\n",
  "\n# c\n\n  # d\na: 1\n# e\n   \n",
  "a:\nb:\n",
  "a:\n  b:\n    c: 1\nd: 2\n",
  "a: # c\n  b: 1\n",
  "a: 1 # c\nb: x#y # c\n",
  "a: x y  \n",
  "a: http://x:80/y\nb: a:b\n",
  "a: -x\nb: -1\nc: --\n",
  "- 1\n- 2",
  "- a: 1\n  b: 2\n- c: 3\n",
  "-\n  a: 1\n-\n- 2\n",
  "a:\n- 1\n- 2\nb: 3\n",
  "a:\n- b: 1\n  c:\n  - 2\n",
  "a:\n  - 1\n",
  "-   a: 1\n    b: 2\n",
  "- # c\n  a: 1\n",
  "- 'a': 1\n  b: 2\n",
  '- "a" \n',
  "a: 'x'\nb: \"y\" # c\nc: ''\n",
  "'a': 1\n\"b\": 2\n",
  "a: [1, two, 'x']\nb: {c: 1}\nd: []\ne: {} # c\n",
  "a: |\n  x\n  y\n",
  "a: |-\n  x\n   y\n\n  z\nb: 1\n",
  "a: |\n  x\n\n\nb: 1\n",
  "a: |\n  x",
  "a: |\n  # no comment\n# c\nb: 1\n",
  "a:\n  b: |\n    x\n  c: 1\n",
  "- |\n x\n- 1\n",
  "a: yes\nb: null\nc: ~\nd: 0x10\ne: 1e3\nf: 010\ng: 1_000\nh: .5\n",
  "a: 2001-01-01\nb: 12:30\n",
  "a.b/c-d_e: 1\n_x: 1\n",
  "yesterday: 1\nnullable: 2\n",
  "constructor: 1\ntoString: 2\n",
  "a: é\n",
  "a: .inf.\nb: 18446744073709551615\n",
  "a: x\n  y  \n   z # c\nb: 1\n",
  "a: 1\n  2\n",
  "a: yes\n  no",
  "- x\n  y\n- 1\n",
  "- a: x\n    y\n  b: 1\n",
  "a:\n  b: x\n    y\n  # c\n  c: 1\n",
  "a: x\n\nb: 1\n",
  "a: x\n   # c\nb: 1\n",
  "a: x\n  https://y/z#w\n",
  "a: x\n  -y\n",
  "a: 'x\n  y'\nb: \"x \n   y  z \" # c\nc: 1\n",
  "- 'x: #\n  y'\n- 1\n",
  "a: x\n  'y'\n",
  'a: x\n  *y\n  [z], `u` & "v"\n  {w}\nb: 1\n',
  "a: 'x''y'\nb: '''z'''\n'c''d': 1\n",
  "a: 'x\n  y''z'\n",
  "a: 'x''\n  ''y'\n",
  'a: "x\\n"\nb: "\\"y\\" \\\\ \\t"\n',
  'a: "x\\n\\n\\ty\n  z\\"\n  w"\nb: 1\n',
  "a: [\"x\\n\", 'y''z']\n",
  "a:\n  {}\nb:\n  [1, 2] # c\nc:\n    {d: e}\n",
  "a:\n  b:\n    {}\n  c: 1\n",
];

/** Documents, right or wrong, that it leaves to the full reader. */
const unusual = [
  "- - 1\n",
  "a: - 1\n",
  "a: -\n",
  "",
  "# c\n",
  " a: 1\n",
  "a\n",
  "a: 1\n b: 2\n",
  "a:\n  b: 1\n c: 2\n",
  "a:\n    b: 1\n  c: 2\n",
  "- 1\n  - 2\n",
  "a: x\n  y: 1\n",
  "a: x\n  y:\n",
  "a: x # c\n  y\n",
  "a: x\n\n  y\n",
  "a: x\n  # c\n  y\n",
  "a: x\n  ? y\n",
  "a: x\n  :y\n",
  "a: x\n  - y\n",
  "a: 'x\n\n  y'\n",
  "a: 'x\n  '\n",
  "a: '\n  x'\n",
  "a: 'x\ny'\n",
  'a: "x\\\n  y"\n',
  "a: 'x\n  y\n",
  "- 1\na: 2\n",
  "a: 1\n- 2\n",
  "a:\n  - 1\n  b: 2\n",
  "a: 1\na: 2\n",
  "a:\na: 2\n",
  "__proto__: 1\n",
  "'__proto__': 1\n",
  "y: 1\n",
  "on: 1\n",
  "null: 1\n",
  "1: a\n",
  "true: a\n",
  "é: 1\n",
  "a b: 1\n",
  "a :1\n",
  "a:1\n",
  "a: b: c\n",
  "a: b:\n",
  'a: "x\\r"\n',
  'a: "\\u0041"\n',
  'a: "x\\\\\n  y\\ "\n',
  "a:\n  {}: b\n",
  "a:\n{}\n",
  "a: 'x' y\n",
  "a: 'x'#y\n",
  "a: &x 1\n",
  "a: *x\n",
  "a: !!str 1\n",
  "a: >\n  x\n",
  "a: |+\n  x\n",
  "a: |2\n  x\n",
  "a: | # c\n  x\n",
  "a: |\n\n  x\n",
  "a: |\nb: 1\n",
  "a: |\n",
  "a: |\n  x\n   \n  y\n",
  "a: |\n  x\n    \n",
  "a:\n  b: |\n  x\n",
  "|\n x\n",
  "a: .inf\n",
  "a: .nan\n",
  "a: @x\n",
  "a: `x`\n",
  "a: %x\n",
  "a: ,x\n",
  "a: ?x\n",
  "a: ]\n",
  "? a\n: 1\n",
  "a: - - 1\n",
  "a:\t1\n",
  "a: 1\r\nb: 2\n",
  "a: [1,\n  2]\n",
  "a: {b: 1\n",
  "'a':1\n",
  "'a' : 1\n",
  `${"k".repeat(201)}: 1\n`,
  `'${"k".repeat(201)}': 1\n`,
];

const { depth } = DEFAULT_BUDGET;

test.each(usual)("the quick reader reads as the full reader does: %j", (text) => {
  const full = readFully("a.yaml", { kind: "document", text, line: 1, index: 0, offset: 0 }, DEFAULT_BUDGET);
  expect(full.kind).toBe("value");
  const root = documentEvents(text, depth)[1];
  const quick = quickDocument(text, depth);
  expect(quick?.value).toEqual(full.kind === "value" ? full.value : undefined);
  expect(quick?.offset).toBe(root === undefined ? -1 : eventStart(root));
});

test.each(unusual)("the quick reader leaves to the full reader: %j", (text) => {
  expect(quickDocument(text, depth)).toBeUndefined();
});

test.each([
  ["mappings", "a:\n  b:\n    c: 1\n", 3],
  ["lists", "- a:\n    - 1\n", 3],
  ["brackets", "a: [[1]]\n", 3],
  ["braces", "a: {b: {c: 1}}\n", 3],
  ["one after the other", "a:\n  b: 1\nc:\n  d: 1\n", 2],
])("it nests as deep as it may: %s", (_, text, deepest) => {
  expect(quickDocument(text, deepest)).toBeDefined();
  expect(quickDocument(text, deepest - 1)).toBeUndefined();
});

test("a key may have 200 characters", () => {
  const key = "k".repeat(200);
  expect(quickDocument(`${key}: 1\n'x${key.slice(1)}': 2\n`, depth)?.value).toEqual({
    [key]: 1,
    [`x${key.slice(1)}`]: 2,
  });
});
