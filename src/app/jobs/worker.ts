import { randomUUID } from "node:crypto";
import { failureOf } from "../../github/failure.ts";
import type { LeasedWork } from "../../store/work.ts";
import { JudgeInterrupted } from "../judge/pool.ts";
import type { Services, UsesQueue, UsesStore } from "../services.ts";
import type { JobOutcome } from "./job-outcome.ts";
import { backOff } from "./judge-target.ts";

/** What `work` needs. */
export type WorkerServices = UsesStore<
  "deleteWork" | "finishWork" | "leaseWork" | "postponeWork" | "releaseCrashedWork" | "renewLease"
> &
  UsesQueue &
  Pick<Services, "running" | "deadline" | "leaseSeconds" | "checkpoint"> & {
    readonly log: Pick<Services["log"], "info" | "error">;
    readonly metrics: Pick<Services["metrics"], "jobs" | "jobSeconds">;
    readonly clients: Pick<Services["clients"], "forget">;
  };

/** The jobs that a worker runs. They reject with whatever GitHub's API or a bug threw. */
export interface Jobs {
  /** Judges a pull request or merge group. */
  judge(work: LeasedWork, signal: AbortSignal): Promise<JobOutcome>;
  /** Puts the rules on a default branch into force. */
  rules(work: LeasedWork, signal: AbortSignal): Promise<JobOutcome>;
  /** Concludes a check as failure, with the reason why nothing could be judged. */
  giveUp(work: LeasedWork, reason: string): Promise<JobOutcome>;
}

/**
 * After so many attempts that crashed the process or failed because of a bug, the job is not started again until a new
 * event.
 */
const MOST_ATTEMPTS = 5;

/** Leases the work with this key, if it is available, and runs its job. `stopping` aborts when the server must exit. */
export async function work(services: WorkerServices, jobs: Jobs, key: string, stopping: AbortSignal): Promise<void> {
  const leased = await services.store.leaseWork(key, randomUUID(), services.leaseSeconds);
  if (leased === undefined) return;
  const superseded = new AbortController();
  services.running.set(key, superseded);
  const started = performance.now();
  // Two renewals may fail before the lease expires.
  const renewal = (services.leaseSeconds * 1_000) / 3;
  const heartbeat = setInterval(() => {
    services.store.renewLease(leased, services.leaseSeconds).then(
      (held) => held || superseded.abort(),
      () => undefined,
    );
  }, renewal);
  try {
    await services.checkpoint("leased");
    const outcome = await attempt(services, jobs, leased, superseded.signal, stopping);
    services.metrics.jobs.inc({ outcome: outcome.kind });
    if (outcome.kind === "done") services.metrics.jobSeconds.observe((performance.now() - started) / 1_000);
    services.log.info(
      { work: key, outcome, milliseconds: Math.round(performance.now() - started) },
      outcome.kind === "later" ? "job will be retried" : "job finished",
    );
    await settle(services, leased, outcome);
    await services.checkpoint("finished");
  } finally {
    clearInterval(heartbeat);
    if (services.running.get(key) === superseded) services.running.delete(key);
  }
}

async function attempt(
  services: WorkerServices,
  jobs: Jobs,
  work: LeasedWork,
  superseded: AbortSignal,
  stopping: AbortSignal,
): Promise<JobOutcome | { readonly kind: "crashed" }> {
  const left = services.deadline * 1_000 - work.age;
  if (left <= 0) return jobs.giveUp(work, `it was not judged within ${services.deadline} s`);
  if (work.attempts > MOST_ATTEMPTS) return jobs.giveUp(work, `judging it failed ${MOST_ATTEMPTS} times`);
  const deadline = AbortSignal.timeout(Math.ceil(left));
  const signal = AbortSignal.any([superseded, stopping, deadline]);
  try {
    return work.subject.kind === "rules" ? await jobs.rules(work, signal) : await jobs.judge(work, signal);
  } catch (error) {
    if (superseded.aborted || stopping.aborted)
      return { kind: "later", seconds: 0, reason: "a newer state is waiting" };
    if (deadline.aborted || error instanceof JudgeInterrupted) {
      return jobs.giveUp(work, `judging it took longer than ${services.deadline} s`);
    }
    const failure = failureOf(error);
    switch (failure?.kind) {
      case "limited":
        return { kind: "later", seconds: failure.seconds + Math.random() * 5, reason: "GitHub's rate limit" };
      case "transient":
      case "gone":
      case "refused":
        // The token may have been revoked: the next attempt gets a new one.
        if (failure.kind !== "transient" || failure.reason === "HTTP 401") {
          services.clients.forget(work.subject.installation, work.subject.repository.id);
        }
        return { kind: "later", seconds: Math.min(backOff(work.age), left / 1_000 + 1), reason: failure.reason };
      case undefined:
        services.log.error({ err: error, work: work.key, attempt: work.attempts }, "job failed");
        return { kind: "crashed" };
    }
  }
}

async function settle(
  services: WorkerServices,
  work: LeasedWork,
  outcome: JobOutcome | { readonly kind: "crashed" },
): Promise<void> {
  switch (outcome.kind) {
    case "done":
      if (await services.store.finishWork(work)) await services.queue.send("work", { key: work.key });
      return;
    case "closed":
      // It was enqueued again meanwhile: the pull request was reopened.
      if (!(await services.store.deleteWork(work))) {
        await services.store.postponeWork(work, 0);
        await services.queue.send("work", { key: work.key });
      }
      return;
    case "later":
      await services.store.postponeWork(work, outcome.seconds);
      await services.queue.send("work", { key: work.key }, outcome.seconds);
      return;
    case "crashed": {
      const seconds = 2 ** work.attempts;
      await services.store.releaseCrashedWork(work, seconds);
      await services.queue.send("work", { key: work.key }, seconds);
    }
  }
}
