import { failureOf } from "../../github/failure.ts";
import type { LeasedWork } from "../../store/work.ts";
import { couldNotEvaluate } from "../publish/check-body.ts";
import { checkName, gatesOf } from "../publish/check-name.ts";
import {
  externalId,
  publishConclusion,
  findKnownRuns,
  openRun,
  placeOf,
  subjectOf,
  type ConclusionCalls,
  type ConclusionServices,
  type OpenRunCalls,
  type OpenRunServices,
} from "../publish/check-run.ts";
import { closeSubject, type CloseServices } from "./close.ts";
import type { JobOutcome } from "./job-outcome.ts";
import type { Services, UsesGitHub, UsesStore } from "../services.ts";
import { readTarget, type TargetCalls } from "../target.ts";

/** What `giveUp` needs. */
export type GiveUpServices = CloseServices &
  OpenRunServices &
  ConclusionServices &
  UsesStore<"findRepository" | "recordHeadConclusion" | "recordPublishedConclusion"> &
  UsesGitHub<keyof (TargetCalls & OpenRunCalls & ConclusionCalls)> & { readonly log: Pick<Services["log"], "error"> };

/**
 * Concludes the check as failure, with `reason`, when the target could not be judged. A check never stays in progress,
 * and never passes without a verdict.
 */
export async function giveUp(services: GiveUpServices, work: LeasedWork, reason: string): Promise<JobOutcome> {
  if (work.subject.kind === "rules") return { kind: "done" };
  try {
    const { github } = await services.clients.access(work.subject.installation, work.subject.repository.id);
    const reading = await readTarget(github, work);
    if (reading.kind === "closed") return await closeSubject(services, github, work);
    const { target } = reading;
    const { defaultBranch } = target.repository;
    const repository = await services.store.findRepository(target.repository.id);
    const name = checkName(target.baseRef, defaultBranch, repository === undefined ? undefined : gatesOf(repository));
    const known = await findKnownRuns(services, work.key);
    const run = await openRun(services, github, work.key, target, known, { name, policies: "unknown" });
    const body = couldNotEvaluate(reason);
    const external = externalId({
      subject: subjectOf(target),
      head: target.head,
      base: target.pull?.base ?? target.base ?? "unknown",
      policies: "none",
      job: run.job,
    });
    await services.store.recordHeadConclusion(work.key, "failure", "none", name);
    await publishConclusion(services, github, placeOf(target), run, {
      ...body,
      name,
      annotations: [],
      externalId: external,
    });
    await services.store.recordPublishedConclusion(work.key, "failure");
    return { kind: "done" };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    if (failure.kind === "limited") return { kind: "later", seconds: failure.seconds, reason: "rate limit" };
    if (failure.kind === "transient") return { kind: "later", seconds: 30, reason: failure.reason };
    // The repository, the pull request or the permission is gone, so there is nothing left to report to.
    services.log.error({ work: work.key, failure }, "a check could not be concluded");
    return { kind: "done" };
  }
}
