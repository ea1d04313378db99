import { failureOf } from "../../github/failure.ts";
import { headJudged, headPublished } from "../../store/heads.ts";
import type { Leased } from "../../store/work.ts";
import { couldNotEvaluate } from "../publish/check-body.ts";
import { externalId, finishRun, knownRuns, openRun, placeOf, subjectOf } from "../publish/check-run.ts";
import { closeSubject } from "./close.ts";
import type { JobOutcome } from "./job-outcome.ts";
import type { Services } from "../services.ts";
import { readTarget } from "../target.ts";

/** Concludes as failure what could not be judged: a check never stays in progress, and never passes for want of a verdict. */
export async function giveUp(services: Services, work: Leased, reason: string): Promise<JobOutcome> {
  if (work.subject.kind === "rules") return { kind: "done" };
  try {
    const { octokit } = await services.clients.access(work.subject.installation, work.subject.repository.id);
    const reading = await readTarget(octokit, work);
    if (reading.kind === "closed") return await closeSubject(services, octokit, work);
    const { target } = reading;
    const run = await openRun(services, octokit, work.key, target, await knownRuns(services, work.key), "unknown");
    const body = couldNotEvaluate(reason);
    const external = externalId({
      subject: subjectOf(target),
      head: target.head,
      base: target.pull?.base ?? target.base ?? "unknown",
      policies: "none",
      job: run.job,
    });
    await headJudged(services.database, work.key, "failure", "none");
    await finishRun(services, octokit, placeOf(target), run, { ...body, annotations: [], externalId: external });
    await headPublished(services.database, work.key, "failure");
    return { kind: "done" };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    if (failure.kind === "limited") return { kind: "later", seconds: failure.seconds, reason: "rate limit" };
    if (failure.kind === "transient") return { kind: "later", seconds: 30, reason: failure.reason };
    // The repository, the pull request or the permission is gone: there is no place left to say anything.
    services.log.error({ work: work.key, failure }, "a check could not be concluded");
    return { kind: "done" };
  }
}
