import type { Octokit } from "octokit";
import type { Place } from "./pulls.ts";

/** A check run of the gate with the tree that it judged. */
export interface TreeCheck {
  readonly conclusion: string | null;
  readonly url: string | null;
  /** ISO 8601; empty while the run is in progress. */
  readonly completedAt: string;
  /** The id of the judged tree; absent while the run is in progress, or if no tree was judged. */
  readonly tree?: string;
}

/** Reads the id of the tree of a commit. */
export async function readTreeId(octokit: Octokit, place: Place, commit: string): Promise<string> {
  const { data } = await octokit.rest.repos.getCommit({ ...place, ref: commit, per_page: 1 });
  return data.commit.tree.sha;
}

/** Reads the heads of the pull requests that a commit belongs to, including those from forks. */
export async function readHeadsOf(octokit: Octokit, place: Place, commit: string): Promise<readonly string[]> {
  const pulls = await octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, {
    ...place,
    commit_sha: commit,
    per_page: 100,
  });
  return pulls.map(({ head }) => head.sha);
}

/**
 * Reads the check runs of a name that one App created on a commit. Runs of the same name by other Apps are left out.
 */
export async function readTreeChecks(
  octokit: Octokit,
  place: Place,
  commit: string,
  { name, appId }: { readonly name: string; readonly appId: number },
): Promise<readonly TreeCheck[]> {
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, {
    ...place,
    ref: commit,
    check_name: name,
    app_id: appId,
    filter: "all",
    per_page: 100,
  });
  return runs
    .filter(({ app }) => app?.id === appId)
    .map(({ conclusion, html_url: url, completed_at: completedAt, external_id: external }) => {
      const tree = / tree\/([0-9a-f]+)$/.exec(external ?? "")?.[1];
      return { conclusion, url, completedAt: completedAt ?? "", ...(tree === undefined ? {} : { tree }) };
    });
}

/** Reads the texts of the check runs that one App created on a commit, oldest first. */
export async function readCheckTexts(
  octokit: Octokit,
  place: Place,
  commit: string,
  appId: number,
): Promise<readonly string[]> {
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, {
    ...place,
    ref: commit,
    app_id: appId,
    filter: "all",
    per_page: 100,
  });
  return runs
    .filter(({ app }) => app?.id === appId)
    .toSorted((one, other) => one.id - other.id)
    .map(({ output }) => output.text ?? "");
}

/** Reads the parents of a commit. */
export async function readParents(octokit: Octokit, place: Place, commit: string): Promise<readonly string[]> {
  const { data } = await octokit.rest.repos.getCommit({ ...place, ref: commit, per_page: 1 });
  return data.parents.map(({ sha }) => sha);
}
