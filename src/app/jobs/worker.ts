import { randomUUID } from "node:crypto";
import { failureOf } from "../../github/failure.ts";
import {
  abandonWork,
  dropWork,
  finishWork,
  leaseWork,
  postponeWork,
  renewLease,
  type Leased,
} from "../../store/work.ts";
import { giveUp } from "./give-up.ts";
import { runJudgeJob } from "./judge-job.ts";
import { JudgeInterrupted } from "../judge/pool.ts";
import { backOff } from "./judge-target.ts";
import type { JobOutcome } from "./job-outcome.ts";
import type { Services } from "../services.ts";
import { runRulesJob } from "./rules-job.ts";

const RENEW_MILLISECONDS = 20_000;

/** A job that took its process down, or failed by a bug of ours, so often is not started again until something new happens. */
const MOST_ATTEMPTS = 5;

/** Takes the work of `key`, if it is there to take, and does it. `stopping` aborts when the server drains no longer. */
export async function work(services: Services, key: string, stopping: AbortSignal): Promise<void> {
  const leased = await leaseWork(services.database, key, randomUUID());
  if (leased === undefined) return;
  const superseded = new AbortController();
  services.running.set(key, superseded);
  const started = performance.now();
  const heartbeat = setInterval(() => {
    renewLease(services.database, leased).then(
      (held) => held || superseded.abort(),
      () => undefined,
    );
  }, RENEW_MILLISECONDS);
  try {
    await services.checkpoint("leased");
    const outcome = await attempt(services, leased, superseded.signal, stopping);
    services.metrics.jobs.inc({ outcome: outcome.kind });
    if (outcome.kind === "done") services.metrics.jobSeconds.observe((performance.now() - started) / 1_000);
    services.log.info(
      { work: key, outcome, milliseconds: Math.round(performance.now() - started) },
      outcome.kind === "later" ? "a job is to be tried again" : "a job has ended",
    );
    await settle(services, leased, outcome);
    await services.checkpoint("finished");
  } finally {
    clearInterval(heartbeat);
    if (services.running.get(key) === superseded) services.running.delete(key);
  }
}

async function attempt(
  services: Services,
  work: Leased,
  superseded: AbortSignal,
  stopping: AbortSignal,
): Promise<JobOutcome | { readonly kind: "crashed" }> {
  const left = services.deadline * 1_000 - work.age;
  if (left <= 0) return giveUp(services, work, `it could not be judged within ${services.deadline} s`);
  if (work.attempts > MOST_ATTEMPTS) return giveUp(services, work, `judging it failed ${MOST_ATTEMPTS} times`);
  const deadline = AbortSignal.timeout(Math.ceil(left));
  const signal = AbortSignal.any([superseded, stopping, deadline]);
  try {
    return work.subject.kind === "rules"
      ? await runRulesJob(services, work, signal)
      : await runJudgeJob(services, work, signal);
  } catch (error) {
    if (superseded.aborted || stopping.aborted) return { kind: "later", seconds: 0, reason: "a newer state is wanted" };
    if (deadline.aborted || error instanceof JudgeInterrupted) {
      return giveUp(services, work, `judging it took longer than ${services.deadline} s`);
    }
    const failure = failureOf(error);
    switch (failure?.kind) {
      case "limited":
        return { kind: "later", seconds: failure.seconds + Math.random() * 5, reason: "GitHub's rate limit" };
      case "transient":
      case "gone":
      case "refused":
        // A token that lost its power is one cause; the next attempt mints another.
        if (failure.kind !== "transient" || failure.reason === "HTTP 401") {
          services.clients.forget(work.subject.installation, work.subject.repository.id);
        }
        return { kind: "later", seconds: Math.min(backOff(work.age), left / 1_000 + 1), reason: failure.reason };
      case undefined:
        services.log.error({ err: error, work: work.key, attempt: work.attempts }, "a job failed");
        return { kind: "crashed" };
    }
  }
}

async function settle(
  services: Services,
  work: Leased,
  outcome: JobOutcome | { readonly kind: "crashed" },
): Promise<void> {
  switch (outcome.kind) {
    case "done":
      if (await finishWork(services.database, work)) await services.queue.send("work", { key: work.key });
      return;
    case "closed":
      // Asked for again meanwhile: it was reopened.
      if (!(await dropWork(services.database, work))) {
        await postponeWork(services.database, work, 0);
        await services.queue.send("work", { key: work.key });
      }
      return;
    case "later":
      await postponeWork(services.database, work, outcome.seconds);
      await services.queue.send("work", { key: work.key }, outcome.seconds);
      return;
    case "crashed": {
      const seconds = 2 ** work.attempts;
      await abandonWork(services.database, work, seconds);
      await services.queue.send("work", { key: work.key }, seconds);
    }
  }
}
