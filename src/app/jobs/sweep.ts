import {
  enqueueIfIdle,
  type EnqueueIfIdleServices,
  type Services,
  type UsesQueue,
  type UsesStore,
} from "../services.ts";
import { endOverrides, type EndOverridesServices } from "../overrides/end-overrides.ts";
import { forgetLongGone, type ForgetLongGoneServices } from "../unavailable.ts";

/** What `handleWaiting` needs. */
export type HandleWaitingServices = UsesStore<"listUnhandledDeliveries"> & UsesQueue;

/** Calls a worker for every unhandled delivery, for example after another replica died. */
export async function handleWaiting(services: HandleWaitingServices): Promise<void> {
  for (const guid of await services.store.listUnhandledDeliveries()) await services.queue.send("delivery", { guid });
}

/** What `sweep` needs. */
export type SweepServices = HandleWaitingServices &
  EnqueueIfIdleServices &
  ForgetLongGoneServices &
  EndOverridesServices &
  UsesStore<
    | "deleteOldClaims"
    | "listExpiredSubjects"
    | "deleteOldDeliveries"
    | "deleteOldGroups"
    | "deleteOldOverrides"
    | "deleteOldPushers"
    | "deleteOldRedeliveries"
    | "deleteOldReports"
    | "deleteOldRuns"
    | "deleteOldStandings"
    | "deleteStrayStates"
    | "scheduleCompliance"
    | "takeRepositoriesToSweep"
  > &
  Pick<Services, "now">;

/**
 * Makes up for lost webhooks: enqueues the rules job of the enrolled repositories that no sweep took for `everySeconds`
 * and what waivers that have expired let pass, has GitHub compared with what is stored and branches judged by themselves
 * where that is due, and deletes old records.
 */
export async function sweep(services: SweepServices, everySeconds: number): Promise<void> {
  await forgetLongGone(services);
  await handleWaiting(services);
  await endOverrides(services);
  for (const subject of await services.store.listExpiredSubjects(services.now()))
    await enqueueIfIdle(services, subject);
  for (const { id, owner, name, installation } of await services.store.takeRepositoriesToSweep(everySeconds)) {
    await enqueueIfIdle(services, { kind: "rules", installation, repository: { id, owner, name } });
  }
  if ((await services.store.scheduleCompliance(services.now().toISOString())) > 0) services.queue.wake();
  await services.store.deleteOldStandings();
  await services.store.deleteOldDeliveries();
  await services.store.deleteOldRuns();
  await services.store.deleteOldClaims();
  await services.store.deleteOldOverrides();
  await services.store.deleteStrayStates();
  await services.store.deleteOldGroups();
  await services.store.deleteOldPushers();
  await services.store.deleteOldReports();
  await services.store.deleteOldRedeliveries();
  for (const part of ["deliveries", "repositories"] as const) await services.queue.send("reconcile", { part });
}
