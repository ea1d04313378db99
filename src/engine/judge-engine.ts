import type { Problem } from "../model/problem.ts";
import { createJudge, defaultLimits } from "../rego/create-judge.ts";
import { mergeData } from "../rego/merge-data.ts";
import { createToolchain, type Toolchain } from "../rego/toolchain/toolchain.ts";
import { createRenderer } from "../renderers/create-renderer.ts";
import { keepingRenderings } from "../renderers/keep-renderings.ts";
import type { JudgeThreadOptions } from "../app/judge/protocol.ts";
import type { Engine } from "../app/judge/thread.ts";
import type { PolicySet } from "../app/rules/policy-set.ts";

/** The engine of one judge thread: OPA's toolchain with its cache in the state directory. */
export function createEngine(options: JudgeThreadOptions): Engine & { close(): void } {
  const toolchain = createToolchain({ cacheDir: options.cacheDirectory });
  const renderer = keepingRenderings(createRenderer({ cacheDir: options.cacheDirectory }), options.cacheDirectory);
  return {
    makeJudge: (sources, now) =>
      createJudge(sources, { toolchain, now, cacheDir: options.cacheDirectory, ...defaultLimits }),
    runTests: (set) => failedTests(toolchain, set),
    renderer,
    close: () => {
      toolchain.close();
      renderer.close();
    },
  };
}

/** What is wrong with the tests that stand beside the policies: none is a pass, as for any program without tests. */
async function failedTests(
  toolchain: Toolchain,
  set: Extract<PolicySet, { readonly kind: "set" }>,
): Promise<readonly Problem[]> {
  if (set.tests.length === 0) return [];
  const { data } = mergeData(set.sources.data);
  const outcome = await toolchain.test({
    modules: [...set.sources.files, ...set.tests].map(({ path, text }) => ({
      path,
      text,
      regoVersion: set.sources.regoVersion,
    })),
    data,
  });
  if (outcome.kind === "failed")
    return [{ stage: "evaluate", message: `the policy tests did not run: ${outcome.message}` }];
  const { results, errors } = outcome.answer;
  return [
    ...errors.map(({ path, line, message }): Problem => ({ stage: "compile", path, line, message })),
    ...results
      .filter((result) => result.outcome === "fail" || result.outcome === "error")
      .map((result): Problem => ({
        stage: "evaluate",
        path: result.path,
        line: result.failedAt?.line ?? result.line,
        message: `the policy test ${result.package}.${result.name} failed${result.error === undefined ? "" : `: ${result.error.message}`}`,
      })),
  ];
}
