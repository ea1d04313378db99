import type { HookDelivery } from "../../github/app-calls.ts";
import { failureOf } from "../../github/failure.ts";
import { concernsUs } from "../ingress/events.ts";
import type { Services, UsesStore } from "../services.ts";
import { countDifferences, type Differences } from "./differences.ts";
import type { PartOutcome, Stretch } from "./part.ts";

/** What `reconcileDeliveries` needs. */
export type DeliveriesServices = UsesStore<
  | "deleteRedeliveries"
  | "findAcceptedDeliveries"
  | "listDueRedeliveries"
  | "postponeRedelivery"
  | "recordPosition"
  | "recordRedeliveries"
> & {
  readonly clients: Pick<Services["clients"], "asApp">;
  readonly log: Pick<Services["log"], "warn">;
};

/** Where reading the list of deliveries goes on. */
export interface DeliveriesPosition {
  /** Absent once the list was read; then lost deliveries remain to be asked for. */
  readonly cursor?: string;
  readonly differences: Differences;
}

/** GitHub lists deliveries for 3 days and GitHub Enterprise Server for 7. */
const LISTED_MILLISECONDS = 7 * 24 * 3_600_000;

/** A delivery is listed once it was answered, which takes up to 30 seconds; and clocks differ. */
const OVERLAP_MILLISECONDS = 10 * 60_000;

/** How many lost deliveries are asked for in one stretch, and the seconds between two stretches. */
const ASKED_AT_ONCE = 20;
const SECONDS_BETWEEN = 60;

/** How often a delivery is asked for that never arrives: over about ten hours. */
const MOST_ATTEMPTS = 6;
const FIRST_PAUSE = 600;

/**
 * Reads GitHub's list of deliveries back to the last comparison, and has those delivered again that failed, that can
 * lead to work, and that the App did not accept in another attempt. GitHub itself never delivers anything twice.
 */
export async function reconcileDeliveries(
  services: DeliveriesServices,
  { leased, isOver }: Stretch,
): Promise<PartOutcome<DeliveriesPosition>> {
  const app = await services.clients.asApp();
  const position = leased.position as DeliveriesPosition | undefined;
  const differences = countDifferences(position?.differences);
  const arrived = new Set<string>();
  const last = leased.lastStartedAt === undefined ? 0 : Date.parse(leased.lastStartedAt) - OVERLAP_MILLISECONDS;
  const until = Math.max(last, Date.parse(leased.startedAt) - LISTED_MILLISECONDS);
  let cursor = position?.cursor;
  while (position === undefined || cursor !== undefined) {
    const { deliveries, next } = await app.readDeliveries(cursor);
    differences.add("delivery lost", await recordLost(services, deliveries, arrived));
    const oldest = deliveries.at(-1);
    cursor = oldest === undefined || Date.parse(oldest.deliveredAt) < until ? undefined : next;
    if (cursor === undefined) break;
    if (isOver()) return { kind: "later", seconds: 1, position: { cursor, differences: differences.found } };
    await services.store.recordPosition(leased, { cursor, differences: differences.found });
  }
  const due = await services.store.listDueRedeliveries(ASKED_AT_ONCE + 1);
  const accepted = await services.store.findAcceptedDeliveries(due.map(({ guid }) => guid));
  await services.store.deleteRedeliveries([...accepted]);
  for (const { guid, delivery, attempts } of due.slice(0, ASKED_AT_ONCE)) {
    if (accepted.has(guid)) continue;
    try {
      await app.redeliver(delivery);
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.kind !== "gone" && failure?.kind !== "refused") throw error;
      // GitHub does not list it any more.
      await services.store.deleteRedeliveries([guid]);
      continue;
    }
    const final = attempts + 1 >= MOST_ATTEMPTS;
    await services.store.postponeRedelivery(guid, final ? undefined : FIRST_PAUSE * 2 ** attempts);
    if (final) services.log.warn({ delivery: guid, attempts: MOST_ATTEMPTS }, "a delivery never arrives");
  }
  return due.length > ASKED_AT_ONCE
    ? { kind: "later", seconds: SECONDS_BETWEEN, position: { differences: differences.found } }
    : { kind: "done", differences: differences.found };
}

/** Stores which of these deliveries are to be asked for, and returns their number. `arrived`: the GUIDs of those that did. */
async function recordLost(
  services: DeliveriesServices,
  deliveries: readonly HookDelivery[],
  arrived: Set<string>,
): Promise<number> {
  for (const { guid, status } of deliveries) if (status >= 200 && status < 300) arrived.add(guid);
  const lost = new Map<string, string>();
  for (const { id, guid, event, action } of deliveries) {
    if (!arrived.has(guid) && concernsUs(event, { action })) lost.set(guid, id);
  }
  // GitHub shows one as failed too that the App accepted and answered too late.
  for (const guid of await services.store.findAcceptedDeliveries([...lost.keys()])) lost.delete(guid);
  return services.store.recordRedeliveries([...lost].map(([guid, delivery]) => ({ guid, delivery })));
}
