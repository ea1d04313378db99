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
import { runJob } from "./judge-job.ts";
import { JudgeInterrupted } from "../judge/pool.ts";
import { backOff } from "./judge-target.ts";
import type { Outcome } from "./outcome.ts";
import type { Parts } from "../services.ts";
import { runRulesJob } from "./rules-job.ts";

const RENEW_MILLISECONDS = 20_000;

/** A job that took its process down, or failed by a bug of ours, so often is not started again until something new happens. */
const MOST_ATTEMPTS = 5;

/** Takes the work of `key`, if it is there to take, and does it. `stopping` aborts when the server drains no longer. */
export async function work(parts: Parts, key: string, stopping: AbortSignal): Promise<void> {
  const leased = await leaseWork(parts.database, key, randomUUID());
  if (leased === undefined) return;
  const superseded = new AbortController();
  parts.running.set(key, superseded);
  const started = performance.now();
  const heartbeat = setInterval(() => {
    renewLease(parts.database, leased).then(
      (held) => held || superseded.abort(),
      () => undefined,
    );
  }, RENEW_MILLISECONDS);
  try {
    await parts.step("leased");
    const outcome = await attempt(parts, leased, superseded.signal, stopping);
    parts.metrics.jobs.inc({ outcome: outcome.kind });
    if (outcome.kind === "done") parts.metrics.jobSeconds.observe((performance.now() - started) / 1_000);
    parts.log.info(
      { work: key, outcome, milliseconds: Math.round(performance.now() - started) },
      outcome.kind === "later" ? "a job is to be tried again" : "a job has ended",
    );
    await settle(parts, leased, outcome);
    await parts.step("finished");
  } finally {
    clearInterval(heartbeat);
    if (parts.running.get(key) === superseded) parts.running.delete(key);
  }
}

async function attempt(
  parts: Parts,
  work: Leased,
  superseded: AbortSignal,
  stopping: AbortSignal,
): Promise<Outcome | { readonly kind: "crashed" }> {
  const left = parts.deadline * 1_000 - work.age;
  if (left <= 0) return giveUp(parts, work, `it could not be judged within ${parts.deadline} s`);
  if (work.attempts > MOST_ATTEMPTS) return giveUp(parts, work, `judging it failed ${MOST_ATTEMPTS} times`);
  const deadline = AbortSignal.timeout(Math.ceil(left));
  const signal = AbortSignal.any([superseded, stopping, deadline]);
  try {
    return work.subject.kind === "rules" ? await runRulesJob(parts, work, signal) : await runJob(parts, work, signal);
  } catch (error) {
    if (superseded.aborted || stopping.aborted) return { kind: "later", seconds: 0, reason: "a newer state is wanted" };
    if (deadline.aborted || error instanceof JudgeInterrupted) {
      return giveUp(parts, work, `judging it took longer than ${parts.deadline} s`);
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
          parts.clients.forget(work.subject.installation, work.subject.repository.id);
        }
        return { kind: "later", seconds: Math.min(backOff(work.age), left / 1_000 + 1), reason: failure.reason };
      case undefined:
        parts.log.error({ err: error, work: work.key, attempt: work.attempts }, "a job failed");
        return { kind: "crashed" };
    }
  }
}

async function settle(parts: Parts, work: Leased, outcome: Outcome | { readonly kind: "crashed" }): Promise<void> {
  switch (outcome.kind) {
    case "done":
      if (await finishWork(parts.database, work)) await parts.queue.send("work", { key: work.key });
      return;
    case "closed":
      // Asked for again meanwhile: it was reopened.
      if (!(await dropWork(parts.database, work))) {
        await postponeWork(parts.database, work, 0);
        await parts.queue.send("work", { key: work.key });
      }
      return;
    case "later":
      await postponeWork(parts.database, work, outcome.seconds);
      await parts.queue.send("work", { key: work.key }, outcome.seconds);
      return;
    case "crashed": {
      const seconds = 2 ** work.attempts;
      await abandonWork(parts.database, work, seconds);
      await parts.queue.send("work", { key: work.key }, seconds);
    }
  }
}
