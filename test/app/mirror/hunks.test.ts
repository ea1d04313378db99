import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hunksAfter, lineMap } from "../../../src/app/mirror/hunks.ts";

const diff = (path: string, hunks: string): string =>
  `diff --git ${path} ${path}\nindex 1111111..2222222 100644\n--- ${path}\n+++ ${path}\n${hunks}`;

const oneHunk = "@@ -1 +1 @@\n-a\n+b\n";

test.each<[string, string, { readonly [path: string]: readonly { from: number; to: number }[] }]>([
  ["nothing of no diff", "", {}],
  ["one line where the header has no count", diff("f", oneHunk), { f: [{ from: 1, to: 1 }] }],
  [
    "every hunk of a file",
    diff("f", "@@ -1,2 +1,3 @@\n a\n+b\n c\n@@ -10,2 +11,2 @@ text\n-x\n+y\n z\n"),
    {
      f: [
        { from: 1, to: 3 },
        { from: 11, to: 12 },
      ],
    },
  ],
  ["no lines of a hunk that only takes away", diff("f", "@@ -3,2 +2,0 @@\n-a\n-b\n"), { f: [] }],
  [
    "the file after of one that was renamed",
    "diff --git a.yaml b.yaml\nsimilarity index 90%\nrename from a.yaml\nrename to b.yaml\n--- a.yaml\n+++ b.yaml\n@@ -1 +1 @@\n-a\n+b\n",
    { "b.yaml": [{ from: 1, to: 1 }] },
  ],
  [
    "nothing of a file that was deleted",
    `${diff("f", oneHunk)}diff --git gone gone\ndeleted file mode 100644\n--- gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`,
    { f: [{ from: 1, to: 1 }] },
  ],
  [
    "nothing of a binary file, and what follows it by its own name",
    `${diff("f", oneHunk)}diff --git b.png b.png\nBinary files b.png and b.png differ\n${diff("g", oneHunk)}`,
    { f: [{ from: 1, to: 1 }], g: [{ from: 1, to: 1 }] },
  ],
  [
    "no header that is content of a hunk",
    diff("f", "@@ -1,2 +1,3 @@ spec:\n a\n+++ b\n+--- c\n-@@ -9 +9 @@\n") + diff("g", oneHunk),
    { f: [{ from: 1, to: 3 }], g: [{ from: 1, to: 1 }] },
  ],
  [
    "all lines where one has no end",
    diff("f", "@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n") +
      diff("g", oneHunk),
    { f: [{ from: 1, to: 2 }], g: [{ from: 1, to: 1 }] },
  ],
  ["a path that holds a space", diff("a b.yaml\t", oneHunk), { "a b.yaml": [{ from: 1, to: 1 }] }],
  ["a path that ends in a tab of its own", diff('"a\\t"', oneHunk), { "a\t": [{ from: 1, to: 1 }] }],
  ["a path that Git quotes", diff('"a\\"\\\\b.yaml"', oneHunk), { 'a"\\b.yaml': [{ from: 1, to: 1 }] }],
  [
    "a path with a control character",
    diff('"a\\001\\177.yaml"', oneHunk),
    { "a\u0001\u007f.yaml": [{ from: 1, to: 1 }] },
  ],
  ["a path with letters of other alphabets", diff("ü/名.yaml", oneHunk), { "ü/名.yaml": [{ from: 1, to: 1 }] }],
  ["a path whose quotes cannot be read, as it is written", diff('"a\\q"', oneHunk), { '"a\\q"': [{ from: 1, to: 1 }] }],
])("the lines that a diff shows: %s", (_, text, expected) => {
  expect(Object.fromEntries(hunksAfter(text))).toEqual(expected);
});

// Two lines come after line 4, line 10 is rewritten, 20 to 22 go, 30 and 31 become one.
const changed = diff(
  "f",
  "@@ -4,0 +5,2 @@\n+a\n+b\n@@ -10 +12 @@\n-a\n+b\n@@ -20,3 +21,0 @@\n-a\n-b\n-c\n@@ -30,2 +29 @@\n-a\n-b\n+c\n",
);

test.each<[string, number, number, boolean]>([
  ["before every change", 3, 3, true],
  ["just above lines that came", 4, 4, true],
  ["just below lines that came", 5, 7, true],
  ["just above a line that was rewritten", 9, 11, true],
  ["on a line that was rewritten", 10, 12, false],
  ["just below a line that was rewritten", 11, 13, true],
  ["just above lines that went", 19, 21, true],
  ["on the first line that went", 20, 21, false],
  ["on the last line that went", 22, 21, false],
  ["just below lines that went", 23, 22, true],
  ["on the second of two lines that became one", 31, 29, false],
  ["below all changes", 40, 38, true],
])("a line %s is found in the other version", (_, line, expected, exact) => {
  const map = lineMap(changed);
  expect(map("f", line)).toEqual({ line: expected, exact });
  expect(map("another", line)).toEqual({ line, exact: true });
});

test("a line of a file that is emptied leads to its first line", () => {
  expect(lineMap(diff("f", "@@ -1,2 +0,0 @@\n-a\n-b\n"))("f", 2)).toEqual({ line: 1, exact: false });
});

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "portcullis-hunks-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each<[string, readonly string[], readonly string[]]>([
  ["lines that come first", ["a", "b"], ["x", "y", "a", "b"]],
  ["lines that come last", ["a", "b"], ["a", "b", "x"]],
  ["the first lines gone", ["a", "b", "c"], ["c"]],
  ["the last line gone", ["a", "b", "c"], ["a", "b"]],
  ["a line among others", ["a", "b", "c", "d", "e"], ["a", "b", "x", "c", "d", "e"]],
  ["several changes", ["a", "b", "c", "d", "e", "f"], ["x", "a", "c", "d", "y", "z", "e"]],
  ["everything moved", ["a", "b", "c"], ["b", "c", "a"]],
])("every line that Git leaves alone is found exactly: %s", (_, before, after) => {
  writeFileSync(join(directory, "before"), before.map((line) => `${line}\n`).join(""));
  writeFileSync(join(directory, "after"), after.map((line) => `${line}\n`).join(""));
  const args = ["diff", "--no-index", "--no-prefix", "--no-color", "-U0", "before", "after"];
  const { stdout } = spawnSync("git", args, { cwd: directory, encoding: "utf8" });
  const map = lineMap(stdout);
  const kept = before.filter((line) => stdout.split("\n").every((one) => one !== `-${line}`));
  const found = before.map((_line, at) => map("after", at + 1));
  expect(found.map(({ exact }, at) => (exact ? before[at] : undefined)).filter((line) => line !== undefined)).toEqual(
    kept,
  );
  for (const [at, { line, exact }] of found.entries()) if (exact) expect(after[line - 1]).toBe(before[at]);
});
