import type { Config } from "../../model/config.ts";
import { blockingLintRules } from "../../model/lint.ts";
import type { Weakening } from "./found-weakening.ts";
import { lost } from "./weaker-desired-state.ts";

/** What a change of `tests` and `lint` no longer asks of changes to policies. */
export function weakerPolicyChecks(old: Config, next: Config): readonly Weakening[] {
  const coverage = (["coverage", "coveragePerPolicy"] as const).flatMap((key): readonly Weakening[] => {
    const [was = 0, is = 0] = [old.tests?.[key], next.tests?.[key]];
    const what = key === "coverage" ? "of policies" : "of each policy";
    return is < was ? [{ sentence: `asks for ${is} % coverage ${what} instead of ${was} %`, at: ["tests", key] }] : [];
  });
  const blocking = lost(blockingOf(old), blockingOf(next), "no longer blocks policies for the lint rule");
  return [...coverage, ...blocking.map((sentence) => ({ sentence, at: ["lint"] }))];
}

/** The rules of `portcullis lint` whose issues block. */
function blockingOf({ lint: { off = [], block = blockingLintRules } = {} }: Config): readonly string[] {
  return block.filter((rule) => !off.includes(rule));
}
