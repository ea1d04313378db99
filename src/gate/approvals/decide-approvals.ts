import { ownersText, type ApprovalNeed } from "./approval-need.ts";
import { isKnown, isSame, type Account, type ProposedCommit } from "./people.ts";

/** A review of a pull request, or what became of it. */
export interface Review {
  readonly by: Account;
  readonly state: "approved" | "changes requested" | "dismissed" | "commented";
  /** The commit that was the head when it was submitted. */
  readonly commit: string;
  /** When it was submitted; empty where that is not known. */
  readonly at: string;
}

/** A team, as far as the reviewers who count are concerned. */
export type Team =
  /** The ids of those of them who are members, of it or of a team below it. */
  | { readonly kind: "team"; readonly members: ReadonlySet<number> }
  /** GitHub has no such team. */
  | { readonly kind: "missing" }
  /** GitHub does not tell. */
  | { readonly kind: "unread"; readonly why: string };

/** What a person may do with the repository now; `unread`: GitHub does not tell. */
export type Permission = "admin" | "write" | "less" | "unread";

/** A pull request, as far as approvals of it are concerned. */
export interface Reviewed {
  readonly head: string;
  readonly author: Account;
  /** The ids of those who are known to have pushed to it, whatever its commits say. */
  readonly pushers?: readonly number[];
  /** All commits that it adds; absent: GitHub does not list all. */
  readonly commits?: readonly ProposedCommit[];
  /** Oldest first. */
  readonly reviews: readonly Review[];
  /** When it was given its base branch; absent: it was opened with it. An approval of before is of a merge into another one. */
  readonly since?: string;
}

/** What GitHub tells of those whose approval may count. */
export interface Reviewers {
  /** By account. */
  readonly permissions: ReadonlyMap<number, Permission>;
  /** By name in lower case, `@org/team`. */
  readonly teams: ReadonlyMap<string, Team>;
  /** Owners (`@login`, in lower case) that GitHub has no account of. */
  readonly missing?: ReadonlySet<string>;
}

/** What became of one need: by whose approval it is met, or what is said of it. */
export interface DecidedNeed<N extends ApprovalNeed = ApprovalNeed> {
  readonly need: N;
  /** Logins; empty: it is not met. */
  readonly approvedBy: readonly string[];
  /** Who must approve it, as people read it. */
  readonly by: string;
  /** Sentences about its owners that people must know. */
  readonly remarks: readonly string[];
}

/** Whether the owners have approved a change. */
export interface ApprovalDecision<N extends ApprovalNeed = ApprovalNeed> {
  readonly needs: readonly DecidedNeed<N>[];
  /** Sentences about approvals that do not count, and why. */
  readonly uncounted: readonly string[];
}

/** Whether every need is met. */
export function isApproved({ needs }: Pick<ApprovalDecision, "needs">): boolean {
  return needs.every(({ approvedBy }) => approvedBy.length > 0);
}

interface Approval {
  readonly by: Account;
  /** Why it does not count; absent: it may. */
  readonly against?: string;
}

/**
 * Those whose approval counts if they are owners who may write. The newest review of a person that approves or requests
 * changes is theirs, and it must be of the very head.
 */
export function countingReviewers(reviewed: Reviewed): readonly Account[] {
  return approvalsOf(reviewed).flatMap(({ by, against }) => (against === undefined ? [by] : []));
}

/** Decides which needs of a change are met. Whatever GitHub does not tell counts as no approval. */
export function decideApprovals<N extends ApprovalNeed>(
  needs: readonly N[],
  reviewed: Reviewed,
  reviewers: Reviewers,
): ApprovalDecision<N> {
  const approvals = approvalsOf(reviewed).map((approval): Approval => {
    if (approval.against !== undefined) return approval;
    const permission = reviewers.permissions.get(approval.by.id) ?? "unread";
    if (permission === "unread") return { ...approval, against: "GitHub does not tell whether they may write" };
    return permission === "less" ? { ...approval, against: "they may not write to the repository" } : approval;
  });
  const counting = approvals.filter(({ against }) => against === undefined).map(({ by }) => by);
  const decided = needs.map((need) => decideNeed(need, counting, reviewers));
  const used = new Set(decided.flatMap(({ approvedBy }) => approvedBy));
  const isMet = isApproved({ needs: decided });
  return {
    needs: decided,
    uncounted: approvals.flatMap(({ by: { login }, against }) => {
      if (against !== undefined) return [`The approval of @${login} does not count: ${against}.`];
      if (used.has(login) || isMet) return [];
      return [`The approval of @${login} does not count: they own nothing of what needs an approval.`];
    }),
  };
}

