import { repositoryTop } from "../tree/repository-top.ts";
import { runGit } from "../tree/run-git.ts";

/**
 * The URLs, without credentials, of the remotes of the Git repository that contains a directory; empty if there is
 * none.
 */
export async function ownRepositories(directory: string): Promise<readonly string[]> {
  if (repositoryTop(directory) === undefined) return [];
  try {
    const { code, stdout } = await runGit(directory, ["config", "--get-regexp", String.raw`^remote\..*\.url$`]);
    if (code !== 0) return [];
    const urls = stdout.split("\n").flatMap((line) => {
      const url = line.slice(line.indexOf(" ") + 1);
      return url === "" ? [] : [url.replace(/^([a-z+]+:\/\/)[^@/]*@/, "$1")];
    });
    return [...new Set(urls)];
  } catch {
    return [];
  }
}
