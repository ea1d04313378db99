import { OF_RULES } from "../../gate/approvals/owners-of.ts";
import { builtinIds } from "../../gate/builtin-ids.ts";
import { compilePattern } from "../../gate/waivers/patterns.ts";
import type { PolicySet } from "./policy-set.ts";

/**
 * The owners of all policies that a pattern of ids matches, each group once; those of the rules in general where it matches
 * none. `fileOf` tells the file whose CODEOWNERS are asked where the configuration names nobody.
 */
export function ownersOfMatching(
  { judge, owners }: Extract<PolicySet, { readonly kind: "set" }>,
  pattern: string | undefined,
  fileOf: (policy: string) => string,
): readonly (readonly string[])[] {
  const matches = pattern === undefined ? undefined : compilePattern("policy", pattern);
  const all = new Set([...judge.policies.map(({ id }) => id), ...Object.keys(builtinIds)]);
  const matching = matches === undefined ? [] : [...all].filter((id) => matches(id));
  const groups = (matching.length === 0 ? [OF_RULES] : matching).map((policy) => owners(policy, fileOf(policy)));
  return [...new Map(groups.map((group) => [group.join(" "), group])).values()];
}
