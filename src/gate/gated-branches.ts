import { configProblem, isShared } from "../config/config-problem.ts";
import type { ConfigSource } from "../config/read-config.ts";
import { nearName } from "../manifest/near-name.ts";
import type { Config, GatedBranches } from "../model/config.ts";
import type { Problem } from "../model/problem.ts";
import { compilePathGlob } from "../render/glob/path-glob.ts";
import { matchesBranch } from "../render/match-branch.ts";

export { matchesBranch };

/** Whether a branch is gated. The default branch always is, since the rules are read from it. */
export function isGated(name: string, defaultBranch: string | undefined, entries: readonly GatedBranches[]): boolean {
  return name === defaultBranch || entries.some((entry) => matchesBranch(entry, name));
}

/** The configuration with the default branch among those that it gates. */
export function gatingDefault(config: Config, defaultBranch: string): Config {
  return { ...config, branches: [{ branch: defaultBranch }, ...config.branches] };
}

/** The branches of a repository. */
export interface RepositoryBranches {
  readonly names: readonly string[];
  /** Absent: not known. */
  readonly defaultBranch?: string;
  /** Where the names come from, for messages: `the repository`. */
  readonly where: string;
}

/** Whether every entry matches one of these branches, so that the others need not be known. */
export function allMatch(entries: readonly GatedBranches[], names: readonly string[]): boolean {
  return entries.every((entry) => names.some((name) => matchesBranch(entry, name)));
}

/**
 * Problems for entries of `branches:` that match no branch, that cannot be read, or that name the check of the default
 * branch. Where the branches are not known, only those that cannot be read.
 */
export function unmetBranches(
  entries: readonly GatedBranches[],
  source: ConfigSource | undefined,
  known: RepositoryBranches | undefined,
): readonly Problem[] {
  return entries.flatMap((entry, index): readonly Problem[] => {
    const message = mismatch(entry, known);
    if (message === undefined) return [];
    const at = `/branches/${index}`;
    // What many repositories share need not match something in each.
    const isUnmatched = entry.branch !== known?.defaultBranch && compilePathGlob(entry.branch) !== undefined;
    if (isUnmatched && isShared(source, at)) return [];
    return [configProblem(source, at, `branches: ${message}`)];
  });
}

function mismatch(entry: GatedBranches, known: RepositoryBranches | undefined): string | undefined {
  const { branch, check } = entry;
  if (check === undefined && compilePathGlob(branch) === undefined && known?.names.includes(branch) !== true)
    return `the pattern "${branch}" cannot be read: expected *, **, ?, [a-z] and {a,b}, with \\ before a character that is meant itself`;
  if (known === undefined) return undefined;
  if (check !== undefined && branch === known.defaultBranch)
    return `the check of the default branch "${branch}" is called portcullis; expected no other name`;
  if (known.names.some((name) => matchesBranch(entry, name))) return undefined;
  const near = nearName(branch, known.names);
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  return `no branch of ${known.where} matches "${branch}": expected the name of a branch, or a pattern such as release/*${hint}`;
}
