import type { Levels } from "../model/config.ts";
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
