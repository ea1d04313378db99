import type { Queries } from "./database.ts";

/** A delivery that did not reach the App, to be asked for again. */
export interface Redelivery {
  readonly guid: string;
  /** The id of the attempt that failed. */
  readonly delivery: string;
  /** How often it was asked for. */
  readonly attempts: number;
}

/** Those of `guids` that the App accepted, handled or not. */
export async function findAcceptedDeliveries(queries: Queries, guids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await queries.query<{ guid: string }>(
    `select guid from portcullis.deliveries where guid = any($1::text[])
     union select guid from portcullis.dead_deliveries where guid = any($1::text[])`,
    [[...guids]],
  );
  return new Set(rows.map((row) => row.guid));
}

/** Stores deliveries to ask for again. Returns the number of those that were not stored yet. */
export async function recordRedeliveries(
  queries: Queries,
  lost: readonly Pick<Redelivery, "guid" | "delivery">[],
): Promise<number> {
  let added = 0;
  for (const { guid, delivery } of lost) {
    const rows = await queries.query(
      "insert into portcullis.redeliveries (guid, delivery) values ($1, $2) on conflict do nothing returning guid",
      [guid, delivery],
    );
    added += rows.length;
  }
  return added;
}

/** The deliveries that are due to be asked for, longest waiting first. */
export async function listDueRedeliveries(queries: Queries, limit: number): Promise<readonly Redelivery[]> {
  return queries.query<{ guid: string; delivery: string; attempts: number }>(
    "select guid, delivery, attempts from portcullis.redeliveries where due_at <= now() order by due_at limit $1",
    [limit],
  );
}

/** Stores that a delivery was asked for, and is asked for again in `seconds` if it is not accepted by then; never without them. */
export async function postponeRedelivery(queries: Queries, guid: string, seconds: number | undefined): Promise<void> {
  await queries.query(
    `update portcullis.redeliveries set attempts = attempts + 1,
       due_at = case when $2::double precision is null then 'infinity' else now() + make_interval(secs => $2) end
     where guid = $1`,
    [guid, seconds ?? null],
  );
}

/** Deletes deliveries that need not be asked for any more. */
export async function deleteRedeliveries(queries: Queries, guids: readonly string[]): Promise<void> {
  await queries.query("delete from portcullis.redeliveries where guid = any($1::text[])", [[...guids]]);
}

/** Deletes what was lost more than 8 days ago: GitHub redelivers for 3 days, and GitHub Enterprise Server for 7. */
export async function deleteOldRedeliveries(queries: Queries): Promise<void> {
  await queries.query("delete from portcullis.redeliveries where found_at < now() - interval '8 days'");
}
