import { afterAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import { memoryCache } from "../../src/gate/memory-cache.ts";
import type { HelmAnswer, Renderer, RenderOutcome } from "../../src/model/renderer.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { simpleJudge } from "./simple-judge.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const real = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  real.close();
});

const pod =
  "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {owner: me}}\nspec:\n  containers:\n    - name: main\n      image: nginx:latest\n";
const files = {
  "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "chart/templates/a.yaml": pod,
};

const exact = "chart/templates/a.yaml:7";

test.each<[string, RenderOutcome<HelmAnswer>, string]>([
  ["did not end in time", { kind: "late", message: "too long" }, exact],
  ["took all memory", { kind: "memory", message: "too much" }, exact],
  ["failed", { kind: "failed", message: "no" }, "chart/Chart.yaml:1"],
])("places are looked for again where the render for them %s", async (_, first, second) => {
  const cache = memoryCache(1 << 20);
  const places = async (renderer: Renderer): Promise<readonly string[]> => {
    const { findings } = await check({
      renderer,
      after: memoryTree(files),
      config: defaultConfig,
      judge: simpleJudge(),
      builtins: [],
      now: "2026-01-01T00:00:00Z",
      judged: { after: "after", how: "directory" },
      cache,
    });
    return findings.map(({ location: { path, line } }) => `${path}:${line}`);
  };
  const withoutPlaces: Renderer = {
    ...real,
    helm: async (request) => (request.lines === true ? first : real.helm(request)),
  };
  expect(await places(withoutPlaces)).toEqual(["chart/Chart.yaml:1"]);
  expect(await places(real)).toEqual([second]);
});
