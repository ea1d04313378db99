import type { Derived } from "../model/derived.ts";
import type { Judge } from "../model/judge.ts";
import type { PolicySources } from "../model/policy.ts";
import type { Print } from "../rego/ask.ts";
import { createJudge, defaultLimits } from "../rego/create-judge.ts";
import { createToolchain } from "../rego/toolchain/toolchain.ts";

/** What a run may add to its judge. */
export interface OpenJudgeOptions {
  /** Takes what policies print. */
  readonly print?: Print;
  /** What earlier runs of this build derived from policy sets. */
  readonly derived?: Derived;
}

/** Compiles a policy set for one run of the command line. `now` is RFC 3339. The caller must close the judge. */
export async function openJudge(sources: PolicySources, now: string, options: OpenJudgeOptions = {}): Promise<Judge> {
  const toolchain = createToolchain();
  const judge = await createJudge(sources, {
    toolchain,
    now,
    ...options,
    ...defaultLimits,
  });
  return {
    ...judge,
    close: async () => {
      await judge.close();
      toolchain.close();
    },
  };
}
