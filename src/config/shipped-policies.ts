import type { Level, PolicyFile } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import { LIBRARY } from "./named-policies.ts";
import { filesBelow, readTexts } from "./policy-files.ts";
import { ALL, isProfile, readProfiles, SHIPPED, stricter, unknownProfile, type Profile } from "./profiles.ts";

/** The files of the named profiles, the levels of their policies, and what is wrong with a name, by its index. */
export interface ShippedPolicies {
  readonly files: readonly PolicyFile[];
  readonly levels: { readonly [policy: string]: Level };
  readonly problems: readonly { readonly index: number; readonly message: string }[];
}

const NONE: ShippedPolicies = { files: [], levels: {}, problems: [] };

/**
 * Reads the policies of the profiles among `named`. A policy that several profiles name has the strictest of its
 * levels. `library` is the tree with the shipped policies below `policies/`; without one nothing ships.
 */
export async function shippedPolicies(library: Tree | undefined, named: readonly string[]): Promise<ShippedPolicies> {
  if (library === undefined || !named.some(isProfile)) return NONE;
  const profiles = await shippedProfiles(library);
  const unread: Problem[] = [];
  const { files } = filesBelow(await library.list(), "policies", /\.rego$/);
  const all = await readTexts(library, files, unread);
  const problems: { readonly index: number; readonly message: string }[] = [];
  const levels = new Map<string, Level>();
  const chosen = new Set<string>();
  for (const [index, written] of named.entries()) {
    if (!isProfile(written)) continue;
    const unknown = unknownProfile(written, profiles.keys());
    const missing = all.length === 0 || unread.length > 0 ? "is missing from this installation" : undefined;
    const message = missing ?? unknown;
    if (message !== undefined) problems.push({ index, message });
    if (written === ALL) for (const { path } of all) chosen.add(folderOf(path));
    for (const [policy, level] of profiles.get(written.slice(SHIPPED.length))?.levels ?? []) {
      chosen.add(policy);
      levels.set(policy, stricter(level, levels.get(policy)));
    }
  }
  return {
    files: all
      .filter(({ path }) => path.startsWith("policies/lib/") || chosen.has(folderOf(path)))
      .map(({ path, text }) => ({ path: path.replace(/^policies/, LIBRARY), text })),
    levels: Object.fromEntries(levels),
    problems,
  };
}

/** The profiles that ship, by name without `@portcullis/`. */
export async function shippedProfiles(library: Tree): Promise<ReadonlyMap<string, Profile>> {
  const { files } = filesBelow(await library.list(), "policies/profiles", /\.yaml$/);
  const texts = await readTexts(library, files, []);
  return readProfiles(new Map(texts.map(({ path, text }) => [path.split("/").at(-1)?.slice(0, -5) ?? path, text])));
}

/** The id of the policy that a file belongs to. */
function folderOf(path: string): string {
  return path.split("/").slice(1, 3).join("/");
}
