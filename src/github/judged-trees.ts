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
  /** Whether it passed by rules that block and rests neither on an override nor on approvals, which checks do not tell apart. */
  readonly unconditional: boolean;
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
    .map(({ conclusion, html_url: url, completed_at: completedAt, external_id: external, output }) => {
      const tree = / tree\/([0-9a-f]+)$/.exec(external ?? "")?.[1];
      const isReport = /(?:^|: )report only: /.test(output.title ?? "");
      const unconditional =
        conclusion === "success" && !isReport && !/ policies\/\S+\+conditional /.test(external ?? "");
      return {
        conclusion,
        url,
        completedAt: completedAt ?? "",
        unconditional,
        ...(tree === undefined ? {} : { tree }),
      };
    });
}

/** A commit of a branch as its history shows it. */
export interface HistoryCommit {
  readonly commit: string;
  readonly tree: string;
  /** When it came to be: ISO 8601. */
  readonly at: string;
}

/**
 * Reads the commits that a branch pointed to one after the other, newest first: along the first parents, up to `most` of
 * those since a time. What a merge brought along was never the state of the branch.
 */
export async function* readFirstParents(
  octokit: Octokit,
  place: Place,
  { branch, since, most }: { readonly branch: string; readonly since: string; readonly most: number },
): AsyncGenerator<HistoryCommit> {
  const pages = octokit.paginate.iterator(octokit.rest.repos.listCommits, {
    ...place,
    sha: branch,
    since,
    per_page: 100,
  });
  const seen = new Map<string, HistoryCommit & { readonly parent: string | undefined }>();
  let next: string | undefined;
  let left = most;
  for await (const { data } of pages) {
    for (const { sha, parents, commit } of data) {
      next ??= sha;
      const at = commit.committer?.date ?? "";
      seen.set(sha, { commit: sha, tree: commit.tree.sha, at, parent: parents[0]?.sha });
    }
    for (let one = seen.get(next ?? ""); one !== undefined && left > 0; one = seen.get(next ?? "")) {
      const { parent, ...known } = one;
      yield known;
      left--;
      next = parent;
      if (parent === undefined) return;
    }
    if (left <= 0) return;
  }
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
