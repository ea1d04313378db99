import type { Queries } from "./database.ts";

/** A repository as GitHub names it. `id` survives renames and transfers. */
export interface RepositoryName {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

/** What a piece of work is about: a pull request, the group of a merge queue, or the rules on the default branch. */
export type Subject = { readonly installation: number; readonly repository: RepositoryName } & (
  | { readonly kind: "pull"; readonly number: number }
  | { readonly kind: "group"; readonly head: string; readonly base: string; readonly baseRef: string }
  | { readonly kind: "rules" }
);

/** Work that one worker holds. */
export interface Leased {
  readonly key: string;
  readonly subject: Subject;
  /** The version wanted when the lease was taken; newer events raise it. */
  readonly wanted: number;
  /** A new check run is wanted even where this very state was judged before. */
  readonly forced: boolean;
  /** How often it was started without an end, this time included. */
  readonly attempts: number;
  /** Milliseconds since this work was first tried. */
  readonly age: number;
  readonly lease: string;
}

/** One key for each subject, whatever happens to it. */
export function workKey(subject: Subject): string {
  switch (subject.kind) {
    case "pull":
      return `pull:${subject.repository.id}:${subject.number}`;
    case "group":
      return `group:${subject.repository.id}:${subject.head}`;
    case "rules":
      return `rules:${subject.repository.id}:`;
  }
}

const LEASE_SECONDS = 60;

interface WorkRow {
  readonly [column: string]: unknown;
  readonly key: string;
  readonly subject: Subject;
  readonly wanted: string | number;
  readonly forced: boolean;
  readonly attempts: number;
  readonly age: string | number;
}

/** Asks for `subject` to be judged; several requests before a worker comes are one. Answers the key. */
export async function enqueueWork(queries: Queries, subject: Subject, forced = false): Promise<string> {
  const key = workKey(subject);
  await queries.query(
    `insert into portcullis.work (key, subject, forced) values ($1, $2, $3)
     on conflict (key) do update set subject = excluded.subject, wanted = work.wanted + 1, run_at = now(), since = null,
       attempts = 0, forced = work.forced or excluded.forced`,
    [key, JSON.stringify(subject), forced],
  );
  return key;
}

/** Asks for `subject` to be judged unless that is waiting or running already, whose clock it leaves alone. True: it was not. */
export async function enqueueWorkIfIdle(queries: Queries, subject: Subject): Promise<boolean> {
  const rows = await queries.query(
    `insert into portcullis.work (key, subject) values ($1, $2)
     on conflict (key) do update set subject = excluded.subject, wanted = work.wanted + 1, run_at = now(), since = null,
       attempts = 0
     where work.wanted <= work.done returning key`,
    [workKey(subject), JSON.stringify(subject)],
  );
  return rows.length === 1;
}

/** Merge groups live for hours; what is known of them is kept for a week. */
export async function forgetOldGroups(queries: Queries): Promise<void> {
  const rows = await queries.query<{ key: string }>(
    `delete from portcullis.work
     where key like 'group:%' and wanted <= done and run_at < now() - interval '7 days' returning key`,
  );
  for (const { key } of rows) await queries.query("delete from portcullis.heads where work = $1", [key]);
}

/** Takes the work, unless it is done, waits for its time, or another worker holds it. */
export async function leaseWork(queries: Queries, key: string, lease: string): Promise<Leased | undefined> {
  const [row] = await queries.query<WorkRow>(
    `update portcullis.work set lease = $2, lease_until = now() + $3 * interval '1 second', attempts = attempts + 1,
       since = coalesce(since, now())
     where key = $1 and wanted > done and run_at <= now() and (lease is null or lease_until < now())
     returning key, subject, wanted, forced, attempts, extract(epoch from now() - since) * 1000 as age`,
    [key, lease, LEASE_SECONDS],
  );
  if (row === undefined) return undefined;
  return { ...row, wanted: Number(row.wanted), age: Number(row.age), lease };
}

/** Renews a lease; false where it was lost, so that its holder must stop. */
export async function renewLease(queries: Queries, work: Leased): Promise<boolean> {
  const rows = await queries.query(
    `update portcullis.work set lease_until = now() + $3 * interval '1 second'
     where key = $1 and lease = $2 returning key`,
    [work.key, work.lease, LEASE_SECONDS],
  );
  return rows.length === 1;
}

/** Ends the version that was leased. True: more was asked for meanwhile. */
export async function finishWork(queries: Queries, work: Leased): Promise<boolean> {
  const [row] = await queries.query<{ more: boolean }>(
    `update portcullis.work set done = $3, lease = null, lease_until = null, attempts = 0, since = null,
       forced = forced and wanted > $3
     where key = $1 and lease = $2 returning wanted > done as more`,
    [work.key, work.lease, work.wanted],
  );
  return row?.more ?? false;
}

/** Gives the work back, to be tried again in `seconds`. An orderly return is no crash, so it does not count as an attempt. */
export async function postponeWork(queries: Queries, work: Leased, seconds: number): Promise<void> {
  await queries.query(
    `update portcullis.work set lease = null, lease_until = null, attempts = 0,
       run_at = case when wanted > $3 then now() else now() + $4 * interval '1 second' end
     where key = $1 and lease = $2`,
    [work.key, work.lease, work.wanted, seconds],
  );
}

/** Gives back work whose attempt broke off for a reason that is ours: it counts, so that it cannot go on for ever. */
export async function abandonWork(queries: Queries, work: Leased, seconds: number): Promise<void> {
  await queries.query(
    `update portcullis.work set lease = null, lease_until = null, run_at = now() + $3 * interval '1 second'
     where key = $1 and lease = $2`,
    [work.key, work.lease, seconds],
  );
}

/** Forgets the work: its pull request is closed. False where it was asked for again meanwhile. */
export async function dropWork(queries: Queries, work: Leased): Promise<boolean> {
  const rows = await queries.query(
    "delete from portcullis.work where key = $1 and lease = $2 and wanted = $3 returning key",
    [work.key, work.lease, work.wanted],
  );
  return rows.length === 1;
}

/** At the start of the only process on an embedded store, every lease is left over from one that died. */
export async function releaseAllLeases(queries: Queries): Promise<void> {
  await queries.query(
    "update portcullis.work set lease = null, lease_until = null, run_at = now() where lease is not null",
  );
}

/** Work that waits for a worker and whose time has come: keys, longest waiting first. */
export async function waitingWork(queries: Queries): Promise<readonly string[]> {
  const rows = await queries.query<{ key: string }>(
    `select key from portcullis.work
     where wanted > done and run_at <= now() and (lease is null or lease_until < now()) order by run_at limit 10000`,
  );
  return rows.map((row) => row.key);
}

/** What the work of a key is about. */
export async function subjectOf(queries: Queries, key: string): Promise<Subject | undefined> {
  const [row] = await queries.query<{ subject: Subject }>("select subject from portcullis.work where key = $1", [key]);
  return row?.subject;
}

/** For the metrics: how much waits, and the age in seconds of the oldest. */
export async function workDepth(queries: Queries): Promise<{ readonly waiting: number; readonly oldest: number }> {
  const [row] = await queries.query<{ waiting: string | number; oldest: string | number | null }>(
    `select count(*) as waiting, extract(epoch from max(now() - coalesce(since, run_at))) as oldest
     from portcullis.work where wanted > done`,
  );
  return { waiting: Number(row?.waiting ?? 0), oldest: Math.max(0, Number(row?.oldest ?? 0)) };
}
