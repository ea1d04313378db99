import { ownersText } from "../../gate/approvals/approval-need.ts";
import { isApproved, type ApprovalDecision, type DecidedNeed } from "../../gate/approvals/decide-approvals.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { AskedApprovals } from "../../store/heads.ts";
import { workKey, type Subject } from "../../store/work.ts";
import { waitForReplica } from "../jobs/behind.ts";
import type { JobOutcome } from "../jobs/job-outcome.ts";
import { placeOf } from "../publish/check-run.ts";
import type { RulesNeed } from "../rules/approval-needs.ts";
import type { UsesStore } from "../services.ts";
import type { Target } from "../target.ts";
import { askOwners, type AskedPull, type OwnersAnswer, type OwnersCalls } from "./ask-owners.ts";
import type { UsesOrganization } from "./people-facts.ts";

/** What `askAboutTarget` needs. */
export type AskServices = UsesOrganization & UsesStore<"findBaseTimes" | "findHead" | "findSubject" | "listPushers">;
export type AskCalls = OwnersCalls & Pick<RepositoryClient, "readMergeBase">;

/** A need of a target with what became of it. */
export type RulesDecision = ApprovalDecision<RulesNeed>;

/** What the owners say of a target, or why that cannot be told now. */
export type TargetAnswer =
  | Exclude<OwnersAnswer<RulesNeed>, { readonly kind: "behind" }>
  | Extract<JobOutcome, { readonly kind: "later" }>;

/** A pull request or merge group whose owners are asked. */
export interface AskedTarget {
  readonly target: Target;
  readonly installation: number;
  /** Milliseconds since the first attempt. */
  readonly age: number;
  /** Whether it goes into a gated branch. */
  readonly gated: boolean;
}

/**
 * Asks whether owners have approved what a target needs an approval for. A merge group is approved by the reviews of the
 * pull requests in it, each of its own head. What goes into a branch that is not gated is approved by nobody: its check is
 * that of the default branch, and would still be green in the moment after a retarget.
 */
export async function askAboutTarget(
  services: AskServices,
  github: AskCalls,
  asked: AskedTarget,
  needs: readonly RulesNeed[],
): Promise<TargetAnswer> {
  const { pull, review, baseRef } = asked.target;
  if (!asked.gated) return { kind: "decided", decision: notGated(needs, baseRef) };
  if (pull === undefined) return askAboutGroup(services, github, asked, needs);
  const { number, head } = pull;
  return askAboutPull(services, github, asked, { number, head, ...(review === undefined ? {} : { review }) }, needs);
}

/** A digest of a decision: with another one the check must say something else. */
export function digestOf(decision: ApprovalDecision): string {
  const needs = decision.needs.map(({ need, approvedBy, by, remarks }) => [need.key, approvedBy, by, remarks]);
  return JSON.stringify([needs, decision.uncounted]);
}

/** What is stored of a decision. */
export function askedApprovals(decision: RulesDecision): AskedApprovals {
  const logins = new Set(decision.needs.flatMap(({ approvedBy }) => approvedBy));
  const approvers = [...logins].map((by) => ({
    by,
    what: decision.needs.flatMap(({ need, approvedBy }) =>
      approvedBy.includes(by) ? [`${need.path}:${need.line} ${need.what}`] : [],
    ),
  }));
  return { needs: decision.needs.map(({ need }) => need), decision: digestOf(decision), approvers };
}

async function askAboutPull(
  services: AskServices,
  github: AskCalls,
  { target, installation, age }: AskedTarget,
  pull: Pick<AskedPull, "number" | "head" | "review">,
  needs: readonly RulesNeed[],
): Promise<TargetAnswer> {
  const place = placeOf(target);
  const { id, owner, name } = target.repository;
  const work = workKey({ kind: "pull", installation, repository: { id, owner, name }, number: pull.number });
  const base = await services.store.findBaseTimes(work, target.baseRef);
  const pushers = await services.store.listPushers(work);
  const subject: AskedPull = { place, installation, base, pushers, ...pull };
  const answer = await askOwners(services, github, subject, needs);
  if (answer.kind !== "behind") return answer;
  const wait = waitForReplica(age);
  if (wait !== undefined) return wait;
  const last = await askOwners(services, github, subject, needs, true);
  return last.kind === "behind" ? { kind: "moved" } : last;
}

