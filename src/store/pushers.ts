import type { Queries } from "./database.ts";

/** Stores that an account pushed to a pull request, as GitHub's webhook tells. */
export async function recordPusher(queries: Queries, work: string, account: number): Promise<void> {
  await queries.query(
    "insert into portcullis.pushers (work, account) values ($1, $2) on conflict (work, account) do update set pushed_at = now()",
    [work, account],
  );
}

/** Deletes what is known of pushes after a year: the pull request may be closed and opened again until then. */
export async function deleteOldPushers(queries: Queries): Promise<void> {
  await queries.query("delete from portcullis.pushers where pushed_at < now() - interval '1 year'");
}

/** The ids of the accounts that are known to have pushed to a pull request. */
export async function listPushers(queries: Queries, work: string): Promise<readonly number[]> {
  const rows = await queries.query<{ account: string | number }>(
    "select account from portcullis.pushers where work = $1 order by account",
    [work],
  );
  return rows.map(({ account }) => Number(account));
}
