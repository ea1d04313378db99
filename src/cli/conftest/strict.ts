import type { PolicyFile } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import type { Toolchain } from "../../rego/toolchain/toolchain.ts";

/** What OPA's strict mode refuses, as the linter names it. */
const strictRules: ReadonlySet<string> = new Set([
  "deprecated-builtin",
  "strict-mode",
  "unused-import",
  "unused-variable",
]);

/** Problems for what OPA's strict mode refuses in policies. */
export async function strictProblems(
  toolchain: Toolchain,
  files: readonly PolicyFile[],
  regoVersion: "v0" | "v1",
): Promise<readonly Problem[]> {
  const outcome = await toolchain.lint({ modules: files.map(({ path, text }) => ({ path, text, regoVersion })) });
  if (outcome.kind === "failed") return [{ stage: "compile", message: outcome.message }];
  return outcome.answer.issues
    .filter(({ rule }) => strictRules.has(rule))
    .map(({ path, line, message }): Problem => ({ stage: "compile", path, line, message: `strict mode: ${message}` }));
}
