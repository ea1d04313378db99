import { createHash } from "node:crypto";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import { levelsAt } from "../../gate/levels.ts";
import { waiverDigest } from "../../gate/waivers/match-waivers.ts";
import { readWaivers } from "../../gate/waivers/read-waivers.ts";
import type { Config, Levels } from "../../model/config.ts";
import type { Tree } from "../../model/tree.ts";
import type { PolicySet } from "./policy-set.ts";

/**
 * The digest of all that a verdict by a policy set depends on besides the change: the set, and what holds of its tree at a time
 * (RFC 3339), which are its waivers and the levels that have a date. A verdict with another digest is no longer valid.
 */
export async function digestInForce(
  { config, source, judge, digest }: Extract<PolicySet, { readonly kind: "set" }>,
  tree: Tree,
  now: string,
): Promise<string> {
  const policies = [...judge.policies, ...builtinChecks(config, source).builtins.flatMap((one) => one.policies)];
  const { waivers } = await readWaivers(tree, { config: config.waivers, now, policies });
  const holding = waivers.filter(({ expires }) => expires > now.slice(0, 10)).map(waiverDigest);
  const dated = datedLevels(config, now);
  if (holding.length === 0 && dated.length === 0) return digest;
  return createHash("sha256")
    .update(JSON.stringify([digest, holding.toSorted(), dated]))
    .digest("hex");
}

function datedLevels({ levels, environments }: Config, now: string): readonly object[] {
  const all: readonly Levels[] = [levels, ...Object.values(environments).map((environment) => environment.levels)];
  const isDated = (one: Levels): boolean => Object.values(one).some((setting) => typeof setting === "object");
  return all.some(isDated) ? all.map((one) => levelsAt(one, now)) : [];
}
