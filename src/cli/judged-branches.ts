import { runGit } from "../tree/run-git.ts";

/**
 * The names of the branch that a change goes into, as far as the base and the clone tell; empty where they do not. A base that
 * is not gated (`gated`, else the default branch) is on its way to the default branch.
 */
export async function judgedBranches(
  directory: string,
  base: string,
  gated: readonly string[],
): Promise<readonly string[]> {
  const [named, usual] = await Promise.all([branchOf(directory, base), branchOf(directory, "origin/HEAD")]);
  const isGated = gated.length > 0 ? gated.includes(named ?? "") : usual === undefined || named === usual;
  const found = isGated ? named : usual;
  return found === undefined ? [] : [found];
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
