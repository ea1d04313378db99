import { CORE_SCHEMA, load } from "js-yaml";
import { isObject } from "../manifest/identity.ts";
import { nearName } from "../manifest/near-name.ts";
import type { Json } from "../model/json.ts";
import type { Level } from "../model/policy.ts";

/** How a name in `policies:` begins that is a shipped profile and no path. */
export const SHIPPED = "@portcullis/";

/** The profile with every shipped policy at its own level. */
export const ALL = `${SHIPPED}all`;

/** A shipped profile: policies by id, each with its level there. */
export interface Profile {
  readonly title: string;
  readonly description: string;
  readonly levels: ReadonlyMap<string, Level>;
}

/** Whether an entry of `policies:` names a shipped profile. */
export function isProfile(written: string): boolean {
  return written.startsWith(SHIPPED);
}

const STRICTEST = ["deny", "warn", "info"] as const;

/** The stricter of two levels. */
export function stricter(a: Level, b: Level | undefined): Level {
  return STRICTEST.find((level) => level === a || level === b) ?? a;
}

/**
 * Reads the shipped profiles from the texts of `policies/profiles/*.yaml`, by file name without its ending. Throws for
 * a file of another form: it ships with this build.
 */
export function readProfiles(texts: ReadonlyMap<string, string>): ReadonlyMap<string, Profile> {
  const written = new Map([...texts].map(([name, text]) => [name, writtenProfile(name, text)]));
  const levelsOf = (name: string, above: readonly string[]): ReadonlyMap<string, Level> => {
    const profile = written.get(name);
    if (profile === undefined || above.includes(name))
      throw new Error(`policies/profiles/${above.at(-1) ?? name}.yaml extends ${name}, which it cannot`);
    const levels = new Map<string, Level>();
    const inherited = profile.extends.flatMap((other) => [...levelsOf(other, [...above, name])]);
    for (const [policy, level] of [...inherited, ...profile.policies])
      levels.set(policy, stricter(level, levels.get(policy)));
    return levels;
  };
  return new Map(
    [...written].map(([name, { title, description }]) => [name, { title, description, levels: levelsOf(name, []) }]),
  );
}

/** What is wrong with the name of a profile; undefined for one that ships. */
export function unknownProfile(written: string, profiles: Iterable<string>): string | undefined {
  const names = [ALL, ...[...profiles].map((name) => SHIPPED + name)].toSorted();
  if (names.includes(written)) return undefined;
  const near = nearName(written, names);
  const hint = near === undefined ? "" : `; did you mean "${near}"`;
  return `no such profile${hint}; expected one of ${names.join(", ")}`;
}

interface WrittenProfile {
  readonly title: string;
  readonly description: string;
  readonly extends: readonly string[];
  readonly policies: readonly (readonly [string, Level])[];
}

function writtenProfile(name: string, text: string): WrittenProfile {
  const value = load(text, { schema: CORE_SCHEMA }) as Json;
  const { title, description, policies, extends: others = [] } = isObject(value) ? value : {};
  if (typeof title !== "string" || typeof description !== "string" || !isObject(policies))
    throw new Error(`policies/profiles/${name}.yaml: expected title, description and policies`);
  return {
    title,
    description,
    extends: (Array.isArray(others) ? others : [others]).map(String),
    policies: Object.entries(policies).map(([policy, level]) => {
      const known = STRICTEST.find((one) => one === level);
      if (known === undefined)
        throw new Error(`policies/profiles/${name}.yaml: ${policy}: expected deny, warn or info`);
      return [policy, known];
    }),
  };
}
