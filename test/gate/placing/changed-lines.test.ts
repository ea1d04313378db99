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
  ["an end of file without a line break", "a\nb", "a\nb\n", [2]],
])("%s", (_name, before, after, lines) => {
  expect(changedLines(before, after)).toEqual(lines);
});

test("files too large to compare line by line count as changed between their first and last difference", () => {
  const before = Array.from({ length: 5_000 }, (_, index) => `a${index}`);
  const after = before.map((line, index) => (index % 2 === 0 ? line : `${line} `));
  expect(changedLines(before.join("\n"), after.join("\n"))).toHaveLength(4_999);
});
