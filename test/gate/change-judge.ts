import { afterAll } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import type { CheckRequest } from "../../src/gate/check-request.ts";
import { check } from "../../src/gate/check.ts";
import type { Config } from "../../src/model/config.ts";
import type { Report } from "../../src/model/report.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { simpleJudge } from "./simple-judge.ts";

export type Files = { readonly [path: string]: MemoryFile };

/** The repository that the tests' GitOps objects name. */
export const here = "https://github.com/acme/gitops";

/** Makes the function that judges a change of files in `here`, with one renderer until the last test of the file. */
export function changeJudge(more: (config: Config) => Partial<CheckRequest> = () => ({})) {
  const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
  afterAll(() => {
    renderer.close();
  });
  return (before: Files, after: Files, options: Partial<Config> = {}): Promise<Report> => {
    const config = { ...defaultConfig, ...options };
    return check({
      renderer,
      repositories: [here],
      branches: ["main"],
      before: memoryTree(before, "before"),
      after: memoryTree(after, "after"),
      config,
      judge: simpleJudge(),
      now: "2026-01-01T00:00:00Z",
      judged: { after: "after", before: "before", how: "test merge" },
      ...more(config),
    });
  };
}

/** The problems that a change brings, each with its path. */
export const blocking = ({ problems }: Report): readonly string[] =>
  problems.filter(({ status }) => status === "introduced").map(({ path, message }) => `${path}: ${message}`);
