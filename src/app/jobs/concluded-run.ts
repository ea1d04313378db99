import { isGated } from "../../gate/gated-branches.ts";
import type { Head } from "../../store/heads.ts";
import type { Repository } from "../../store/repositories.ts";
import type { LeasedWork } from "../../store/work.ts";
import {
  askAboutTarget,
  digestOf,
  type AskCalls,
  type AskedTarget,
  type AskServices,
} from "../approvals/asked-target.ts";
import { checkName, gatesOf } from "../publish/check-name.ts";
import type { KnownRuns, LiveRun } from "../publish/check-run.ts";
import type { Services } from "../services.ts";
import type { Target } from "../target.ts";
import { isByRulesInForce } from "./by-rules-in-force.ts";

/** What `findConcludedRun` needs. */
export type ConcludedRunServices = AskServices & Pick<Services, "now">;

interface ConcludedContext {
  readonly target: Target;
  readonly repository: Repository;
  readonly known: KnownRuns;
}

/**
 * The concluded run for this very state: same head, same base branch, same check, same rules and waivers in force. After a crash its comments
 * may still be missing. "all posted" if nothing is missing; undefined if the target must be judged.
 */
export async function findConcludedRun(
  services: ConcludedRunServices,
  github: AskCalls,
  work: LeasedWork,
  { target, repository, known: { open, concluded } }: ConcludedContext,
): Promise<LiveRun | "all posted" | undefined> {
  const head = await services.store.findHead(work.key);
  const gates = gatesOf(repository);
  const same =
    !work.forced &&
    open.length === 0 &&
    concluded?.runId !== undefined &&
    concluded.conclusion !== "superseded" &&
    concluded.head === target.head &&
    concluded.baseRef === target.baseRef &&
    head?.head === target.head &&
    (gates === undefined || head.check === checkName(target.baseRef, repository.defaultBranch, gates)) &&
    head.published !== undefined &&
    !hasEnded(head, services.now()) &&
    isByRulesInForce(head.policies, repository);
  if (!same || concluded.runId === undefined) return undefined;
  const gated = isGated(target.baseRef, repository.defaultBranch, gates ?? []);
  const asked = { target, installation: work.subject.installation, age: work.age, gated };
  if (!(await ownersSayTheSame(services, github, asked, head))) return undefined;
  return concluded.reviewed ? "all posted" : { ...concluded, runId: concluded.runId };
}

/** Whether what owners say is what the check was concluded by. */
async function ownersSayTheSame(
  services: AskServices,
  github: AskCalls,
  asked: AskedTarget,
  { approvals }: Head,
): Promise<boolean> {
  if (approvals === undefined) return true;
  const answer = await askAboutTarget(services, github, asked, approvals.needs);
  return answer.kind === "decided" && digestOf(answer.decision) === approvals.decision;
}

/** Whether something that a verdict rests on has expired since, such as a waiver. */
function hasEnded({ validUntil }: Head, now: Date): boolean {
  return validUntil !== undefined && Date.parse(validUntil) <= now.getTime();
}
