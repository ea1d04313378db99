import type { PullRequest } from "../../github/pulls.ts";
import type { LeasedWork } from "../../store/work.ts";
import { makeEvidence, type EvidenceCalls, type EvidenceServices } from "../evidence/make-evidence.ts";
import { recordPassed, type RecordPassedCalls, type RecordPassedServices } from "../restoring/record-passed.ts";
import { SignerFailed } from "../evidence/signer.ts";
import { findKnownRuns, supersedeRun, type SupersedeCalls, type SupersedeServices } from "../publish/check-run.ts";
import type { JobOutcome } from "./job-outcome.ts";
import type { UsesStore } from "../services.ts";
import { leaveHead, type LeaveHeadServices } from "./leave-head.ts";

/** What `closeSubject` needs. */
export type CloseServices = SupersedeServices &
  LeaveHeadServices &
  EvidenceServices &
  RecordPassedServices &
  UsesStore<"findRuns" | "findHead" | "deleteHead">;

/**
 * Handles a closed pull request: ends its open check run and leaves its head, so that nothing merges by the old verdict when
 * it is opened again. The commit that it was merged as gets its evidence, and is a state
 * that others may restore if it passed.
 */
export async function closeSubject(
  services: CloseServices,
  github: SupersedeCalls & EvidenceCalls & RecordPassedCalls,
  work: Pick<LeasedWork, "key" | "subject">,
  { pull }: { readonly pull: PullRequest },
): Promise<JobOutcome> {
  const place = { owner: work.subject.repository.owner, repo: work.subject.repository.name };
  const { open, concluded } = await findKnownRuns(services, work.key);
  for (const run of open) await supersedeRun(services, github, place, run);
  const head = await services.store.findHead(work.key);
  if (head !== undefined) await leaveHead(services, github, work, head, pull.merged);
  await services.store.deleteHead(work.key);
  await recordPassed(services, github, pull, work.key);
  try {
    await makeEvidence(services, github, pull, concluded?.runId);
  } catch (error) {
    if (!(error instanceof SignerFailed)) throw error;
    const message = `the commit that it was merged as has no evidence yet: ${error.message}`;
    return { kind: "unavailable", scope: "work", reason: "unanswered", message };
  }
  return { kind: "closed" };
}
