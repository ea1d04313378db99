import type { Octokit } from "octokit";
import { CHECK_NAME } from "./checks.ts";
import type { Place } from "./pulls.ts";

/** A check of the gate that says of one tree what became of it. */
export interface TreeCheck {
  readonly conclusion: string | null;
  readonly url: string | null;
  /** ISO 8601; empty while it is in progress. */
  readonly completedAt: string;
  /** Id of the tree that was judged; absent while it is in progress, or where none was. */
  readonly tree?: string;
}

/** The id of a commit's tree. */
export async function readTreeId(octokit: Octokit, place: Place, commit: string): Promise<string> {
  const { data } = await octokit.rest.repos.getCommit({ ...place, ref: commit, per_page: 1 });
  return data.commit.tree.sha;
}

/** Heads of the pull requests that a commit came from or belongs to, of this repository and of forks. */
export async function readHeadsOf(octokit: Octokit, place: Place, commit: string): Promise<readonly string[]> {
  const pulls = await octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, {
    ...place,
    commit_sha: commit,
    per_page: 100,
  });
  return pulls.map(({ head }) => head.sha);
}

/** All checks of one App on a commit, whatever other Apps and workflows call theirs. */
export async function readTreeChecks(
  octokit: Octokit,
  place: Place,
  commit: string,
  appId: number,
): Promise<readonly TreeCheck[]> {
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, {
    ...place,
    ref: commit,
    check_name: CHECK_NAME,
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
