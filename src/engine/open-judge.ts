import type { Derived } from "../model/derived.ts";
import type { Judge, Question } from "../model/judge.ts";
import type { PolicySources } from "../model/policy.ts";
import type { Print } from "../rego/ask.ts";
import { defaultLimits } from "../rego/create-judge.ts";
import type { BuiltinRelay } from "../rego/toolchain/builtin-relay.ts";
import { createToolchain, type Toolchain } from "../rego/toolchain/toolchain.ts";
import { makeJudge } from "./make-judge.ts";

/** What a run may add to its judge. */
export interface OpenJudgeOptions {
  /** Takes what policies print. */
  readonly print?: Print;
  /** What earlier runs of this build derived from policy sets. */
  readonly derived?: Derived;
  /** As of `MakeJudgeOptions`. */
  readonly rules?: boolean;
  /** As of `JudgeOptions`. */
  readonly compat?: "conftest";
  /** Told of every question before it is answered. */
  readonly onAsked?: (questions: readonly Question[]) => void;
  /** One that the caller keeps running and closes; absent: the judge has its own. */
  readonly toolchain?: Toolchain;
  /** As of `JudgeOptions`. */
  readonly relay?: BuiltinRelay;
}

/** Compiles a policy set for one run of the command line. `now` is RFC 3339. The caller must close the judge. */
export async function openJudge(
  sources: PolicySources,
  now: string,
  { toolchain: kept, onAsked, ...options }: OpenJudgeOptions = {},
): Promise<Judge> {
  const { compiled } = sources;
  const toolchain = kept ?? createToolchain(compiled === undefined ? {} : { compiled: compiled.entries });
  const judge = await makeJudge(sources, { toolchain, now, ...options, ...defaultLimits });
  return {
    ...judge,
    get policies() {
      return judge.policies;
    },
    get warnings() {
      return judge.warnings ?? [];
    },
    judge: (questions) => {
      onAsked?.(questions);
      return judge.judge(questions);
    },
    close: async () => {
      await judge.close();
      if (kept === undefined) toolchain.close();
    },
  };
}