function decideNeed<N extends ApprovalNeed>(
  need: N,
  counting: readonly Account[],
  { permissions, teams, missing }: Reviewers,
): DecidedNeed<N> {
  const states = need.owners.map((owner) => ({ owner, state: stateOf(owner, teams, missing) }));
  const remarks = states.flatMap(({ owner, state }) => {
    if (state === "missing") return [`GitHub knows no ${owner}: it may have been renamed or deleted.`];
    return state.startsWith("unread: ")
      ? [`Whether somebody belongs to ${owner} is not known: ${state.slice("unread: ".length)}.`]
      : [];
  });
  // Where nobody can be an owner any more, only those are left who could also switch the gate off.
  const byAdministrators = states.every(({ state }) => state === "missing");
  const isOwner = ({ id, login }: Account): boolean =>
    byAdministrators
      ? permissions.get(id) === "admin"
      : need.owners.some((owner) => {
          const team = teams.get(owner.toLowerCase());
          if (owner.includes("/")) return team?.kind === "team" && team.members.has(id);
          return owner.slice(1).toLowerCase() === login.toLowerCase();
        });
  return {
    need,
    approvedBy: counting.filter(isOwner).map(({ login }) => login),
    by: ownersText(byAdministrators ? [] : need.owners),
    remarks,
  };
}

function stateOf(owner: string, teams: Reviewers["teams"], missing: Reviewers["missing"]): string {
  const name = owner.toLowerCase();
  if (!owner.includes("/")) return missing?.has(name) === true ? "missing" : "person";
  const team = teams.get(name);
  return team?.kind === "unread" ? `unread: ${team.why}` : (team?.kind ?? "team");
}

/** The approvals that stand, each with what speaks against it besides permissions and ownership. */
function approvalsOf(reviewed: Reviewed): readonly Approval[] {
  const newest = new Map<number, Review>();
  for (const review of reviewed.reviews) if (review.state !== "commented") newest.set(review.by.id, review);
  return [...newest.values()].flatMap((review) => {
    if (review.state !== "approved") return [];
    const against = objection(review, reviewed);
    return [{ by: review.by, ...(against === undefined ? {} : { against }) }];
  });
}

function objection(
  { by, commit, at }: Review,
  { head, author, pushers = [], commits, since }: Reviewed,
): string | undefined {
  if (by.type !== "User" || by.login.endsWith("[bot]")) return "only a person can approve";
  if (by.id === author.id) return "they opened the pull request";
  if (commit !== head) return `it is of ${commit.slice(0, 12)}, and the head is ${head.slice(0, 12)}`;
  // Times of GitHub are in seconds: of one second, it is not known which came first.
  if (since !== undefined && !(Date.parse(at) > Date.parse(since)))
    return "it was given before the pull request had this base branch";
  if (commits === undefined)
    return "GitHub does not list all commits of the pull request, so that nobody can be shown to have no part in it";
  for (const { sha, contributors } of commits) {
    const own = contributors.find((one) => isSame(one, by));
    if (own !== undefined) return `they are ${own.role} of ${sha.slice(0, 12)}`;
    const stranger = contributors.find((one) => one.role !== "co-author" && !isKnown(one));
    if (stranger !== undefined)
      return `GitHub knows no account of the ${stranger.role} of ${sha.slice(0, 12)} (${stranger.email}), so that nobody can be shown to be another person`;
  }
  // Whatever the commits say.
  if (pushers.includes(by.id)) return "they pushed to the pull request";
  return undefined;
}
