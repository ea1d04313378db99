import type { Judge } from "../model/judge.ts";
import type { PolicySources } from "../model/policy.ts";
import type { Print } from "../rego/ask.ts";
import { createJudge, defaultLimits } from "../rego/create-judge.ts";
import { createToolchain } from "../rego/toolchain/toolchain.ts";

/**
 * Compiles a policy set for one run of the command line. `now` is RFC 3339; `print` takes what policies print. The
 * caller must close the judge.
 */
export async function openJudge(sources: PolicySources, now: string, print?: Print): Promise<Judge> {
  const toolchain = createToolchain();
  const judge = await createJudge(sources, {
    toolchain,
    now,
    ...(print === undefined ? {} : { print }),
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
