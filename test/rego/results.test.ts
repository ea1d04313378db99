import { expect, test } from "@jest/globals";
import { readResults } from "../../src/rego/results.ts";
import { readValue } from "../../src/rego/value/read-value.ts";

/** Values in Rego's notation, as OPA prints them. */
const read = (text: string) => readResults(readValue(text));

test.each<[string, string, readonly object[]]>([
  ["an empty set", "set()", []],
  [
    "a set of strings",
    '{"a", "b"}',
    [
      { message: "a", value: "a" },
      { message: "b", value: "b" },
    ],
  ],
  ["an array of strings", '["a"]', [{ message: "a", value: "a" }]],
  ["an object with a message", '{{"msg": "a"}}', [{ message: "a", value: { msg: "a" } }]],
  [
    "the other keys of an object, which are metadata",
    '{{"msg": "a", "severity": "high", "more": [1]}}',
    [{ message: "a", value: { msg: "a", severity: "high", more: [1] }, metadata: { severity: "high", more: [1] } }],
  ],
  [
    "a location with a file",
    '{{"msg": "a", "_loc": {"file": "b.yaml", "line": 3}}}',
    [{ message: "a", value: expect.anything(), declared: { path: "b.yaml", line: 3 } }],
  ],
  [
    "a location without a file",
    '{{"msg": "a", "_loc": {"line": 1}}}',
    [{ message: "a", value: expect.anything(), declared: { line: 1 } }],
  ],
  [
    "a location with an empty file",
    '{{"msg": "a", "_loc": {"file": "", "line": 1}}}',
    [{ message: "a", value: expect.anything(), declared: { line: 1 } }],
  ],
  [
    "a location whose file is not a string",
    '{{"msg": "a", "_loc": {"file": 7, "line": 1}}}',
    [{ message: "a", value: expect.anything(), declared: { line: 1 } }],
  ],
  ...['{"line": 0}', '{"line": 1.5}', '{"line": "3"}', '{"file": "b.yaml"}', '"b.yaml:3"'].map(
    (location): [string, string, readonly object[]] => [
      `no location of ${location}`,
      `{{"msg": "a", "_loc": ${location}}}`,
      [{ message: "a", value: expect.anything() }],
    ],
  ),
])("results are read from %s", (_, text, results) => {
  expect(read(text)).toEqual({ results });
});

test.each<[string, string]>([
  ["true", "true"],
  ["null", "null"],
  ['"a"', "a string"],
  ["7", "a number"],
  ["1152921504606846976", "a number"],
  ['{"a": 1}', "an object"],
])("a rule whose value is %s has no results, and what it has is described as %s", (text, wrong) => {
  expect(read(text)).toMatchObject({ results: [], wrong: { description: wrong } });
});

test.each<[string, string]>([
  ['""', "an empty message"],
  ["7", "a set with a number in it"],
  ["false", "a set with false in it"],
  ["null", "a set with null in it"],
  ['["a"]', "a set with an array in it"],
  ['{"a"}', "a set with a set in it"],
  ['{"message": "a"}', 'an object whose "msg" is missing'],
  ['{"msg": ""}', 'an object whose "msg" is empty'],
  ['{"msg": 7}', 'an object whose "msg" is a number'],
  ['{"msg": {"a": 1}}', 'an object whose "msg" is an object'],
])("among messages %s is described as %s, and the messages stay", (item, wrong) => {
  expect(read(`["good", ${item}, true]`)).toMatchObject({
    results: [{ message: "good", value: "good" }],
    wrong: { description: wrong },
  });
});
