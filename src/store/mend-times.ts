import type { Database } from "./database.ts";

/** No pause between attempts is longer than an hour. */
const BEYOND_PAUSES = "now() + interval '61 minutes'";

/** Later than any time that was noted as that of the moment, unless the clock was set back since. */
const AHEAD = "now() + interval '1 minute'";

/** When each of these happened was noted as it happened, so that it cannot lie ahead. */
const HAPPENED = [
  ["work", "since"],
  ["work", "held_since"],
  ["unavailable", "since"],
  ["redeliveries", "found_at"],
  ["repositories", "swept_at"],
  ["repositories", "seen_at"],
  ["reconciliations", "wanted_at"],
  ["reconciliations", "started_at"],
  ["reconciliations", "finished_at"],
  ["reconciliations", "last_started_at"],
] as const;

/** The newest of these counts: they keep their order, and come before all that was noted since. */
const IN_ORDER = [
  ["runs", "created_at"],
  ["reports", "saved_at"],
] as const;

/** Longer than between two corrections. */
const SINCE = "interval '10 minutes'";

/** What waits until a time that the clock will not reach for longer than anything waits. */
const WAITING = [
  ["deliveries", "run_at", `run_at > ${BEYOND_PAUSES} or (attempts = 0 and run_at > ${AHEAD})`],
  ["work", "run_at", `run_at > ${BEYOND_PAUSES}`],
  ["unavailable", "next_at", `next_at > ${BEYOND_PAUSES}`],
  ["budgets", "held_until", `held_until > ${BEYOND_PAUSES}`],
  ["budgets", "served_at", `served_at > ${AHEAD}`],
  ["reconciliations", "lease_until", `lease_until > ${BEYOND_PAUSES}`],
] as const;

/**
 * Corrects times that lie ahead because the clock of the database was set back: what waits for them would wait for as long as
 * the clock was ahead, and the newest run would count as older than one from before. `leaseSeconds` is for how long work is leased.
 */
export async function mendTimes(database: Database, leaseSeconds: number): Promise<void> {
  await database.transaction(async (queries) => {
    for (const [table, column] of HAPPENED)
      await queries.query(`update portcullis.${table} set ${column} = now() where ${column} > ${AHEAD}`);
    for (const [table, column] of IN_ORDER)
      await queries.query(
        `update portcullis.${table} set ${column} = ${column} - ((select max(${column}) from portcullis.${table}) - now()) - ${SINCE}
         where ${column} > ${AHEAD}`,
      );
    for (const [table, column, isLate] of WAITING)
      await queries.query(`update portcullis.${table} set ${column} = now() where ${isLate}`);
    // Whoever holds it renews it; nobody does if the holder has died.
    await queries.query(
      `update portcullis.work set lease_until = now() + $1 * interval '1 second'
       where lease_until > now() + ($1 + 60) * interval '1 second'`,
      [leaseSeconds],
    );
    // An override ends after the minutes that it was granted for.
    await queries.query(
      `update portcullis.overrides set until = now() + (until - created_at), created_at = now() where created_at > ${AHEAD}`,
    );
    // A sweep is asked for once in some minutes by the clock: those of the time that comes again would be missing.
    await queries.query(`delete from portcullis_queue.job where name = 'sweep' and created_on > ${AHEAD}`);
  });
}
