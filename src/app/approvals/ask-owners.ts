import type { ApprovalNeed } from "../../gate/approvals/approval-need.ts";
import {
  countingReviewers,
  decideApprovals,
  isApproved,
  type ApprovalDecision,
  type Permission,
  type Reviewed,
  type Reviewers,
} from "../../gate/approvals/decide-approvals.ts";
import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { BaseTimes } from "../../store/runs.ts";
import type { Target } from "../target.ts";
import {
  readProposedCommits,
  readTeams,
  unlessRefused,
  type CommitsCalls,
  type UsesOrganization,
} from "./people-facts.ts";

/** The calls with which owners are asked. */
export type OwnersCalls = CommitsCalls &
  Pick<RepositoryClient, "accountExists" | "readBaseChange" | "readPermission" | "readProposal" | "readReviews">;

/** A pull request whose reviews are asked for. */
export interface AskedPull {
  readonly place: Place;
  readonly installation: number;
  readonly number: number;
  readonly head: string;
  readonly review?: Target["review"];
  /** What the runs of the pull request tell of its base branch. */
  readonly base: BaseTimes;
  /** The ids of those who are known to have pushed to it. */
  readonly pushers: readonly number[];
}

/** What the reviews of a pull request say; `moved`: it has another head by now; `behind`: a review that is known is not listed yet. */
export type OwnersAnswer<N extends ApprovalNeed> =
  | { readonly kind: "decided"; readonly decision: ApprovalDecision<N> }
  | { readonly kind: "moved" }
  | { readonly kind: "behind" };

/**
 * Asks GitHub who has approved a pull request, who they are, and what they may do. It asks only for what can matter, and
 * rejects where GitHub does not answer. `isLast`: there is no more waiting for what GitHub does not list yet.
 */
export async function askOwners<N extends ApprovalNeed>(
  services: UsesOrganization,
  github: OwnersCalls,
  asked: AskedPull,
  needs: readonly N[],
  isLast = false,
): Promise<OwnersAnswer<N>> {
  const { place, number, head } = asked;
  const proposal = await github.readProposal(place, number);
  if (proposal.head !== head) return { kind: "moved" };
  const listed = await github.readReviews(place, number);
  if (!isLast && isBehind(listed, asked.review)) return { kind: "behind" };
  const reviews = listed.flatMap(({ by, state, commit, at }) => (by === undefined ? [] : [{ by, state, commit, at }]));
  const isOpen = reviews.some(({ state, commit }) => state === "approved" && commit === head);
  const change = isOpen ? await readChange(github, asked) : {};
  if (change === "behind" && !isLast) return { kind: "behind" };
  // What GitHub does not list by now, the runs tell.
  const since = change === "behind" ? { since: asked.base.into ?? new Date().toISOString() } : change;
  const reviewed: Reviewed = {
    head,
    // An account that is gone approves nothing.
    author: proposal.author ?? { id: 0, login: "ghost", type: "User" },
    pushers: asked.pushers,
    reviews,
    ...since,
    ...(isOpen ? await readProposedCommits(github, asked, proposal.commits) : { commits: [] }),
  };
  const candidates = countingReviewers(reviewed);
  const permissions = new Map<number, Permission>();
  for (const { id, login } of candidates)
    permissions.set(id, await unlessRefused(github.readPermission(place, login), "unread"));
  const writing = candidates.filter(({ id }) => ["admin", "write"].includes(permissions.get(id) ?? ""));
  const teams = await readTeams(
    services,
    asked,
    needs.flatMap(({ owners }) => owners),
    writing,
  );
  const first = decideApprovals(needs, reviewed, { permissions, teams });
  const missing = await findMissing(github, place, first, teams);
  return {
    kind: "decided",
    decision: missing.size === 0 ? first : decideApprovals(needs, reviewed, { permissions, teams, missing }),
  };
}

/** When it was given its base branch; `behind`: a change that the runs show is not listed. */
async function readChange(
  github: Pick<OwnersCalls, "readBaseChange">,
  { place, number, base: { left, into } }: AskedPull,
): Promise<{ readonly since?: string } | "behind"> {
  const listed = await unlessRefused(github.readBaseChange(place, number), "refused" as const);
  if (listed === "refused") return { since: into ?? new Date().toISOString() };
  if (left !== undefined && (listed === undefined || seconds(listed) < seconds(left))) return "behind";
  return listed === undefined ? {} : { since: listed };
}

const seconds = (time: string): number => Math.floor(Date.parse(time) / 1_000);

function isBehind(reviews: Awaited<ReturnType<OwnersCalls["readReviews"]>>, told: AskedPull["review"]): boolean {
  if (told === undefined) return false;
  const found = reviews.find(({ id }) => id === told.id);
  return found === undefined || (told.dismissed && found.state !== "dismissed");
}

/** The people who own something that nobody has approved, and whose accounts are gone. */
async function findMissing(
  github: OwnersCalls,
  place: Place,
  decision: ApprovalDecision,
  teams: Reviewers["teams"],
): Promise<ReadonlySet<string>> {
  const missing = new Set<string>();
  if (isApproved(decision)) return missing;
  for (const { need, approvedBy } of decision.needs) {
    // Another owner is left.
    if (
      approvedBy.length > 0 ||
      need.owners.some((owner) => owner.includes("/") && teams.get(owner.toLowerCase())?.kind !== "missing")
    )
      continue;
    for (const owner of need.owners) {
      if (owner.includes("/")) continue;
      if (await unlessRefused(github.accountExists(place, owner.slice(1)), true)) break;
      missing.add(owner.toLowerCase());
    }
  }
  return missing;
}
