import type { TestAnswer, TestRequest, ToolchainOutcome } from "../toolchain/protocol.ts";
import type { Toolchain } from "../toolchain/toolchain.ts";
import { configCalls } from "./config-calls.ts";
import { configCallers, readWant, wantMark, withConfigFunctions, type AnsweredWant } from "./config-modules.ts";
import { configValue, type ConfigAccess, type ConfigWant } from "./config-values.ts";

/** How often tests run again for values that they ask for: each value may be what another one is computed from. */
const mostRounds = 20;

/**
 * Runs tests that may call conftest's `parse_config`, `parse_config_file` and `parse_combined_config_files`. What calls say in
 * their text is read first; where a test asks for more, it is read and the tests run again.
 */
export async function testWithConfigs(
  toolchain: Pick<Toolchain, "test">,
  request: TestRequest,
  access: ConfigAccess,
): Promise<ToolchainOutcome<TestAnswer>> {
  const paths = configCallers(request.modules);
  if (paths.length === 0) return toolchain.test(request);
  const known = new Map<string, AnsweredWant>();
  let wants = request.modules.flatMap(({ path, text }) =>
    configCalls(text).flatMap(({ name, values }): readonly ConfigWant[] =>
      values === undefined ? [] : [{ name, module: path, values }],
    ),
  );
  for (let round = 0; ; round += 1) {
    for (const want of wants) known.set(JSON.stringify(want), { want, value: await configValue(want, access) });
    const modules = withConfigFunctions(request.modules, [...known.values()], { asks: true });
    const outcome = await toolchain.test({ ...request, modules });
    if (outcome.kind === "failed") return outcome;
    const lines = outcome.answer.results.flatMap(({ output = "" }) => output.split("\n"));
    wants = lines.flatMap((line) => readWant(line, paths) ?? []).filter((want) => !known.has(JSON.stringify(want)));
    if (wants.length === 0 || round === mostRounds) return { kind: "answer", answer: withoutWants(outcome.answer) };
  }
}

function withoutWants(answer: TestAnswer): TestAnswer {
  return {
    ...answer,
    results: answer.results.map((result) => {
      if (result.output?.includes(wantMark) !== true) return result;
      const lines = result.output.split("\n").filter((line) => !line.startsWith(wantMark));
      return { ...result, output: lines.join("\n") };
    }),
  };
}
