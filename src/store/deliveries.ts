import type { Queries } from "./database.ts";

/** One webhook delivery as GitHub sent it. */
export interface Delivery {
  readonly guid: string;
  readonly event: string;
  /** The raw JSON text. */
  readonly payload: string;
}

/** A delivery that waits to be handled. */
export interface WaitingDelivery extends Delivery {
  /** How often handling it has failed. */
  readonly attempts: number;
}

/**
 * Stores a delivery. Returns false if this GUID was accepted before; then nothing changes. A dead delivery that GitHub
 * delivers again lives again.
 */
export async function acceptDelivery(queries: Queries, delivery: Delivery): Promise<boolean> {
  const rows = await queries.query(
    `with dead as (delete from portcullis.dead_deliveries where guid = $1)
     insert into portcullis.deliveries (guid, event, payload) values ($1, $2, $3) on conflict do nothing returning guid`,
    [delivery.guid, delivery.event, delivery.payload],
  );
  return rows.length === 1;
}

/** The delivery, or undefined if it was handled already or its pause is not over. */
export async function findUnhandledDelivery(queries: Queries, guid: string): Promise<WaitingDelivery | undefined> {
  const [row] = await queries.query<{ guid: string; event: string; payload: string; attempts: number }>(
    `select guid, event, payload, attempts from portcullis.deliveries
     where guid = $1 and handled_at is null and run_at <= now()`,
    [guid],
  );
  return row;
}

/** The GUIDs of accepted deliveries that were not handled yet and whose pause is over, oldest first. */
export async function listUnhandledDeliveries(queries: Queries): Promise<readonly string[]> {
  const rows = await queries.query<{ guid: string }>(
    `select guid from portcullis.deliveries where handled_at is null and run_at <= now()
     order by accepted_at limit 10000`,
  );
  return rows.map((row) => row.guid);
}

/** Marks a delivery as handled and deletes its payload. The GUID is kept, so that a replay is recognised. */
export async function markDeliveryHandled(queries: Queries, guid: string): Promise<void> {
  await queries.query("update portcullis.deliveries set handled_at = now(), payload = null where guid = $1", [guid]);
}

/** Has a delivery wait for so many seconds after an attempt that failed. */
export async function postponeDelivery(
  queries: Queries,
  guid: string,
  attempts: number,
  seconds: number,
): Promise<void> {
  await queries.query(
    `update portcullis.deliveries set attempts = $2, run_at = now() + make_interval(secs => $3)
     where guid = $1 and handled_at is null`,
    [guid, attempts, seconds],
  );
}

/** Moves a delivery to the dead ones, with the cause of the last failure. */
export async function abandonDelivery(
  queries: Queries,
  guid: string,
  end: { readonly attempts: number; readonly cause: string; readonly repository?: string },
): Promise<void> {
  await queries.query(
    `with dead as (
       delete from portcullis.deliveries where guid = $1 and handled_at is null returning guid, event, payload, accepted_at
     )
     insert into portcullis.dead_deliveries (guid, event, payload, accepted_at, attempts, cause, repository)
     select guid, event, payload, accepted_at, $2, $3, $4 from dead`,
    [guid, end.attempts, end.cause, end.repository ?? null],
  );
}

/** The number of deliveries that could not be handled. */
export async function countDeadDeliveries(queries: Queries): Promise<number> {
  const [row] = await queries.query<{ dead: number | string }>(
    "select count(*) as dead from portcullis.dead_deliveries",
  );
  return Number(row?.dead ?? 0);
}

/**
 * Deletes handled and dead deliveries after 8 days: GitHub redelivers for 3 days, and GitHub Enterprise Server for 7.
 */
export async function deleteOldDeliveries(queries: Queries): Promise<void> {
  await queries.query("delete from portcullis.deliveries where handled_at < now() - interval '8 days'");
  await queries.query("delete from portcullis.dead_deliveries where died_at < now() - interval '8 days'");
}
