import { expect, test } from "@jest/globals";
import { changedLines } from "../../../src/gate/placing/changed-lines.ts";

test.each<[string, string, string, readonly number[]]>([
  ["equal texts have none", "a\nb\n", "a\nb\n", []],
  ["a line that is altered", "a\nb\nc\n", "a\nx\nc\n", [2]],
  ["lines that are added", "a\nc\n", "a\nb\nb\nc\n", [2, 3]],
  ["a line that goes is told where it stood", "a\nb\nc\n", "a\nc\n", [2]],
  ["the last line that goes is told at what is last now", "a\nb\n", "a\n", [1]],
  ["everything that goes is told at the first line", "a\nb\n", "", [1]],
  ["changes far from each other", "a\nb\nc\nd\ne\n", "x\nb\nc\nd\ny\n", [1, 5]],
  ["a line that moves stands once as new", "a\nb\nc\n", "b\nc\na\n", [3]],
  [
    "lines that are added at the start, in the middle of equal ones, and at the end",
    "a\na\n",
    "x\na\na\na\ny\n",
    [1, 4, 5],
  ],
  ["a line that is added to an empty file", "", "a\n", [1]],
  ["a file that is the start of what it becomes", "a\nb\n", "a\nb\nc\n", [3]],
  ["a file that is the end of what it becomes", "b\nc\n", "a\nb\nc\n", [1]],
  ["lines that go from the middle and come at the end", "a\nb\nc\nd\n", "a\nd\ne\n", [3]],
  ["an end of file without a line break", "a\nb", "a\nb\n", [2]],
])("%s", (_name, before, after, lines) => {
  expect(changedLines(before, after)).toEqual(lines);
});

test("files too large to compare line by line count as changed between their first and last difference", () => {
  const before = Array.from({ length: 5_000 }, (_, index) => `a${index}`);
  const after = before.map((line, index) => (index % 2 === 0 ? line : `${line} `));
  expect(changedLines(before.join("\n"), after.join("\n"))).toHaveLength(4_999);
});
