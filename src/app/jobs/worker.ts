import { randomUUID } from "node:crypto";
import { failureOf } from "../../github/failure.ts";
import type { Unavailable, UnavailableScope } from "../../store/unavailable.ts";
import type { LeasedWork, Trouble } from "../../store/work.ts";
import { causeOf } from "../error-for-log.ts";
import { JudgeInterrupted } from "../judge/pool.ts";
import { MirrorDamaged } from "../mirror/mirror-damaged.ts";
import type { Services, UsesStore } from "../services.ts";
import {
  becomeAvailable,
  becomeUnavailable,
  type BecomeAvailableServices,
  type BecomeUnavailableServices,
} from "../unavailable.ts";
import { heldBack, type JobOutcome } from "./job-outcome.ts";
import { backOff } from "./judge-target.ts";

/** What `work` needs. */
export type WorkerServices = UsesStore<
  "deleteWork" | "finishWork" | "leaseWork" | "pauseWork" | "postponeWork" | "releaseCrashedWork" | "renewLease"
> &
  BecomeAvailableServices &
  BecomeUnavailableServices &
  Pick<Services, "running" | "deadline" | "leaseSeconds" | "checkpoint"> & {
    readonly log: Pick<Services["log"], "debug" | "info" | "warn" | "error">;
    readonly metrics: Pick<Services["metrics"], "jobs" | "jobSeconds">;
    readonly clients: Pick<Services["clients"], "forget" | "usedUp">;
    readonly mirrors: Pick<Services["mirrors"], "doubt">;
  };

/** The jobs that a worker runs. They reject with whatever GitHub's API or a bug threw. */
export interface Jobs {
  /** Judges a pull request or merge group. */
  judge(work: LeasedWork, signal: AbortSignal): Promise<JobOutcome>;
  /** Puts the rules on a default branch into force. */
  rules(work: LeasedWork, signal: AbortSignal): Promise<JobOutcome>;
  /** Does what a comment asks for. */
  command(work: LeasedWork): Promise<JobOutcome>;
  /** Looks at an issue about an override. */
  issue(work: LeasedWork): Promise<JobOutcome>;
  /** Judges all of a gated branch by itself. */
  compliance(work: LeasedWork, signal: AbortSignal): Promise<JobOutcome>;
  /** Concludes a check as failure, with the reason why nothing could be judged. */
  giveUp(work: LeasedWork, why: Trouble): Promise<JobOutcome>;
}

/**
 * After so many attempts that crashed the process or failed because of a bug, the job is not started again until a new
 * event.
 */
const MOST_ATTEMPTS = 5;

/**
 * Leases the work that is next and runs its job. Resolves to false if there is none. `stopping` aborts when the server
 * must exit.
 */
export async function work(services: WorkerServices, jobs: Jobs, stopping: AbortSignal): Promise<boolean> {
  const leased = await services.store.leaseWork(randomUUID(), services.leaseSeconds, services.clients.usedUp());
  if (leased === undefined) return false;
  const { key } = leased;
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
    const line = { work: key, outcome, milliseconds: Math.round(performance.now() - started) };
    // What is unavailable is logged once, and not at each attempt.
    if (outcome.kind === "unavailable") services.log.debug(line, "job finished");
    else services.log.info(line, outcome.kind === "later" ? "job will be retried" : "job finished");
    await settle(services, leased, outcome);
    await services.checkpoint("finished");
  } finally {
    clearInterval(heartbeat);
    if (services.running.get(key) === superseded) services.running.delete(key);
  }
  return true;
}

