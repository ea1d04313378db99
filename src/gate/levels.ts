import type { Config, Levels } from "../model/config.ts";
import type { LevelSetting } from "../model/policy.ts";

/** The levels in force at a time (RFC 3339, UTC): a dated level changes when its day begins. */
export function levelsAt(levels: Levels, now: string): { readonly [policy: string]: LevelSetting } {
  return Object.fromEntries(
    Object.entries(levels).map(([policy, setting]) => {
      if (typeof setting === "string") return [policy, setting];
      return [policy, now.slice(0, setting.until.length) < setting.until ? setting.level : setting.then];
    }),
  );
}

/** The level that the configuration sets for a policy in an environment; undefined: the policy's own. */
export type LevelOf = (policy: string, environment: string | undefined) => LevelSetting | undefined;

/** The levels of a configuration at a time (RFC 3339, UTC). An environment's levels override the common ones. */
export function levelsOf(config: Pick<Config, "levels" | "environments">, now: string): LevelOf {
  const general = new Map(Object.entries(levelsAt(config.levels, now)));
  const own = new Map(
    Object.entries(config.environments).map(([name, { levels }]) => [
      name,
      new Map(Object.entries(levelsAt(levels, now))),
    ]),
  );
  return (policy, environment) =>
    (environment === undefined ? undefined : own.get(environment)?.get(policy)) ?? general.get(policy);
}
