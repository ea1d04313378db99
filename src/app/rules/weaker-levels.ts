import type { Config, DatedLevel, Levels } from "../../model/config.ts";
import type { LevelSetting } from "../../model/policy.ts";

const STRENGTH: { readonly [level in LevelSetting]: number } = { deny: 3, warn: 2, info: 1, off: 0 };

type Setting = LevelSetting | DatedLevel | undefined;

/**
 * Describes which levels a change lowers, now or on a later day, one sentence each. `today` is a day such as
 * 2027-01-15.
 */
export function weakerLevels(old: Config, next: Config, today: string): readonly string[] {
  const found = weaker(old.levels, next.levels, (policy) => [old.levels[policy], next.levels[policy]], today);
  for (const [name, { levels }] of Object.entries(old.environments)) {
    const own = next.environments[name]?.levels;
    if (own === undefined) continue;
    const both = (policy: string): readonly [Setting, Setting] => [
      levels[policy] ?? old.levels[policy],
      own[policy] ?? next.levels[policy],
    ];
    found.push(...weaker(levels, own, both, today).map((sentence) => `${sentence} in ${name}`));
  }
  for (const [name, { levels }] of Object.entries(next.environments)) {
    if (old.environments[name] !== undefined) continue;
    const both = (policy: string): readonly [Setting, Setting] => [old.levels[policy], levels[policy]];
    found.push(...weaker({}, levels, both, today).map((sentence) => `${sentence} in ${name}`));
  }
  return found;
}

function weaker(
  old: Levels,
  next: Levels,
  both: (policy: string) => readonly [Setting, Setting],
  today: string,
): string[] {
  return [...new Set([...Object.keys(old), ...Object.keys(next)])].flatMap((policy) => {
    const [before, after] = both(policy);
    const days = [before, after].flatMap((one) => (typeof one === "object" ? [one.until] : []));
    for (const day of [today, ...days.filter((one) => one > today).toSorted()]) {
      const sentence = lowered(policy, levelOn(before, day), levelOn(after, day));
      if (sentence !== undefined) return [day === today ? sentence : `${sentence} from ${day} on`];
    }
    return [];
  });
}

function lowered(
  policy: string,
  before: LevelSetting | undefined,
  after: LevelSetting | undefined,
): string | undefined {
  if (after !== undefined && after !== before && STRENGTH[after] < STRENGTH[before ?? "deny"])
    return `lowers ${policy} from ${before ?? "the policy's own level"} to ${after}`;
  if (after === undefined && before === "deny")
    return `no longer sets ${policy} to deny, so the policy's own level applies`;
  return undefined;
}

function levelOn(setting: Setting, day: string): LevelSetting | undefined {
  if (typeof setting !== "object") return setting;
  return day < setting.until ? setting.level : setting.then;
}
