import type { PlanContext } from "./gitops.ts";
import { matchesBranch } from "./match-branch.ts";

/**
 * Why the content of a revision of this repository is not that of the tree; undefined where the revision is the branch that
 * the tree belongs to. The empty revision and HEAD are taken for that branch.
 */
export function unseenRevision(revision: string, context: BranchContext): string | undefined {
  if (revision === "" || revision === "HEAD") return undefined;
  if (isThisBranch(revision.replace(/^refs\/heads\//, ""), context)) return undefined;
  return isPinned(revision)
    ? `pinned to ${revision}, which this change does not update: the content of this tree is judged instead`
    : `follows ${revision}, which is not the judged branch: the content of this tree is judged instead`;
}

/**
 * Why it is not enough to judge a branch of this repository as it is now: anybody may push to it later without being
 * judged. Undefined for a revision that stays, and for a gated branch.
 */
export function ungatedBranch(revision: string, { config }: BranchContext): string | undefined {
  const branch = revision.replace(/^refs\/heads\//, "");
  if (isPinned(revision) || config.branches.some((entry) => matchesBranch(entry, branch))) return undefined;
  return `follows ${branch} of this repository, which is not gated: what is pushed there later is not judged`;
}

export type BranchContext = Pick<PlanContext, "branches"> & {
  readonly config: Pick<PlanContext["config"], "branches">;
};

/** Whether a branch is the one that the tree belongs to. Where that is not known, the gated branches and the usual names of a default branch count. */
export function isThisBranch(branch: string, { branches, config }: BranchContext): boolean {
  if (branches.length > 0) return branches.includes(branch);
  return ["main", "master"].includes(branch) || config.branches.some((entry) => matchesBranch(entry, branch));
}

/** Whether a revision does not move when this change is merged: a commit id, a tag, or a range of tags. */
function isPinned(revision: string): boolean {
  return (
    /^[0-9a-f]{7,40}$/i.test(revision) ||
    revision.startsWith("refs/tags/") ||
    /^v?\d+\.\d+(?:\.\d+)?(?:[-+][0-9a-z.+-]+)?$/i.test(revision) ||
    // Semantic version constraints, which Argo CD resolves against tags.
    /^(?:[~^<>=!]|v?\d+(?:\.\d+)*\.[x*]|\*$)/i.test(revision)
  );
}
