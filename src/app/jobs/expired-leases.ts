import type { Services, UsesQueue, UsesStore } from "../services.ts";

/** What `enqueueExpired` and `watchLeases` need. */
export type LeaseWatchServices = UsesStore<"listLeases"> &
  UsesQueue &
  Pick<Services, "leaseSeconds"> & { readonly log: Pick<Services["log"], "info" | "error"> };

/** PostgreSQL must see the lease as expired when a worker asks for it. */
const GRACE_MILLISECONDS = 50;

/** Calls a worker for all work whose lease has expired. Returns the milliseconds until the next lease can expire. */
export async function enqueueExpired(services: LeaseWatchServices): Promise<number> {
  // A lease that is taken or renewed from now on expires after this time at the earliest.
  let next = services.leaseSeconds * 1_000;
  for (const { key, milliseconds } of await services.store.listLeases()) {
    if (milliseconds >= 0) {
      next = Math.min(next, milliseconds);
      continue;
    }
    services.log.info({ work: key }, "the process that worked on it is gone: another one starts again");
    await services.queue.send("work", { key });
  }
  return next + GRACE_MILLISECONDS;
}

/** Takes up work when its lease expires, since the process that held it died. Returns what ends the watch. */
export function watchLeases(services: LeaseWatchServices): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const next = await enqueueExpired(services).catch((error: unknown) => {
      services.log.error({ err: error }, "expired leases could not be read");
      return services.leaseSeconds * 1_000;
    });
    if (!stopped) timer = setTimeout(start, next);
  };
  let running: Promise<void>;
  const start = (): void => {
    running = look();
  };
  start();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