const undecided = (need: RulesNeed): DecidedNeed<RulesNeed> => ({
  need,
  approvedBy: [],
  by: ownersText(need.owners),
  remarks: [],
});

function notGated(needs: readonly RulesNeed[], baseRef: string): RulesDecision {
  const uncounted = `No approval counts yet: the branch ${baseRef} is not gated. Approve it once it is to be merged into a branch that is.`;
  return { needs: needs.map(undecided), uncounted: [uncounted] };
}

/** A group needs nothing but what its pull requests need. What none of them was asked about is not approved. */
async function askAboutGroup(
  services: AskServices,
  github: AskCalls,
  asked: AskedTarget,
  needs: readonly RulesNeed[],
): Promise<TargetAnswer> {
  const pulls = await pullsInGroup(services, github, asked);
  const decided = new Map(needs.map((need) => [need.key, undecided(need)]));
  const uncounted: string[] = [];
  if (pulls === undefined)
    uncounted.push("Which pull requests are in this merge group is not known, so that no approval counts for it.");
  for (const number of pulls ?? []) {
    const head = await services.store.findHead(workKey(pullSubject(asked, number)));
    if (head === undefined) continue;
    if (head.conclusion === undefined)
      return { kind: "later", seconds: 1, reason: `#${number} of the merge group is being judged` };
    const keys = new Set(head.approvals?.needs.map(({ key }) => key));
    const own = needs.filter(({ key }) => keys.has(key));
    if (own.length === 0) continue;
    const answer = await askAboutPull(services, github, asked, { number, head: head.head }, own);
    // It has left the queue: this group will not be merged.
    if (answer.kind === "moved") continue;
    if (answer.kind === "later") return answer;
    uncounted.push(...answer.decision.uncounted);
    for (const one of answer.decision.needs)
      if (one.approvedBy.length > 0 || decided.get(one.need.key)?.approvedBy.length === 0)
        decided.set(one.need.key, one);
  }
  const all = [...decided.values()];
  return {
    kind: "decided",
    decision: { needs: all, uncounted: isApproved({ needs: all }) ? [] : [...new Set(uncounted)] },
  };
}

function pullSubject({ target, installation }: AskedTarget, number: number): Subject {
  const { id, owner, name } = target.repository;
  return { kind: "pull", installation, repository: { id, owner, name }, number };
}

/**
 * The pull requests in a merge group, its own last: GitHub builds each group on the one before it, down to the branch.
 * Undefined where that cannot be followed.
 */
async function pullsInGroup(
  services: UsesStore<"findSubject">,
  github: Pick<RepositoryClient, "readMergeBase">,
  { target, installation }: AskedTarget,
): Promise<readonly number[] | undefined> {
  const { id, owner, name } = target.repository;
  const pulls: number[] = [];
  let { queued, base } = target;
  while (queued !== undefined && base !== undefined) {
    pulls.unshift(queued);
    const below = await services.store.findSubject(
      workKey({ kind: "group", installation, repository: { id, owner, name }, head: base, base: "", baseRef: "" }),
    );
    if (await isOn(github, target, base)) return pulls;
    if (below?.kind !== "group") return undefined;
    ({ pull: queued, base } = below);
  }
  return undefined;
}

async function isOn(github: Pick<RepositoryClient, "readMergeBase">, target: Target, commit: string): Promise<boolean> {
  return (await github.readMergeBase(placeOf(target), commit, target.baseRef)) === commit;
}