async function attempt(
  services: WorkerServices,
  jobs: Jobs,
  work: LeasedWork,
  superseded: AbortSignal,
  stopping: AbortSignal,
): Promise<JobOutcome | { readonly kind: "crashed" }> {
  const left = services.deadline * 1_000 - work.age;
  if (left <= 0) {
    const last = work.reason === undefined ? "" : `; the last attempt ended with: ${work.reason}`;
    const message = `it was not judged within ${services.deadline} s${last}`;
    return jobs.giveUp(work, { reason: work.because ?? "late", message });
  }
  if (work.attempts > MOST_ATTEMPTS)
    return jobs.giveUp(work, { reason: "crashed", message: `judging it failed ${MOST_ATTEMPTS} times` });
  const deadline = AbortSignal.timeout(Math.ceil(left));
  const signal = AbortSignal.any([superseded, stopping, deadline]);
  try {
    switch (work.subject.kind) {
      case "rules":
        return await jobs.rules(work, signal);
      case "command":
        return await jobs.command(work);
      case "issue":
        return await jobs.issue(work);
      case "compliance":
        return await jobs.compliance(work, signal);
      case "pull":
      case "group":
        return await jobs.judge(work, signal);
    }
  } catch (error) {
    if (superseded.aborted || stopping.aborted)
      return { kind: "later", seconds: 0, reason: "a newer state is waiting" };
    if (deadline.aborted || error instanceof JudgeInterrupted) {
      return jobs.giveUp(work, late(`judging it took longer than ${services.deadline} s`));
    }
    if (error instanceof MirrorDamaged) {
      await services.mirrors.doubt(error.directory);
      const reason = `the mirror could not be used and is made anew: ${error.message}`;
      services.log.warn({ work: work.key, cause: error.message }, "a mirror is damaged and is made anew");
      return { kind: "later", seconds: Math.min(backOff(work.age), left / 1_000 + 1), reason, because: "unfetchable" };
    }
    const failure = failureOf(error);
    switch (failure?.kind) {
      case "limited":
        return heldBack(failure.seconds);
      case "unavailable":
        services.clients.forget(work.subject.installation, work.subject.repository.id);
        return failure;
      case "transient":
      case "gone":
      case "refused":
        // The token may have been revoked: the next attempt gets a new one.
        if (failure.kind !== "transient" || failure.reason === "HTTP 401") {
          services.clients.forget(work.subject.installation, work.subject.repository.id);
        }
        return {
          kind: "later",
          seconds: Math.min(backOff(work.age), left / 1_000 + 1),
          reason: `GitHub did not answer as it should (${causeOf(error)})`,
          because: failure.kind === "transient" ? "unanswered" : failure.kind,
        };
      case undefined:
        services.log.error({ err: error, work: work.key, attempt: work.attempts }, "job failed");
        return { kind: "crashed" };
    }
  }
}

function late(message: string): Trouble {
  return { reason: "late", message };
}

/** The installation, the repository or the work itself, as the store names it. */
function scopeOf({ key, subject }: LeasedWork, kind: Unavailable["kind"], head?: string): UnavailableScope {
  const installation = subject.installation;
  const repository = subject.repository.id;
  switch (kind) {
    case "installation":
      return { kind, installation };
    case "repository":
      return { kind, installation, repository };
    case "work":
      return { kind, installation, repository, work: key, ...(head === undefined ? {} : { head }) };
  }
}

async function settle(
  services: WorkerServices,
  work: LeasedWork,
  outcome: JobOutcome | { readonly kind: "crashed" },
): Promise<void> {
  // An attempt that came to an end shows that what it needed is there again.
  if (outcome.kind === "done" || outcome.kind === "closed")
    for (const { kind } of work.unavailable) await becomeAvailable(services, scopeOf(work, kind));
  switch (outcome.kind) {
    case "done":
      await services.store.finishWork(work);
      return;
    case "closed":
      // It was enqueued again meanwhile: the pull request was reopened.
      if (!(await services.store.deleteWork(work))) await services.store.postponeWork(work, 0);
      return;
    case "later":
      await services.store.postponeWork(work, outcome.seconds, {
        reason: outcome.reason,
        ...(outcome.because === undefined ? {} : { because: outcome.because }),
        ...(outcome.held === undefined ? {} : { held: outcome.held }),
      });
      return;
    case "unavailable": {
      // It was forgotten meanwhile, so that nothing would end the state.
      if (!(await services.store.renewLease(work, services.leaseSeconds))) return;
      const seconds = await becomeUnavailable(services, scopeOf(work, outcome.scope, outcome.head), outcome);
      await services.store.pauseWork(work, seconds);
      return;
    }
    case "crashed":
      await services.store.releaseCrashedWork(work, 2 ** work.attempts);
  }
}
