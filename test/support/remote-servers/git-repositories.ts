import { mkdir } from "node:fs/promises";
import { git, gitIdentity } from "../github/git/run.ts";

/** Files of a commit by path: text, the commit that a submodule is at, or the target of a symbolic link. */
export interface CommittedFiles {
  readonly [path: string]: string | { readonly submodule: string } | { readonly link: string };
}

/** Makes a bare repository whose HEAD is `main`. */
export async function createRepository(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await git(directory, ["init", "--quiet", "--bare", "--initial-branch=main", "."]);
}

/** Adds files to those of a branch, which is made if it is not there, and returns the id of the commit. */
export async function commitFiles(
  directory: string,
  files: CommittedFiles,
  branch: string,
  date = "2026-01-01T00:00:00Z",
): Promise<string> {
  const parent = (await git(directory, ["for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`])).trim();
  const index = { GIT_INDEX_FILE: `${directory}/index.${branch.replaceAll("/", "-")}` };
  await git(directory, ["read-tree", parent === "" ? "--empty" : parent], undefined, index);
  for (const [path, content] of Object.entries(files)) {
    const blob = async (text: string): Promise<string> =>
      (await git(directory, ["hash-object", "-w", "--stdin"], text)).trim();
    const entry =
      typeof content === "string"
        ? `100644,${await blob(content)}`
        : "link" in content
          ? `120000,${await blob(content.link)}`
          : `160000,${content.submodule}`;
    await git(directory, ["update-index", "--add", "--cacheinfo", `${entry},${path}`], undefined, index);
  }
  const tree = (await git(directory, ["write-tree"], undefined, index)).trim();
  const parents = parent === "" ? [] : ["-p", parent];
  const dated = { ...gitIdentity, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const commit = (await git(directory, ["commit-tree", tree, ...parents, "-m", "A change"], undefined, dated)).trim();
  await git(directory, ["update-ref", `refs/heads/${branch}`, commit]);
  return commit;
}

/** Moves or makes a tag; with a message it is annotated. */
export async function tagCommit(directory: string, name: string, commit: string, message?: string): Promise<void> {
  const options = message === undefined ? [] : ["-a", "-m", message];
  await git(directory, ["tag", "--force", ...options, name, commit], undefined, gitIdentity);
}

/** Points a reference at a commit. */
export async function moveReference(directory: string, name: string, commit: string): Promise<void> {
  await git(directory, ["update-ref", name, commit]);
}
