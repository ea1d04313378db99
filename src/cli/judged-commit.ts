import type { Octokit } from "octokit";
import {
  readFirstParents,
  readHeadsOf,
  readTreeChecks,
  readTreeId,
  type HistoryCommit,
  type TreeCheck,
} from "../github/judged-trees.ts";
import type { Place } from "../github/pulls.ts";

/** What GitHub's checks say about the tree of a commit. */
export type CommitAnswer =
  | { readonly kind: "judged"; readonly check: TreeCheck; readonly tree: string }
  | { readonly kind: "in progress"; readonly tree: string }
  | { readonly kind: "other trees" | "never"; readonly tree: string };

/** The check that counts: its name proves nothing, since any workflow can create one. */
export interface CheckIdentity {
  readonly name: string;
  readonly appId: number;
}

/** Asks GitHub whether exactly the tree of a commit was judged: on the commit itself, and on the heads that it came from. */
export async function judgedCommit(
  octokit: Octokit,
  place: Place,
  commit: string,
  check: CheckIdentity,
): Promise<CommitAnswer> {
  return judgedTree(octokit, place, { commit, tree: await readTreeId(octokit, place, commit) }, check);
}

async function judgedTree(
  octokit: Octokit,
  place: Place,
  { commit, tree }: Pick<HistoryCommit, "commit" | "tree">,
  check: CheckIdentity,
): Promise<CommitAnswer> {
  const heads = new Set([commit, ...(await readHeadsOf(octokit, place, commit))]);
  const checks: TreeCheck[] = [];
  for (const head of heads) checks.push(...(await readTreeChecks(octokit, place, head, check)));
  // A tree may have been judged several times, by different rules: the newest result counts.
  const [newest] = checks
    .filter((one) => one.tree === tree && one.conclusion !== null)
    .toSorted((one, other) => (one.completedAt < other.completedAt ? 1 : -1));
  if (newest !== undefined) return { kind: "judged", check: newest, tree };
  if (checks.some(({ conclusion }) => conclusion === null)) return { kind: "in progress", tree };
  return { kind: checks.length > 0 ? "other trees" : "never", tree };
}

/**
 * The commits that a branch pointed to and whose very tree passed, newest first, as GitHub's checks tell. Fewer than the
 * server knows: a pass that rests on approvals cannot be told from one by an override, so that neither counts. Each commit
 * takes at least two requests, so that the caller should stop as soon as it knows enough.
 */
export async function* passedCommits(
  octokit: Octokit,
  place: Place,
  of: { readonly branch: string; readonly since: string; readonly most: number },
  check: CheckIdentity,
): AsyncGenerator<HistoryCommit & { readonly check: TreeCheck }> {
  for await (const one of readFirstParents(octokit, place, of)) {
    const answer = await judgedTree(octokit, place, one, check);
    if (answer.kind === "judged" && answer.check.unconditional) yield { ...one, check: answer.check };
  }
}
