import type { Queries } from "./database.ts";

/** The name of a repository on GitHub. `id` survives renames and transfers. */
export interface RepositoryName {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

/**
 * The subject of a piece of work: a pull request, a merge group of the merge queue, or the rules on the default branch.
 */
export type Subject = { readonly installation: number; readonly repository: RepositoryName } &
  /** `updatedAt`: when the pull request was changed that the newest webhook told of; ISO 8601. */
  (
    | { readonly kind: "pull"; readonly number: number; readonly updatedAt?: string }
    | { readonly kind: "group"; readonly head: string; readonly base: string; readonly baseRef: string }
    /** `after`: the commit at the tip of the default branch that the newest webhook told of. */
    | { readonly kind: "rules"; readonly after?: string }
  );

/** Work that one worker has leased. */
export interface LeasedWork {
  readonly key: string;
  readonly subject: Subject;
  /** The version to reach when the lease was taken; a newer event increments it. */
  readonly wanted: number;
  /** A new check run is requested even if this very state was judged before. */
  readonly forced: boolean;
  /** The number of attempts without an end, including this one. */
  readonly attempts: number;
  /** Milliseconds since the first attempt. */
  readonly age: number;
  readonly lease: string;
}

/** The key of a subject. */
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

interface WorkRow {
  readonly [column: string]: unknown;
  readonly key: string;
  readonly subject: Subject;
  readonly wanted: string | number;
  readonly forced: boolean;
  readonly attempts: number;
  readonly age: string | number;
}

/**
 * Enqueues work on `subject` and returns its key. Several requests before a worker starts become one. What an earlier
 * webhook announced stays, unless `subject` says otherwise.
 */
export async function enqueueWork(queries: Queries, subject: Subject, forced = false): Promise<string> {
  const key = workKey(subject);
  await queries.query(
    `insert into portcullis.work (key, subject, forced) values ($1, $2, $3)
     on conflict (key) do update set subject = work.subject || excluded.subject, wanted = work.wanted + 1, run_at = now(), since = null,
       attempts = 0, forced = work.forced or excluded.forced`,
    [key, JSON.stringify(subject), forced],
  );
  return key;
}

/** Enqueues work on `subject` unless it is waiting or running already. Returns whether it was enqueued. */
export async function enqueueWorkIfIdle(queries: Queries, subject: Subject): Promise<boolean> {
  const rows = await queries.query(
    `insert into portcullis.work (key, subject) values ($1, $2)
     on conflict (key) do update set subject = work.subject || excluded.subject, wanted = work.wanted + 1, run_at = now(), since = null,
       attempts = 0
     where work.wanted <= work.done returning key`,
    [workKey(subject), JSON.stringify(subject)],
  );
  return rows.length === 1;
}

/** Deletes finished work on merge groups after a week; a merge group exists for hours. */
export async function deleteOldGroups(queries: Queries): Promise<void> {
  const rows = await queries.query<{ key: string }>(
    `delete from portcullis.work
     where key like 'group:%' and wanted <= done and run_at < now() - interval '7 days' returning key`,
  );
  for (const { key } of rows) await queries.query("delete from portcullis.heads where work = $1", [key]);
}

/** Leases the work for so many seconds; undefined if it is done, postponed, or leased by another worker. */
export async function leaseWork(
  queries: Queries,
  key: string,
  lease: string,
  seconds: number,
): Promise<LeasedWork | undefined> {
  const [row] = await queries.query<WorkRow>(
    `update portcullis.work set lease = $2, lease_until = now() + $3 * interval '1 second', attempts = attempts + 1,
       since = coalesce(since, now())
     where key = $1 and wanted > done and run_at <= now() and (lease is null or lease_until < now())
     returning key, subject, wanted, forced, attempts, extract(epoch from now() - since) * 1000 as age`,
    [key, lease, seconds],
  );
  if (row === undefined) return undefined;
  return { ...row, wanted: Number(row.wanted), age: Number(row.age), lease };
}

/** Renews a lease for so many seconds. Returns false if it was lost: then its holder must stop. */
export async function renewLease(queries: Queries, work: LeasedWork, seconds: number): Promise<boolean> {
  const rows = await queries.query(
    `update portcullis.work set lease_until = now() + $3 * interval '1 second'
     where key = $1 and lease = $2 returning key`,
    [work.key, work.lease, seconds],
  );
  return rows.length === 1;
}

/** Marks the leased version as done. Returns true if a newer version was requested meanwhile. */
export async function finishWork(queries: Queries, work: LeasedWork): Promise<boolean> {
  const [row] = await queries.query<{ more: boolean }>(
    `update portcullis.work set done = $3, lease = null, lease_until = null, attempts = 0, since = null,
       forced = forced and wanted > $3
     where key = $1 and lease = $2 returning wanted > done as more`,
    [work.key, work.lease, work.wanted],
  );
  return row?.more ?? false;
}

/** Returns the work to the queue, to be retried in `seconds`. This does not count as an attempt. */
export async function postponeWork(queries: Queries, work: LeasedWork, seconds: number): Promise<void> {
  await queries.query(
    `update portcullis.work set lease = null, lease_until = null, attempts = 0,
       run_at = case when wanted > $3 then now() else now() + $4 * interval '1 second' end
     where key = $1 and lease = $2`,
    [work.key, work.lease, work.wanted, seconds],
  );
}

/** Returns work to the queue whose attempt failed because of a bug. It counts as an attempt, so that retries end. */
export async function releaseCrashedWork(queries: Queries, work: LeasedWork, seconds: number): Promise<void> {
  await queries.query(
    `update portcullis.work set lease = null, lease_until = null, run_at = now() + $3 * interval '1 second'
     where key = $1 and lease = $2`,
    [work.key, work.lease, seconds],
  );
}

/** Deletes the work on a closed pull request. Returns false if it was requested again meanwhile. */
export async function deleteWork(queries: Queries, work: LeasedWork): Promise<boolean> {
  const rows = await queries.query(
    "delete from portcullis.work where key = $1 and lease = $2 and wanted = $3 returning key",
    [work.key, work.lease, work.wanted],
  );
  return rows.length === 1;
}

/** Releases every lease: when the only process on an embedded store starts, the lease holders are dead. */
export async function releaseAllLeases(queries: Queries): Promise<void> {
  await queries.query(
    "update portcullis.work set lease = null, lease_until = null, run_at = now() where lease is not null",
  );
}

/** The leases that workers hold, with the milliseconds until each expires: below zero, its holder is dead. */
export async function listLeases(
  queries: Queries,
): Promise<readonly { readonly key: string; readonly milliseconds: number }[]> {
  const rows = await queries.query<{ key: string; milliseconds: string | number }>(
    `select key, extract(epoch from lease_until - now()) * 1000 as milliseconds
     from portcullis.work where lease is not null order by lease_until`,
  );
  return rows.map(({ key, milliseconds }) => ({ key, milliseconds: Number(milliseconds) }));
}

/** The keys of the work that is due and not leased, longest waiting first. */
export async function listWaitingWork(queries: Queries): Promise<readonly string[]> {
  const rows = await queries.query<{ key: string }>(
    `select key from portcullis.work
     where wanted > done and run_at <= now() and (lease is null or lease_until < now()) order by run_at limit 10000`,
  );
  return rows.map((row) => row.key);
}

/** The subject of the work with this key. */
export async function findSubject(queries: Queries, key: string): Promise<Subject | undefined> {
  const [row] = await queries.query<{ subject: Subject }>("select subject from portcullis.work where key = $1", [key]);
  return row?.subject;
}

/** The number of pieces of waiting work, and the age of the oldest in seconds. */
export async function measureBacklog(queries: Queries): Promise<{ readonly waiting: number; readonly oldest: number }> {
  const [row] = await queries.query<{ waiting: string | number; oldest: string | number | null }>(
    `select count(*) as waiting, extract(epoch from max(now() - coalesce(since, run_at))) as oldest
     from portcullis.work where wanted > done`,
  );
  return { waiting: Number(row?.waiting ?? 0), oldest: Math.max(0, Number(row?.oldest ?? 0)) };
}
