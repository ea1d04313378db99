import { expect, test } from "@jest/globals";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { restoredTree } from "../../src/tree/restored-tree.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const tree = restoredTree(
  memoryTree({ "a.yaml": "now", "b.yaml": "now", "new.yaml": "now" }),
  memoryTree({ "a.yaml": "then", "b.yaml": "then", "old.yaml": "then" }),
  new Set(["a.yaml", "new.yaml", "old.yaml"]),
  "restored",
);

test("paths that go back are as they were, absent ones too; the others are as they are", async () => {
  const paths = (await tree.list()).map(({ path }) => path);
  expect(paths).toEqual(["a.yaml", "b.yaml", "old.yaml"]);
  expect(await Promise.all(paths.map(async (path) => text(await tree.read(path))))).toEqual(["then", "now", "then"]);
});

test("several paths are read in the order asked", async () => {
  const read: string[] = [];
  for await (const { path, bytes } of tree.readAll(["old.yaml", "b.yaml", "a.yaml"]))
    read.push(`${path} ${text(bytes)}`);
  expect(read).toEqual(["old.yaml then", "b.yaml now", "a.yaml then"]);
});

test("a path that is gone cannot be read", async () => {
  await expect(tree.read("new.yaml")).rejects.toThrow("new.yaml");
});
