import type { Queries } from "./database.ts";
import type { LeasedWork } from "./work.ts";

/** Work that waits, to be looked at for whether it is a rollback. */
export type WaitingWork = Pick<LeasedWork, "key" | "subject" | "wanted">;

const DUE = `wanted > done and run_at <= now() and (lease is null or lease_until < now())
  and not exists (select from portcullis.budgets b where b.installation = work.installation and b.held_until > now())`;

/**
 * Takes the newest pull request that waits behind others and that nobody has looked at since its last event; undefined if
 * there is none. Where nothing else waits, a look gains nothing.
 */
export async function takeUnlooked(queries: Queries): Promise<WaitingWork | undefined> {
  const [row] = await queries.query<{ key: string; subject: WaitingWork["subject"]; wanted: string | number }>(
    `update portcullis.work set looked = wanted where key = (
       select key from portcullis.work where key like 'pull:%' and looked < wanted and ${DUE}
         and (select count(*) from (select 1 from portcullis.work where ${DUE} limit 2) waiting) > 1
       order by coalesce(since, run_at) desc limit 1 for update skip locked)
     returning key, subject, wanted`,
  );
  return row === undefined ? undefined : { ...row, wanted: Number(row.wanted) };
}

/** Stores that work is a rollback, which goes first; not if an event came since. */
export async function markRollback(queries: Queries, { key, wanted }: WaitingWork): Promise<void> {
  await queries.query("update portcullis.work set rollback = true where key = $1 and wanted = $2", [key, wanted]);
}
