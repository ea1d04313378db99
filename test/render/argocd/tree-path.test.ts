import { expect, test } from "@jest/globals";
import { resolvePath } from "../../../src/render/argocd/tree-path.ts";

test.each<[string, string, string | undefined]>([
  ["apps/web", "values.yaml", "apps/web/values.yaml"],
  ["apps/web", "./values.yaml", "apps/web/values.yaml"],
  ["apps/web", "../values.yaml", "apps/values.yaml"],
  ["apps/web", "../../values.yaml", "values.yaml"],
  ["apps/web", "../..", ""],
  ["apps/web", "../../../values.yaml", undefined],
  ["apps/web", "a/../../../../values.yaml", undefined],
  // Out of the tree and back in again is out of it.
  ["apps", "../../apps/values.yaml", undefined],
  ["apps/web", "a//b/./c", "apps/web/a/b/c"],
  ["apps/web", ".//..///../values.yaml", "values.yaml"],
  ["apps/web", "/shared/values.yaml", "shared/values.yaml"],
  ["apps/web", "/../values.yaml", undefined],
  ["", "values.yaml", "values.yaml"],
  ["", "../values.yaml", undefined],
])("from %j the path %j leads to %j", (directory, written, expected) => {
  expect(resolvePath(directory, written)).toBe(expected);
});
