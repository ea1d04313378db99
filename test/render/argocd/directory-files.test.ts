import { expect, test } from "@jest/globals";
import { directoryFiles } from "../../../src/render/argocd/directory-files.ts";
import type { DirectoryStep } from "../../../src/render/plan.ts";
import { viewOf } from "./plan-files.ts";

const view = viewOf({
  "app/a.yaml": "",
  "app/b.yml": "",
  "app/c.json": "",
  "app/d.jsonnet": "",
  "app/e.txt": "",
  "app/skipped.yaml": "# +argocd:skip-file-rendering\n",
  "app/deep/a.yaml": "",
  "other/a.yaml": "",
});

test.each<[string, Partial<DirectoryStep>, readonly string[]]>([
  ["by itself", {}, ["a.yaml", "b.yml", "c.json", "d.jsonnet"]],
  ["with what is below it", { recurse: true }, ["a.yaml", "b.yml", "c.json", "d.jsonnet", "deep/a.yaml"]],
  ["with what is included", { recurse: true, include: "{*.json,deep*}" }, ["c.json", "deep/a.yaml"]],
  ["without what is excluded", { recurse: true, exclude: "*a.yaml" }, ["b.yml", "c.json", "d.jsonnet"]],
  ["excluded wins over included", { include: "*.yaml", exclude: "a*" }, []],
  ["with files of any name", { anyExtension: true, include: "*.txt" }, ["e.txt"]],
  ["with a pattern that cannot be read: nothing", { include: "[a" }, []],
])("a directory %s", async (_, options, expected) => {
  const step: DirectoryStep = { kind: "directory", path: "app", recurse: false, ...options };
  expect(await directoryFiles(step, view)).toEqual(expected.map((path) => `app/${path}`));
});
