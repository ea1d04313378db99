import type { Queries } from "./database.ts";

/** One webhook delivery as GitHub sent it. */
export interface Delivery {
  readonly guid: string;
  readonly event: string;
  /** The raw JSON text. */
  readonly payload: string;
}

/** Stores a delivery. Returns false if this GUID was accepted before; then nothing changes. */
export async function acceptDelivery(queries: Queries, delivery: Delivery): Promise<boolean> {
  const rows = await queries.query(
    "insert into portcullis.deliveries (guid, event, payload) values ($1, $2, $3) on conflict do nothing returning guid",
    [delivery.guid, delivery.event, delivery.payload],
  );
  return rows.length === 1;
}

/** The delivery, or undefined if it was handled already. */
export async function findUnhandledDelivery(queries: Queries, guid: string): Promise<Delivery | undefined> {
  const [row] = await queries.query<{ guid: string; event: string; payload: string }>(
    "select guid, event, payload from portcullis.deliveries where guid = $1 and handled_at is null",
    [guid],
  );
  return row;
}

/** The GUIDs of accepted deliveries that were not handled yet, oldest first. */
export async function listUnhandledDeliveries(queries: Queries): Promise<readonly string[]> {
  const rows = await queries.query<{ guid: string }>(
    "select guid from portcullis.deliveries where handled_at is null order by accepted_at limit 10000",
  );
  return rows.map((row) => row.guid);
}

/** Marks a delivery as handled and deletes its payload. The GUID is kept, so that a replay is recognised. */
export async function markDeliveryHandled(queries: Queries, guid: string): Promise<void> {
  await queries.query("update portcullis.deliveries set handled_at = now(), payload = null where guid = $1", [guid]);
}

/** Deletes handled deliveries after 8 days: GitHub redelivers for 3 days, and GitHub Enterprise Server for 7. */
export async function deleteOldDeliveries(queries: Queries): Promise<void> {
  await queries.query("delete from portcullis.deliveries where handled_at < now() - interval '8 days'");
}
