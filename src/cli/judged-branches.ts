import { gatingDefault, isGated, type RepositoryBranches } from "../gate/gated-branches.ts";
import type { Config } from "../model/config.ts";
import { runGit } from "../tree/run-git.ts";

/**
 * The names of the branch that a change goes into, as far as the base and the clone tell; empty where they do not. A base that
 * is not gated is on its way to the default branch.
 */
export async function judgedBranches(
  directory: string,
  base: string,
  gated: Config["branches"],
): Promise<readonly string[]> {
  const [named, usual] = await Promise.all([branchOf(directory, base), branchOf(directory, "origin/HEAD")]);
  const isIntoGated =
    named !== undefined && (isGated(named, usual, gated) || (usual === undefined && gated.length === 0));
  const found = isIntoGated ? named : usual;
  return found === undefined ? [] : [found];
}

/** The configuration with the default branch among those that it gates, where the clone tells which that is. */
export async function gatingDefaultOf(directory: string, config: Config): Promise<Config> {
  const usual = config.branches.length === 0 ? undefined : await branchOf(directory, "origin/HEAD");
  return usual === undefined ? config : gatingDefault(config, usual);
}

/**
 * The branches of the repository that a directory is a clone of; undefined where it is none, or where what it has of them
 * may not be all: a shallow clone, one of a single branch, or the checkout of a pipeline.
 */
export async function branchesOfClone(directory: string): Promise<RepositoryBranches | undefined> {
  const [shallow, refspecs, usual, refs] = await Promise.all([
    outputOf(directory, ["rev-parse", "--is-shallow-repository"]),
    outputOf(directory, ["config", "--get-all", "remote.origin.fetch"]),
    branchOf(directory, "origin/HEAD"),
    outputOf(directory, ["for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes/origin"]),
  ]);
  const fetchesAll = refspecs?.split("\n").includes("+refs/heads/*:refs/remotes/origin/*") === true;
  if (shallow?.trim() !== "false" || !fetchesAll || usual === undefined || refs === undefined) return undefined;
  const names = [...refs.matchAll(/^refs\/(?:heads|remotes\/origin)\/(.+)$/gm)].map((match) => match[1] ?? "");
  return { names: names.filter((name) => name !== "HEAD"), defaultBranch: usual, where: "this clone" };
}

async function outputOf(directory: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await runGit(directory, args);
    return code === 0 ? stdout : undefined;
  } catch {
    return undefined;
  }
}

/** The branch that a revision names: a local one, or that of a remote. */
async function branchOf(directory: string, revision: string): Promise<string | undefined> {
  // HEAD is the branch that is checked out, which is the one of the change.
  if (revision === "HEAD" || revision === "@" || revision.startsWith("-")) return undefined;
  try {
    const { code, stdout } = await runGit(directory, [
      "rev-parse",
      "--symbolic-full-name",
      "--verify",
      "--quiet",
      "--end-of-options",
      revision,
    ]);
    return code === 0 ? /^refs\/(?:heads|remotes\/[^/\n]+)\/(.+)$/m.exec(stdout)?.[1] : undefined;
  } catch {
    return undefined;
  }
}
