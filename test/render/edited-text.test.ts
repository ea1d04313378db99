import { expect, test } from "@jest/globals";
import { editText } from "../../src/render/edited-text.ts";
import { readValues } from "../../src/render/argocd/read-values.ts";

const at = { path: "app.yaml", line: 7 };

test.each([
  ["a block mapping", "# first\na: 1\nlist:\n- x # keep\n- y\nb:\n  c: 2\n"],
  ["a file that starts with a separator", "---\na: 1\nlist:\n- x\n- y\nb: { c: 2 }\n"],
  ["a flow mapping", "{ a: 1, list: [x, y], b: { c: 2 } }"],
  ["Windows lines", "a: 1\r\nlist:\r\n- x\r\n- y\r\nb:\r\n  c: 2\r\n"],
  ["no line end at the end", "a: 1\nlist:\n- x\n- y\nb:\n  c: 2"],
])("%s says what is wanted once it is edited", (_, text) => {
  const before = { a: 1, list: ["x", "y"], b: { c: 2 } };
  const changes = [
    { field: "list", value: ["x", "z"], at: (item: unknown) => (item === "z" ? at : undefined) },
    { field: "new", value: { k: "v" }, at: () => at },
  ];
  const edited = editText("f.yaml", text, before, changes);
  expect(readValues("f.yaml", edited.text)).toEqual({
    kind: "object",
    value: { a: 1, list: ["x", "z"], b: { c: 2 }, new: { k: "v" } },
  });
});

test("lines of what is not edited stay, and new ones lead to where they are asked for", () => {
  const text = "a: 1\nlist:\n- x\n- y\nb: 2\n";
  const edited = editText("f.yaml", text, { a: 1, list: ["x", "y"], b: 2 }, [
    { field: "list", value: ["y", "z"], at: (item) => (item === "z" ? at : undefined) },
  ]);
  const lines = edited.text.split("\n");
  expect([lines[0], lines[4]]).toEqual(["a: 1", "b: 2"]);
  const lineOf = (wanted: string): number => lines.indexOf(wanted) + 1;
  expect(edited.writtenAt(lineOf('- "z"'))).toEqual(at);
  expect(edited.writtenAt(lineOf('- "y"'))).toEqual({ path: "f.yaml", line: 4 });
  expect(edited.writtenAt(1)).toEqual({ path: "f.yaml", line: 1 });
  expect(edited.writtenAt(99)).toBeUndefined();
});
