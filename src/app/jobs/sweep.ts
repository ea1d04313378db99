import { enqueueIfIdle, type EnqueueIfIdleServices, type UsesQueue, type UsesStore } from "../services.ts";

/** What `enqueueWaiting` needs. */
export type EnqueueWaitingServices = UsesStore<"listUnhandledDeliveries" | "listWaitingWork"> & UsesQueue;

/** Calls a worker for every unhandled delivery and all waiting work, for example after another replica died. */
export async function enqueueWaiting(services: EnqueueWaitingServices): Promise<void> {
  for (const guid of await services.store.listUnhandledDeliveries()) await services.queue.send("delivery", { guid });
  for (const key of await services.store.listWaitingWork()) await services.queue.send("work", { key });
}

/** What `sweep` needs. */
export type SweepServices = EnqueueWaitingServices &
  EnqueueIfIdleServices &
  UsesStore<"deleteOldDeliveries" | "deleteOldGroups" | "deleteOldRuns" | "listEnrolledRepositories">;

/** Makes up for lost webhooks: enqueues the rules job of every enrolled repository, and deletes old records. */
export async function sweep(services: SweepServices): Promise<void> {
  await enqueueWaiting(services);
  for (const { id, owner, name, installation } of await services.store.listEnrolledRepositories()) {
    await enqueueIfIdle(services, { kind: "rules", installation, repository: { id, owner, name } });
  }
  await services.store.deleteOldDeliveries();
  await services.store.deleteOldRuns();
  await services.store.deleteOldGroups();
}
