import type { Queries } from "./database.ts";

/** What is compared with GitHub: installations with their repositories, and deliveries of webhooks. */
export type Part = "repositories" | "deliveries";

/** A comparison that one replica has leased. */
export interface LeasedReconciliation {
  readonly part: Part;
  readonly lease: string;
  /** When this comparison began; ISO 8601. */
  readonly startedAt: string;
  /** When the last one began that came to its end; absent if there was none. */
  readonly lastStartedAt?: string;
  /** Where an interrupted one goes on; absent at the beginning. */
  readonly position?: unknown;
}

/** Asks for a comparison, unless one began within so many seconds. One that is under way is repeated at its end. */
export async function requestReconciliation(queries: Queries, part: Part, unlessWithin = 0): Promise<void> {
  await queries.query(
    `update portcullis.reconciliations set wanted_at = now()
     where part = $1 and (started_at is null or started_at < now() - make_interval(secs => $2))`,
    [part, unlessWithin],
  );
}

/**
 * Leases a comparison for so many seconds if it is interrupted, asked for, or the last one ended more than `every`
 * seconds ago; undefined if there is nothing to do or another replica does it.
 */
export async function leaseReconciliation(
  queries: Queries,
  part: Part,
  lease: string,
  { seconds, every }: { readonly seconds: number; readonly every: number },
): Promise<LeasedReconciliation | undefined> {
  const [row] = await queries.query<{ started: string; last: string | null; position: unknown }>(
    `update portcullis.reconciliations set lease = $2, lease_until = now() + make_interval(secs => $3),
       started_at = case when position is null then now() else started_at end
     where part = $1 and (lease_until is null or lease_until < now())
       and (position is not null or started_at is null or wanted_at > started_at or finished_at is null
         or finished_at < now() - make_interval(secs => $4))
     returning to_json(started_at) #>> '{}' as started, to_json(last_started_at) #>> '{}' as last, position`,
    [part, lease, seconds, every],
  );
  if (row === undefined) return undefined;
  return {
    part,
    lease,
    startedAt: row.started,
    ...(row.last === null ? {} : { lastStartedAt: row.last }),
    ...(row.position === null || isBeginning(row.position) ? {} : { position: row.position }),
  };
}

/** The position of a comparison that was interrupted before it stored one. */
const BEGINNING = { beginning: true };

function isBeginning(position: unknown): boolean {
  return typeof position === "object" && position !== null && "beginning" in position;
}

/** Renews the lease for so many seconds. Returns false if it was lost: then its holder must stop. */
export async function renewReconciliation(
  queries: Queries,
  { part, lease }: LeasedReconciliation,
  seconds: number,
): Promise<boolean> {
  const rows = await queries.query(
    `update portcullis.reconciliations set lease_until = now() + make_interval(secs => $3)
     where part = $1 and lease = $2 returning part`,
    [part, lease, seconds],
  );
  return rows.length === 1;
}

/**
 * Ends the lease of a comparison that is not at its end: it goes on in `seconds` and no sooner, at `position`, or without
 * one where it was stored last.
 */
export async function interruptReconciliation(
  queries: Queries,
  { part, lease }: LeasedReconciliation,
  seconds: number,
  position?: unknown,
): Promise<void> {
  await queries.query(
    `update portcullis.reconciliations set lease = null, lease_until = now() + make_interval(secs => $3),
       position = coalesce($4::jsonb, position, $5::jsonb) where part = $1 and lease = $2`,
    [part, lease, seconds, position === undefined ? null : JSON.stringify(position), JSON.stringify(BEGINNING)],
  );
}

/** Stores where the comparison goes on if this process dies. */
export async function recordPosition(
  queries: Queries,
  { part, lease }: LeasedReconciliation,
  position: unknown,
): Promise<void> {
  await queries.query("update portcullis.reconciliations set position = $3 where part = $1 and lease = $2", [
    part,
    lease,
    JSON.stringify(position),
  ]);
}

/** Stores that the comparison came to its end, and ends the lease. */
export async function finishReconciliation(queries: Queries, { part, lease }: LeasedReconciliation): Promise<void> {
  await queries.query(
    `update portcullis.reconciliations set lease = null, lease_until = null, position = null, finished_at = now(),
       last_started_at = started_at where part = $1 and lease = $2`,
    [part, lease],
  );
}

/** The seconds since 1970 at which the last comparison of each part came to its end; 0 if none did. */
export async function readReconciliationTimes(
  queries: Queries,
): Promise<readonly { readonly part: Part; readonly finished: number }[]> {
  const rows = await queries.query<{ part: Part; finished: number | string | null }>(
    "select part, extract(epoch from finished_at) as finished from portcullis.reconciliations order by part",
  );
  return rows.map(({ part, finished }) => ({ part, finished: Number(finished ?? 0) }));
}

/** Ends all leases: when the only process on an embedded store starts, their holders are dead. */
export async function releaseReconciliations(queries: Queries): Promise<void> {
  await queries.query("update portcullis.reconciliations set lease = null, lease_until = null");
}
