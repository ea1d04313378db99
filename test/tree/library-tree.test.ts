import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Tree } from "../../src/model/tree.ts";
import { libraryTree } from "../../src/tree/library-tree.ts";

let disk: string;
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), "portcullis-library-"));
});
afterEach(() => rmSync(disk, { recursive: true }));

async function contentOf(tree: Tree): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { path, bytes } of tree.readAll((await tree.list()).map(({ path }) => path)))
    found.push(`${path}: ${new TextDecoder().decode(bytes)}`);
  return found;
}

test.each(["a directory", "a link to a directory elsewhere"])("the library that ships may be %s", async (kind) => {
  const real = join(disk, kind === "a directory" ? "policies" : "library");
  mkdirSync(join(real, "images"), { recursive: true });
  writeFileSync(join(real, "images/a.rego"), "package a");
  if (kind !== "a directory") symlinkSync(real, join(disk, "policies"));
  const tree = libraryTree(disk);
  expect(await contentOf(tree)).toEqual(["policies/images/a.rego: package a"]);
  expect(new TextDecoder().decode(await tree.read("policies/images/a.rego"))).toBe("package a");
});

test("an installation without the library has an empty one", async () => {
  expect(await libraryTree(disk).list()).toEqual([]);
});
