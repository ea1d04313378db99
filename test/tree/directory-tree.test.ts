import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { directoryTree } from "../../src/tree/directory-tree.ts";

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "portcullis-directory-"));
  const files = [
    "a.yaml",
    "apps/kustomization.yaml",
    "apps/web/b.yaml",
    "apps/web/deep/c.yaml",
    "apps/api/d.yaml",
    "base/e.yaml",
    "base/.git",
    "base/f/g.yaml",
    "h.yaml",
  ];
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), file);
  }
  symlinkSync("../../base", join(root, "apps/web/base"));
  symlinkSync("base/f/g.yaml", join(root, "apps/web/through.yaml"));
  symlinkSync("../../../..", join(root, "apps/web/out"));
  symlinkSync("loop", join(root, "apps/web/loop"));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function pathsBelow(paths?: readonly string[]): Promise<readonly string[]> {
  return (await directoryTree(root, paths === undefined ? {} : { paths }).list()).map(({ path }) => path);
}

const web = [
  "apps/web/b.yaml",
  "apps/web/base",
  "apps/web/deep/c.yaml",
  "apps/web/loop",
  "apps/web/out",
  "apps/web/through.yaml",
];

test("everything but .git is listed, links as entries", async () => {
  expect(await pathsBelow()).toEqual([
    "a.yaml",
    "apps/api/d.yaml",
    "apps/kustomization.yaml",
    ...web,
    "base/e.yaml",
    "base/f/g.yaml",
    "h.yaml",
  ]);
});

test("named paths come with what lies beside them on the way to the root, and with what their links lead to", async () => {
  expect(await pathsBelow(["apps/web"])).toEqual([
    "a.yaml",
    "apps/kustomization.yaml",
    ...web,
    "base/e.yaml",
    "base/f/g.yaml",
    "h.yaml",
  ]);
  expect(await pathsBelow(["./apps/api/d.yaml"])).toEqual([
    "a.yaml",
    "apps/api/d.yaml",
    "apps/kustomization.yaml",
    "h.yaml",
  ]);
  expect(await pathsBelow(["apps/web/through.yaml"])).toEqual([
    "a.yaml",
    "apps/kustomization.yaml",
    "apps/web/b.yaml",
    "apps/web/base",
    "apps/web/through.yaml",
    "base/e.yaml",
    "base/f/g.yaml",
    "h.yaml",
  ]);
});

test("a name that is not there lists nothing, one that leads out is refused", async () => {
  expect(await pathsBelow(["nope.yaml"])).toEqual(["a.yaml", "h.yaml"]);
  await expect(pathsBelow(["../x"])).rejects.toThrow("../x leads out of");
});

test("a pipe is listed but never waited for", async () => {
  const pipe = join(root, "pipe.yaml");
  execFileSync("mkfifo", [pipe]);
  const tree = directoryTree(root);
  await expect(tree.read("pipe.yaml")).rejects.toThrow("it is not a regular file");
  expect((await tree.list()).map(({ path }) => path)).toContain("pipe.yaml");
  rmSync(pipe);
});
