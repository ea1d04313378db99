import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { failureOf } from "../../github/failure.ts";
import type { LeasedReconciliation, Part } from "../../store/reconciliations.ts";
import type { Services, UsesQueue, UsesStore } from "../services.ts";
import { reconcileDeliveries, type DeliveriesServices } from "./deliveries.ts";
import type { Difference } from "./differences.ts";
import type { PartOutcome, Stretch } from "./part.ts";
import { reconcileRepositories, type RepositoriesServices } from "./repositories.ts";

/** What `reconcile` needs. */
export type ReconcileServices = DeliveriesServices &
  RepositoriesServices &
  UsesQueue &
  UsesStore<
    | "finishReconciliation"
    | "interruptReconciliation"
    | "leaseReconciliation"
    | "measureBacklog"
    | "renewReconciliation"
  > & {
    readonly log: Pick<Services["log"], "info" | "warn" | "error">;
    readonly metrics: Pick<Services["metrics"], "differences">;
  };

const PARTS: {
  readonly [part in Part]: (services: ReconcileServices, stretch: Stretch) => Promise<PartOutcome<unknown>>;
} = { deliveries: reconcileDeliveries, repositories: reconcileRepositories };

/** The seconds after which a comparison is made again; that of deliveries costs one request. */
const EVERY: { readonly [part in Part]: number } = { deliveries: 240, repositories: 24 * 3_600 };

const LEASE_SECONDS = 120;
const STRETCH_MILLISECONDS = 60_000;

/** Two requests in a second leave GitHub's secondary limits to the work on pull requests. */
const PACE_MILLISECONDS = 500;
const LONGEST_YIELD_MILLISECONDS = 10_000;

/** After a failure of GitHub or the connection, and after any other, which means a bug. */
const SECONDS_AFTER_FAILURE = 300;
const SECONDS_AFTER_CRASH = 3_600;

/**
 * Compares one part of what the App stored with GitHub, if that is due and no other replica does it, and corrects what
 * differs. A long comparison goes on in another job. `stopping` aborts when the server begins to stop.
 */
export async function reconcile(services: ReconcileServices, part: Part, stopping: AbortSignal): Promise<void> {
  const leased = await services.store.leaseReconciliation(part, randomUUID(), {
    seconds: LEASE_SECONDS,
    every: EVERY[part],
  });
  if (leased === undefined) return;
  const outcome = await attempt(services, leased, stopping);
  switch (outcome.kind) {
    case "later":
      await services.store.interruptReconciliation(leased, outcome.seconds, outcome.position);
      await services.queue.send("reconcile", { part }, outcome.seconds);
      return;
    case "done": {
      await services.store.finishReconciliation(leased);
      const { differences } = outcome;
      for (const [kind, count] of Object.entries(differences))
        services.metrics.differences.inc({ kind: kind as Difference }, count);
      const found = Object.keys(differences).length > 0;
      const seconds = Math.round((Date.now() - Date.parse(leased.startedAt)) / 1_000);
      // The comparison of deliveries is made every few minutes.
      if (found || part === "repositories") services.log.info({ part, seconds, differences }, "compared with GitHub");
    }
  }
}

async function attempt(
  services: ReconcileServices,
  leased: LeasedReconciliation,
  stopping: AbortSignal,
): Promise<PartOutcome<unknown>> {
  const { part } = leased;
  const lost = new AbortController();
  const renewal = setInterval(
    () => {
      services.store.renewReconciliation(leased, LEASE_SECONDS).then(
        (held) => held || lost.abort(),
        () => undefined,
      );
    },
    (LEASE_SECONDS * 1_000) / 3,
  );
  const until = performance.now() + STRETCH_MILLISECONDS;
  const isOver = (): boolean => stopping.aborted || lost.signal.aborted || performance.now() > until;
  const pace = async (): Promise<void> => {
    const latest = performance.now() + LONGEST_YIELD_MILLISECONDS;
    do await sleep(PACE_MILLISECONDS, undefined, { signal: stopping }).catch(() => undefined);
    while (!stopping.aborted && performance.now() < latest && (await isUrgentWorkDue(services)));
  };
  try {
    return await PARTS[part](services, { leased, pace, isOver });
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.kind === "limited") return { kind: "later", seconds: failure.seconds };
    if (failure === undefined) services.log.error({ err: error, part }, "the comparison with GitHub failed");
    else services.log.warn({ part, failure }, "GitHub could not be compared with");
    return { kind: "later", seconds: failure === undefined ? SECONDS_AFTER_CRASH : SECONDS_AFTER_FAILURE };
  } finally {
    clearInterval(renewal);
  }
}

async function isUrgentWorkDue(services: UsesStore<"measureBacklog">): Promise<boolean> {
  return (await services.store.measureBacklog()).some(({ urgent, waiting, held }) => urgent && waiting > held);
}
