import { expect, test } from "@jest/globals";
import { hunksAfter, lineMap } from "../../../src/app/mirror/hunks.ts";

const diff = (path: string, hunks: string): string =>
  `diff --git ${path} ${path}\nindex 1111111..2222222 100644\n--- ${path}\n+++ ${path}\n${hunks}`;

test("hunks are the lines after that the diff shows, also where content looks like a header", () => {
  const text =
    diff("apps/a b.yaml\t", "@@ -1,2 +1,3 @@ spec:\n a\n+++ b\n+--- c\n-@@ -9 +9 @@\n") +
    diff('"apps/\\303\\274.yaml"'.replaceAll("\\303\\274", "ü"), "@@ -10 +12,2 @@\n-x\n+y\n+z\n") +
    "diff --git gone gone\ndeleted file mode 100644\n--- gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
  expect(Object.fromEntries(hunksAfter(text))).toEqual({
    "apps/a b.yaml": [{ from: 1, to: 3 }],
    "apps/ü.yaml": [{ from: 12, to: 13 }],
  });
});

test.each([
  ["before every change", 4, 4, true],
  ["after lines that came", 6, 8, true],
  ["on a line that was rewritten", 10, 12, false],
  ["after lines that went", 25, 24, true],
])("a line %s is found in the other version", (_name, line, expected, exact) => {
  const map = lineMap(diff("f", "@@ -4,0 +5,2 @@\n+a\n+b\n@@ -10 +12 @@\n-a\n+b\n@@ -20,3 +21,0 @@\n-a\n-b\n-c\n"));
  expect(map("f", line)).toEqual({ line: expected, exact });
  expect(map("another", line)).toEqual({ line, exact: true });
});
