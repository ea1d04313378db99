import type { RepositoryClient } from "../../github/repository-client.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { FetchOutcome, Mirror } from "./mirror.ts";
import type { Target } from "../target.ts";

/** The two commits that are compared, and a description for the report of how they were chosen. */
interface Trees {
  readonly after: string;
  readonly before: string;
  readonly how: string;
}

/** The trees to judge, or why they are not available yet. */
export type TreesChoice =
  /** `tree` is the id of the tree of `after`. */
  | { readonly kind: "trees"; readonly trees: Trees; readonly tree: string }
  /** GitHub has not created a test merge of this head and base yet. */
  | { readonly kind: "wait" }
  | Exclude<FetchOutcome, { readonly kind: "fetched" }>;

/** What `chooseTrees` needs; `job` names the fetched refs. */
export interface TreesRequest {
  readonly github: Pick<RepositoryClient, "readMergeBase">;
  readonly mirror: Pick<Mirror, "commit" | "fetch">;
  readonly remote: Remote;
  readonly job: string;
  readonly signal: AbortSignal;
  readonly target: Target;
  /** Whether the branch that the target goes into is gated: then its content counts as accepted. */
  readonly gated: boolean;
  /** Milliseconds since the first attempt; waiting for a test merge is limited. */
  readonly age: number;
}

const TEST_MERGE_PATIENCE = 60_000;
/** A test merge on an older commit of the base is acceptable, but usually a newer one comes soon. Milliseconds. */
const NEWER_BASE_PATIENCE = 5_000;

/**
 * Fetches what every job needs: the head, the tip of the default branch, the base, and the test merge if there is one.
 */
export async function fetchTarget(
  mirror: Pick<Mirror, "fetch">,
  remote: Remote,
  job: string,
  target: Target,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const trusted = `refs/heads/${target.repository.defaultBranch}`;
  if (target.pull === undefined) {
    return mirror.fetch(remote, job, { head: target.head, trusted, base: target.base ?? trusted }, signal);
  }
  const sources = {
    head: `refs/pull/${target.pull.number}/head`,
    trusted,
    base: `refs/heads/${target.baseRef}`,
  };
  if (target.pull.mergeable === false || target.pull.below !== undefined)
    return mirror.fetch(remote, job, sources, signal);
  const merge = `refs/pull/${target.pull.number}/merge`;
  const outcome = await mirror.fetch(remote, job, { ...sources, merge }, signal);
  return outcome.kind === "missing" ? mirror.fetch(remote, job, sources, signal) : outcome;
}

/**
 * Chooses the trees to compare. A pull request into a gated branch: GitHub's test merge, whose second parent must be
 * the head, against the first parent of that commit, which must be on the base branch. (After a retarget the old test
 * merge is based on a branch that anybody may control.) In conflict and in a stack: the head against the merge base. A merge group: its own
 * tree against its base. A pull request or merge group into any other branch: the head against its merge base with the
 * default branch, so that a verdict on an ungated branch is worth nothing elsewhere.
 */
export async function chooseTrees(request: TreesRequest): Promise<TreesChoice> {
  const { target, mirror, job } = request;
  if (!request.gated) {
    const { defaultBranch } = target.repository;
    return againstMergeBase(request, await tip(request, "trusted"), `head against ${defaultBranch}`);
  }
  if (target.pull === undefined) {
    const [head, base] = [await mirror.commit(job, "head"), await mirror.commit(job, "base")];
    if (head === undefined || base === undefined) return { kind: "missing" };
    return chosen(head, base.id, "merge group");
  }
  const base = await tip(request, "base");
  // GitHub tests merges into the branch below, which anybody may control.
  if (target.pull.below !== undefined)
    return againstMergeBase(
      request,
      base,
      `head against merge base with ${target.baseRef}, which its stack is to reach`,
    );
  if (target.pull.mergeable === false) {
    return againstMergeBase(request, base, "head against merge base, in conflict");
  }
  const merge = await mirror.commit(job, "merge");
  const [onto, merged] = merge?.parents ?? [];
  if (merge !== undefined && onto !== undefined && merged === target.head) {
    if (onto === base) return chosen(merge, onto, "test merge");
    if (request.age < NEWER_BASE_PATIENCE) return { kind: "wait" };
    // Every commit on the way to the tip of the base was accepted before. A commit of another branch is not its own
    // merge base with the base.
    if ((await mergeBase(request, base, onto)) === onto) return chosen(merge, onto, "test merge, on an older base");
  }
  if (request.age < TEST_MERGE_PATIENCE) return { kind: "wait" };
  return againstMergeBase(request, base, "head against merge base, as GitHub has created no test merge");
}

/** Whether the tree after is that of a merge, and not of a head that may never be merged as it is. */
export function isOfMerge({ how }: Trees): boolean {
  return !how.startsWith("head against");
}

async function againstMergeBase(request: TreesRequest, base: string, how: string): Promise<TreesChoice> {
  const before = await mergeBase(request, base, request.target.head);
  const outcome = await request.mirror.fetch(request.remote, request.job, { before }, request.signal);
  if (outcome.kind !== "fetched") return outcome;
  const head = await request.mirror.commit(request.job, "head");
  return head === undefined ? { kind: "missing" } : chosen(head, before, how);
}

/**
 * The merge base, without a request if one commit is the parent of the other: most branches start at the tip of their
 * base.
 */
async function mergeBase(request: TreesRequest, base: string, head: string): Promise<string> {
  const known = await request.mirror.commit(request.job, "head");
  if (base === head || (known?.id === head && known.parents.length === 1 && known.parents[0] === base)) return base;
  const place = { owner: request.target.repository.owner, repo: request.target.repository.name };
  return request.github.readMergeBase(place, base, head);
}

async function tip(request: TreesRequest, name: "trusted" | "base"): Promise<string> {
  const commit = await request.mirror.commit(request.job, name);
  if (commit === undefined) throw new Error(`the fetched ref ${name} is not in the mirror`);
  return commit.id;
}

function chosen(after: { readonly id: string; readonly tree: string }, before: string, how: string): TreesChoice {
  return { kind: "trees", trees: { after: after.id, before, how }, tree: after.tree };
}
