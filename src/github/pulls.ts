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
  readonly draft: boolean;
  readonly head: string;
  readonly base: string;
  readonly baseRef: string;
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
  };
}

/** Reads a pull request. Rejects with the error of octokit, as all functions here do. */
export async function readPullRequest(octokit: Octokit, place: Place, number: number): Promise<PullRequest> {
  const { data } = await octokit.rest.pulls.get({ ...place, pull_number: number });
  return {
    number,
    open: data.state === "open",
    draft: data.draft === true,
    head: data.head.sha,
    base: data.base.sha,
    baseRef: data.base.ref,
    updatedAt: data.updated_at,
    mergeable: data.mergeable,
    repository: {
      id: data.base.repo.id,
      owner: data.base.repo.owner.login,
      name: data.base.repo.name,
      cloneUrl: data.base.repo.clone_url,
      defaultBranch: data.base.repo.default_branch,
    },
  };
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
  };
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

/** Reads all open pull requests. */
export async function readOpenPullRequests(
  octokit: Octokit,
  place: Place,
): Promise<readonly { readonly number: number; readonly head: string; readonly baseRef: string }[]> {
  const pulls = await octokit.paginate(octokit.rest.pulls.list, { ...place, state: "open", per_page: 100 });
  return pulls.map((pull) => ({ number: pull.number, head: pull.head.sha, baseRef: pull.base.ref }));
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
