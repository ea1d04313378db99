import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isOfScenario } from "../config/scenario-files.ts";
import { nameOfSuite, readSuites } from "../gatekeeper/read-suites.ts";
import { createSuiteRunner } from "../gatekeeper/run-suite.ts";
import type { PolicyFile } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import { defaultLimits } from "../rego/create-judge.ts";
import { createToolchain } from "../rego/toolchain/toolchain.ts";
import type { TestOutcome } from "../model/test-outcome.ts";
import { isUnder } from "./paths.ts";

/** What suites gave, and the problems of suites that cannot be read. */
export interface SuitesRun {
  readonly outcomes: readonly TestOutcome[];
  readonly problems: readonly Problem[];
}

/**
 * Runs the Gatekeeper suites among the files of a tree that are under some paths. What they name is read beside them, below
 * `directory`, which the tree's paths are relative to. `pattern` chooses cases by `suite test case`.
 */
export async function runSuites(
  { tree, directory, under }: { readonly tree: Tree; readonly directory: string; readonly under: readonly string[] },
  pattern: RegExp | undefined,
): Promise<SuitesRun> {
  const { suites, problems } = readSuites(await textsOf(tree, under));
  if (suites.length === 0) return { outcomes: [], problems };
  const toolchain = createToolchain();
  const runner = createSuiteRunner(
    async ({ object }, path) => {
      const named = join(dirname(object.path), path);
      const text = await readFile(join(directory, named), "utf8").catch(() => undefined);
      return text === undefined ? undefined : { path: named, text };
    },
    { toolchain, now: new Date().toISOString(), ...defaultLimits },
  );
  try {
    const outcomes: TestOutcome[] = [];
    for (const suite of suites) {
      const name = nameOfSuite(suite);
      const isChosen = (test: string, of: string): boolean => pattern?.test(`${name} ${test} ${of}`.trim()) ?? true;
      for (const { test, case: of, ...rest } of await runner.run(suite, isChosen)) {
        const names = [name, test, ...(of === undefined ? [] : [of])];
        outcomes.push({ kind: "suite", name: names.join(" "), path: suite.object.path, ...rest });
      }
    }
    return { outcomes, problems };
  } finally {
    await runner.close();
    toolchain.close();
  }
}

async function textsOf(tree: Tree, under: readonly string[]): Promise<readonly PolicyFile[]> {
  const decoder = new TextDecoder();
  const files: PolicyFile[] = [];
  const wanted = (await tree.list()).filter(
    ({ kind, path }) =>
      kind === "file" && isUnder(path, under) && /\.(?:ya?ml|json)$/.test(path) && !isOfScenario(path),
  );
  for await (const { path, bytes } of tree.readAll(wanted.map(({ path: one }) => one)))
    files.push({ path, text: decoder.decode(bytes) });
  return files;
}
