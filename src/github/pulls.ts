import { RequestError, type Octokit } from "octokit";

/** The owner and name of a repository, as parameters of octokit. */
export type Place = {
  readonly owner: string;
  readonly repo: string;
};

/** A pull request as it is now. */
export interface PullRequest {
  readonly number: number;
  readonly open: boolean;
  readonly merged: boolean;
  /** The commit on its base branch that it was merged as; absent while it is not. */
  readonly mergeCommit?: string;
  /** When: ISO 8601, in seconds. */
  readonly mergedAt?: string;
  readonly draft: boolean;
  readonly head: string;
  readonly base: string;
  /** The branch that it is to reach: of a stack of pull requests the final one, by whose rules GitHub lets it merge. */
  readonly baseRef: string;
  /** The branch that it is based on within a stack; absent: `baseRef`. */
  readonly below?: string;
  /** ISO 8601, in seconds. */
  readonly updatedAt: string;
  /** Null while GitHub computes it; false if there are conflicts. */
  readonly mergeable: boolean | null;
  /** The base repository, from which everything is fetched. */
  readonly repository: {
    readonly id: number;
    readonly owner: string;
    readonly name: string;
    readonly cloneUrl: string;
    readonly defaultBranch: string;
    readonly archived: boolean;
  };
}

/** Reads a pull request. Rejects with the error of octokit, as all functions here do. */
export async function readPullRequest(octokit: Octokit, place: Place, number: number): Promise<PullRequest> {
  const { data } = await octokit.rest.pulls.get({ ...place, pull_number: number });
  const baseRef = finalBaseOf(data);
  return {
    number,
    open: data.state === "open",
    merged: data.merged,
    ...(data.merged && data.merge_commit_sha !== null ? { mergeCommit: data.merge_commit_sha } : {}),
    ...(data.merged_at === null ? {} : { mergedAt: data.merged_at }),
    draft: data.draft === true,
    head: data.head.sha,
    base: data.base.sha,
    baseRef,
    ...(baseRef === data.base.ref ? {} : { below: data.base.ref }),
    updatedAt: data.updated_at,
    mergeable: data.mergeable,
    repository: {
      id: data.base.repo.id,
      owner: data.base.repo.owner.login,
      name: data.base.repo.name,
      cloneUrl: data.base.repo.clone_url,
      defaultBranch: data.base.repo.default_branch,
      archived: data.base.repo.archived,
    },
  };
}

/** The base of the stack that a pull request belongs to, else its own. What octokit's types do not know yet is checked. */
function finalBaseOf(pull: { readonly base: { readonly ref: string } }): string {
  const stack: unknown = "stack" in pull ? pull.stack : undefined;
  const base: unknown = typeof stack === "object" && stack !== null && "base" in stack ? stack.base : undefined;
  const ref: unknown = typeof base === "object" && base !== null && "ref" in base ? base.ref : undefined;
  return typeof ref === "string" ? ref : pull.base.ref;
}

/** Reads a repository, for work without a pull request. */
export async function readRepository(octokit: Octokit, place: Place): Promise<PullRequest["repository"]> {
  const { data } = await octokit.rest.repos.get(place);
  return {
    id: data.id,
    owner: data.owner.login,
    name: data.name,
    cloneUrl: data.clone_url,
    defaultBranch: data.default_branch,
    archived: data.archived,
  };
}

/** Reads a file of the default branch as text; undefined where there is none. */
export async function readFile(octokit: Octokit, place: Place, path: string): Promise<string | undefined> {
  try {
    const response = await octokit.rest.repos.getContent({ ...place, path, mediaType: { format: "raw" } });
    // With this media type it is the content of the file, whatever the types say; of a directory it is a list.
    const data: unknown = response.data;
    if (data instanceof ArrayBuffer) return new TextDecoder().decode(data);
    return typeof data === "string" ? data : undefined;
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined;
    throw error;
  }
}

/** What a pull request changes. */
export interface ChangedFiles {
  readonly head: string;
  /** Also those that it moves files from; absent: GitHub does not list all. */
  readonly paths?: readonly string[];
}

/** Reads which files a pull request changes: GitHub lists at most 3000. */
export async function readChangedFiles(octokit: Octokit, place: Place, number: number): Promise<ChangedFiles> {
  const files = await octokit.paginate(octokit.rest.pulls.listFiles, { ...place, pull_number: number, per_page: 100 });
  const { data } = await octokit.rest.pulls.get({ ...place, pull_number: number });
  const head = data.head.sha;
  if (files.length !== data.changed_files) return { head };
  const paths = files.flatMap(({ filename, previous_filename: old }) =>
    old === undefined ? [filename] : [filename, old],
  );
  return { head, paths };
}

/** Reads the merge base of two commits, which a shallow mirror cannot compute. */
export async function readMergeBase(octokit: Octokit, place: Place, base: string, head: string): Promise<string> {
  const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
    ...place,
    basehead: `${base}...${head}`,
    per_page: 1,
    page: 2,
  });
  return data.merge_base_commit.sha;
}

/** Reads all open pull requests, that which was changed last first. */
export async function readOpenPullRequests(
  octokit: Octokit,
  place: Place,
): Promise<readonly { readonly number: number; readonly head: string; readonly baseRef: string }[]> {
  const pulls = await octokit.paginate(octokit.rest.pulls.list, {
    ...place,
    state: "open",
    sort: "updated",
    direction: "desc",
    per_page: 100,
  });
  return pulls.map((pull) => ({ number: pull.number, head: pull.head.sha, baseRef: finalBaseOf(pull) }));
}

/**
 * Reads the newest commit on the default branch that changed the file at `path`, and its first parent; undefined if the
 * file was never there.
 */
export async function readLastChange(
  octokit: Octokit,
  place: Place,
  path: string,
): Promise<{ readonly commit: string; readonly parent?: string } | undefined> {
  const { data } = await octokit.rest.repos.listCommits({ ...place, path, per_page: 1 });
  const [newest] = data;
  if (newest === undefined) return undefined;
  const [parent] = newest.parents;
  return { commit: newest.sha, ...(parent === undefined ? {} : { parent: parent.sha }) };
}

/** Whether a user has write access to the repository. Someone whom GitHub does not know, such as a bot, has none. */
export async function mayWrite(octokit: Octokit, place: Place, username: string): Promise<boolean> {
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...place, username });
    return data.permission === "admin" || data.permission === "write";
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return false;
    throw error;
  }
}
