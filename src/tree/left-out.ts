import { repositoryTop } from "./repository-top.ts";
import { runGit } from "./run-git.ts";

/** Which files and directories of a directory are no part of the repository, and which of them were met. */
export interface LeftOut {
  readonly holds: (path: string) => boolean;
  /** The paths for which `holds` was true, in the order asked. */
  readonly met: ReadonlySet<string>;
}

/**
 * What Git ignores below a directory, and every `node_modules`: neither is in a commit, so a pull request never holds
 * them. What a person named, or what it is in, is not left out.
 */
export async function leftOutOf(root: string, named: readonly string[]): Promise<LeftOut> {
  const ignored = await ignoredBelow(root);
  const met = new Set<string>();
  const holds = (path: string): boolean => {
    const isLeftOut = ignored.has(path) || path === "node_modules" || path.endsWith("/node_modules");
    if (!isLeftOut || named.some((one) => one === path || one.startsWith(`${path}/`))) return false;
    met.add(path);
    return true;
  };
  return { holds, met };
}

/** Empty where the directory is in no repository, or where Git is missing. */
async function ignoredBelow(root: string): Promise<ReadonlySet<string>> {
  // Git need not be started to learn that there is no repository.
  if (repositoryTop(root) === undefined) return new Set();
  try {
    const { code, stdout } = await runGit(root, [
      "ls-files",
      "-z",
      "--others",
      "--ignored",
      "--exclude-standard",
      "--directory",
    ]);
    if (code !== 0) return new Set();
    return new Set(stdout.split("\0").flatMap((path) => (path === "" ? [] : [path.replace(/\/$/, "")])));
  } catch {
    return new Set();
  }
}
