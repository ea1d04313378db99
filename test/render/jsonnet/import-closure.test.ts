import { expect, test } from "@jest/globals";
import { treeFiles } from "../../../src/render/files/tree-files.ts";
import { importClosures } from "../../../src/render/jsonnet/import-closure.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";

test("what a file may read: what it imports and what that imports, with the paths where nothing is", async () => {
  const tree = memoryTree({
    "app/main.jsonnet": "if true then import 'a.libsonnet' else importstr 'data.libsonnet'",
    "lib/a.libsonnet": "import '../b.libsonnet'",
    "b.libsonnet": "[import '../out.libsonnet', import '/etc/passwd']",
    "app/data.libsonnet": "import 'not parsed'",
    "app/unused.libsonnet": "{}",
    "lib/v.libsonnet": "{}",
  });
  const options = {
    libraries: ["lib"],
    tlas: [{ name: "v", value: "import 'v.libsonnet'", code: true }],
    extVars: [{ name: "w", value: "import 'a text'" }],
  };
  const closure = await importClosures("app", options, await treeFiles(tree))("app/main.jsonnet");
  expect(closure.files.toSorted()).toEqual([
    "app/data.libsonnet",
    "app/main.jsonnet",
    "b.libsonnet",
    "lib/a.libsonnet",
    "lib/v.libsonnet",
  ]);
  const missing = closure.asked.filter((path) => !closure.files.includes(path));
  expect(missing.toSorted()).toEqual(["app/a.libsonnet", "out.libsonnet"]);
});
