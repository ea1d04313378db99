import type { Octokit } from "octokit";
import { readMergeBase } from "../../github/pulls.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { FetchOutcome, Mirror } from "./mirror.ts";
import type { Target } from "../target.ts";

/** The commits that are compared, and how they came about, in the words of the report. */
interface Trees {
  readonly after: string;
  readonly before: string;
  readonly how: string;
}

export type TreesChoice =
  /** `tree` is the id of the tree of `after`. */
  | { readonly kind: "trees"; readonly trees: Trees; readonly tree: string }
  /** GitHub has not made a test merge of this head and base yet. */
  | { readonly kind: "wait" }
  | Exclude<FetchOutcome, { readonly kind: "fetched" }>;

/** What choosing the trees needs; `job` names the refs that were fetched. */
export interface TreesRequest {
  readonly octokit: Octokit;
  readonly mirror: Mirror;
  readonly remote: Remote;
  readonly job: string;
  readonly signal: AbortSignal;
  readonly target: Target;
  /** Branches whose content counts as accepted. */
  readonly gated: readonly string[];
  /** Milliseconds since the work was first tried: nobody waits for a test merge for ever. */
  readonly age: number;
}

const TEST_MERGE_PATIENCE = 60_000;
/** A test merge on an older commit of the base is as good a base as any; a newer one usually comes soon. */
const NEWER_BASE_PATIENCE = 5_000;

/** Fetches what a job always needs: the head, the tip of the default branch, the base, and a test merge where there is one. */
export async function fetchTarget(
  mirror: Mirror,
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
  if (target.pull.mergeable === false) return mirror.fetch(remote, job, sources, signal);
  const merge = `refs/pull/${target.pull.number}/merge`;
  const outcome = await mirror.fetch(remote, job, { ...sources, merge }, signal);
  return outcome.kind === "missing" ? mirror.fetch(remote, job, sources, signal) : outcome;
}

/**
 * The trees before and after. A pull request into a gated branch is judged by GitHub's own test merge, whose second parent
 * must be the head, against the first parent of that very commit, which must stand on the base branch: after a retarget the
 * old test merge stands on a branch that may be anybody's. In conflict: the head against the merge base. Into any other
 * branch: the head against its merge base with the default branch, so that a verdict earned against one's own branch is
 * worth nothing elsewhere. A merge group: its own tree against its base.
 */
export async function chooseTrees(request: TreesRequest): Promise<TreesChoice> {
  const { target, mirror, job } = request;
  if (target.pull === undefined) {
    const [head, base] = [await mirror.commit(job, "head"), await mirror.commit(job, "base")];
    if (head === undefined || base === undefined) return { kind: "missing" };
    return chosen(head, base.id, "merge group");
  }
  if (!request.gated.includes(target.baseRef)) {
    const { defaultBranch } = target.repository;
    return againstMergeBase(request, await tip(request, "trusted"), `head against ${defaultBranch}`);
  }
  const base = await tip(request, "base");
  if (target.pull.mergeable === false) {
    return againstMergeBase(request, base, "head against merge base, in conflict");
  }
  const merge = await mirror.commit(job, "merge");
  const [onto, merged] = merge?.parents ?? [];
  if (merge !== undefined && onto !== undefined && merged === target.head) {
    if (onto === base) return chosen(merge, onto, "test merge");
    if (request.age < NEWER_BASE_PATIENCE) return { kind: "wait" };
    // What lies on the way to the base's tip was accepted once; a commit of another branch is its own merge base with nothing.
    if ((await mergeBase(request, base, onto)) === onto) return chosen(merge, onto, "test merge, on an older base");
  }
  if (request.age < TEST_MERGE_PATIENCE) return { kind: "wait" };
  return againstMergeBase(request, base, "head against merge base, GitHub made no test merge");
}

async function againstMergeBase(request: TreesRequest, base: string, how: string): Promise<TreesChoice> {
  const before = await mergeBase(request, base, request.target.head);
  const outcome = await request.mirror.fetch(request.remote, request.job, { before }, request.signal);
  if (outcome.kind !== "fetched") return outcome;
  const head = await request.mirror.commit(request.job, "head");
  return head === undefined ? { kind: "missing" } : chosen(head, before, how);
}

/** Known without asking where one is the parent of the other: most branches start at the tip of their base. */
async function mergeBase(request: TreesRequest, base: string, head: string): Promise<string> {
  const known = await request.mirror.commit(request.job, "head");
  if (base === head || (known?.id === head && known.parents.length === 1 && known.parents[0] === base)) return base;
  const place = { owner: request.target.repository.owner, repo: request.target.repository.name };
  return readMergeBase(request.octokit, place, base, head);
}

async function tip(request: TreesRequest, name: "trusted" | "base"): Promise<string> {
  const commit = await request.mirror.commit(request.job, name);
  if (commit === undefined) throw new Error(`the fetched ref ${name} is not in the mirror`);
  return commit.id;
}

function chosen(after: { readonly id: string; readonly tree: string }, before: string, how: string): TreesChoice {
  return { kind: "trees", trees: { after: after.id, before, how }, tree: after.tree };
}
