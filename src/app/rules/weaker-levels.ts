import type { Config, DatedLevel } from "../../model/config.ts";
import type { LevelSetting } from "../../model/policy.ts";
import type { Weakening } from "./found-weakening.ts";

const STRENGTH: { readonly [level in LevelSetting]: number } = { deny: 3, warn: 2, info: 1, off: 0 };

type Setting = LevelSetting | DatedLevel | undefined;

/** The level of each policy where the configuration sets none, by id. */
export type OwnLevels = ReadonlyMap<string, LevelSetting>;

/** A configuration and the own levels of its policies. */
interface LevelsOfRules {
  readonly config: Pick<Config, "levels" | "environments">;
  readonly own: OwnLevels;
}

/**
 * What a change lowers, now or on a later day. `today` is a day such as 2027-01-15. The own level of a policy that is not
 * in `own`, such as a built-in one, is not known.
 */
export function weakerLevels(old: LevelsOfRules, next: LevelsOfRules, today: string): readonly Weakening[] {
  const kept = [...old.own.keys()].filter((policy) => next.own.has(policy));
  const [before, after] = [old.config, next.config];
  const found = weaker(
    [...new Set([...Object.keys(before.levels), ...Object.keys(after.levels), ...kept])],
    (policy) => [before.levels[policy], after.levels[policy]],
    { old: old.own, next: next.own, today, at: [] },
  );
  for (const name of new Set([...Object.keys(before.environments), ...Object.keys(after.environments)])) {
    const [was, is] = [before.environments[name], after.environments[name]];
    // An environment that is removed is told as that.
    if (is === undefined) continue;
    const named = new Set([...Object.keys(was?.levels ?? {}), ...Object.keys(is.levels)]);
    const both = (policy: string): readonly [Setting, Setting] => [
      was?.levels[policy] ?? before.levels[policy],
      is.levels[policy] ?? after.levels[policy],
    ];
    found.push(...weaker([...named], both, { old: old.own, next: next.own, today, at: ["environments", name] }));
  }
  return found;
}

interface Circumstances {
  readonly old: OwnLevels;
  readonly next: OwnLevels;
  readonly today: string;
  /** The keys of the environment; empty: of all. */
  readonly at: readonly string[];
}

function weaker(
  policies: readonly string[],
  both: (policy: string) => readonly [Setting, Setting],
  { old, next, today, at }: Circumstances,
): Weakening[] {
  const where = at[1] === undefined ? "" : ` in ${at[1]}`;
  return policies.flatMap((policy) => {
    const [before, after] = both(policy);
    const days = [before, after].flatMap((one) => (typeof one === "object" ? [one.until] : []));
    for (const day of [today, ...days.filter((one) => one > today).toSorted()]) {
      const [was, is] = [levelOn(before, day) ?? old.get(policy), levelOn(after, day) ?? next.get(policy)];
      const sentence = lowered(policy, was, is);
      const from = day === today ? "" : ` from ${day} on`;
      if (sentence !== undefined)
        return [{ sentence: `${sentence}${from}${where}`, at: [...at, "levels", policy], policy }];
    }
    return [];
  });
}

/** An undefined level is the policy's own, which is not known. */
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
