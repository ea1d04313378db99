import type { Queries } from "./database.ts";
import { COMPLIANCE, workKey, type Subject } from "./subject.ts";
import type { Unavailable, UnavailableReason, UnavailableScope } from "./unavailable.ts";

export { workKey, type AnnouncedPull, type RepositoryName, type Subject } from "./subject.ts";

/** Work that one worker has leased. */
export interface LeasedWork {
  readonly key: string;
  readonly subject: Subject;
  /** The version to reach when the lease was taken; a newer event increments it. */
  readonly wanted: number;
  /** A new check run is requested even if this very state was judged before. */
  readonly forced: boolean;
  /** Somebody waits for it, as after a push; other work makes up for something, as after a change of the rules. */
  readonly urgent: boolean;
  /** The number of attempts without an end, including this one. */
  readonly attempts: number;
  /** Milliseconds since the first attempt, without the time for which GitHub's limits held it back. */
  readonly age: number;
  /** Why the attempt before this one did not end, and what failed, if something did. */
  readonly reason?: string;
  readonly because?: UnavailableReason;
  readonly lease: string;
  /** What an earlier attempt stored about its installation, its repository and itself; their pauses are over. */
  readonly unavailable: readonly Unavailable[];
}

/** Why something could not be judged. */
export interface Trouble {
  readonly reason: UnavailableReason;
  readonly message: string;
}

interface WorkRow {
  readonly [column: string]: unknown;
  readonly key: string;
  readonly subject: Subject;
  readonly wanted: string | number;
  readonly forced: boolean;
  readonly urgent: boolean;
  readonly attempts: number;
  readonly age: string | number;
  readonly reason: string | null;
  readonly because: UnavailableReason | null;
  readonly unavailable: readonly (Omit<Unavailable, "head"> & { readonly head: string | null })[] | null;
}

/** What is counted and noted from the first attempt on. */
const FROM_THE_START = "since = null, held = 0, held_since = null, reason = null, because = null, attempts = 0";

/** What a new event sets anew. */
const AFRESH = `run_at = now(), ${FROM_THE_START}`;

/** The states of unavailability that concern a row of work. */
const ITS_STATES = `select kind, reason, head, next_at from portcullis.unavailable u
  where u.scope in ('installation:' || (work.subject->>'installation'),
    'repository:' || (work.subject->'repository'->>'id'), 'work:' || work.key)`;

/** Whether a row of work waits for its installation or repository. That for itself is in its `run_at`. */
const HELD = `exists (select from (${ITS_STATES}) held where held.kind <> 'work' and held.next_at > now())`;

/** Whether a row of work judges a branch by itself, which nobody waits for. */
const NIGHTLY = `work.key like '${COMPLIANCE}%'`;

/** Whether a row of work may start now, given the parameters that name installations whose requests are used up. */
const isDue = (all: string, background: string): string => `wanted > done and run_at <= now()
  and (lease is null or lease_until < now()) and work.installation <> all (${all}::text::bigint[])
  and (urgent or work.installation <> all (${background}::text::bigint[])) and coalesce(b.held_until <= now(), true)
  and not ${HELD}`;

/** A list of numbers as PostgreSQL reads an array. */
const arrayOf = (numbers: readonly number[]): string => `{${numbers.join(",")}}`;

/** What is served first: urgent work, and what has waited for an hour; then other work; then nightly work, which rises by one when it has waited for half a day. */
const RANK = `case when ${NIGHTLY} then case when coalesce(since, run_at) <= now() - interval '12 hours' then 1 else 2 end
  when urgent or coalesce(since, run_at) <= now() - interval '1 hour' then 0 else 1 end`;

/**
 * The subject after a new event: what webhooks announced stays, unless this one announces what is newer. They may come
 * out of order, and times are in seconds: of two in one second, the one whose head the other replaced is older.
 */
const MERGED = `case
  when excluded.subject->>'updatedAt' < work.subject->>'updatedAt'
    or (excluded.subject->>'updatedAt' = work.subject->>'updatedAt' and excluded.subject->>'head' = work.subject->>'replaced'
      and excluded.subject->>'replaced' is distinct from work.subject->>'head')
  then excluded.subject || work.subject else work.subject || excluded.subject end`;

/**
 * Enqueues work on `subject` and returns its key. Several requests before a worker starts become one, which is urgent if
 * one of them is. What an earlier webhook announced stays, unless `subject` is about a newer state.
 */
export async function enqueueWork(queries: Queries, subject: Subject, forced = false, urgent = true): Promise<string> {
  const key = workKey(subject);
  await queries.query(
    `insert into portcullis.work (key, subject, forced, urgent) values ($1, $2, $3, $4)
     on conflict (key) do update set subject = ${MERGED}, wanted = work.wanted + 1, ${AFRESH},
       forced = work.forced or excluded.forced, urgent = (work.urgent and work.wanted > work.done) or excluded.urgent, rollback = false`,
    [key, JSON.stringify(subject), forced, urgent],
  );
  return key;
}

/**
 * Enqueues work on `subject` unless it is waiting or running already; then it only becomes urgent, if this is. Returns
 * whether it was enqueued.
 */
export async function enqueueWorkIfIdle(queries: Queries, subject: Subject, urgent = false): Promise<boolean> {
  const key = workKey(subject);
  const rows = await queries.query(
    `insert into portcullis.work (key, subject, urgent) values ($1, $2, $3)
     on conflict (key) do update set subject = ${MERGED}, wanted = work.wanted + 1, ${AFRESH}, urgent = excluded.urgent, rollback = false
     where work.wanted <= work.done returning key`,
    [key, JSON.stringify(subject), urgent],
  );
  if (rows.length === 0 && urgent)
    await queries.query("update portcullis.work set urgent = true where key = $1 and not urgent", [key]);
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

/** Installations whose requests are used up for now. */
export interface UsedUp {
  /** For all work. */
  readonly all: readonly number[];
  /** For work that is not urgent. */
  readonly background: readonly number[];
}

/**
 * Leases the work that is next for so many seconds; undefined if none is due. A rollback goes first, unless one of its
 * installation runs; then urgent work goes before other work, unless that has waited for an hour, and nightly work comes
 * last, one piece at a time, so that a worker is free for a push; then work of the installation with the fewest running
 * jobs, of the one that was served longest ago, and what waits longest.
 * What the installations of `usedUp` ask for is left waiting, as is what waits for its installation or repository to be
 * available.
 */
export async function leaseWork(
  queries: Queries,
  lease: string,
  seconds: number,
  usedUp: UsedUp = { all: [], background: [] },
): Promise<LeasedWork | undefined> {
  const [row] = await queries.query<WorkRow>(
    `with next as (
       select work.key, work.installation from portcullis.work
       left join (select installation, count(*) as running, count(*) filter (where rollback) as rollbacks from portcullis.work
         where lease is not null and lease_until >= now() group by installation) r on r.installation = work.installation
       left join portcullis.budgets b on b.installation = work.installation
       where ${isDue("$3", "$4")}
         and (not ${NIGHTLY} or not exists (select from portcullis.work other where other.key like '${COMPLIANCE}%'
           and other.key <> work.key and other.lease is not null and other.lease_until >= now()))
       order by rollback and coalesce(r.rollbacks, 0) = 0 desc, ${RANK}, coalesce(r.running, 0), b.served_at nulls first, coalesce(since, run_at)
       limit 1 for update of work skip locked
     ), served as (
       insert into portcullis.budgets (installation, served_at) select installation, now() from next
       on conflict (installation) do update set served_at = excluded.served_at
     )
     update portcullis.work set lease = $1, lease_until = now() + $2 * interval '1 second', attempts = attempts + 1,
       since = coalesce(since, now()), held = held + coalesce(extract(epoch from now() - held_since), 0), held_since = null
     from next where work.key = next.key
     returning work.key, subject, wanted, forced, urgent, attempts, reason, because,
       (extract(epoch from now() - since) - held) * 1000 as age,
       (select json_agg(json_build_object('kind', kind, 'reason', reason, 'head', head)) from (${ITS_STATES}) s) as unavailable`,
    [lease, seconds, arrayOf(usedUp.all), arrayOf(usedUp.background)],
  );
  if (row === undefined) return undefined;
  const { reason, because, unavailable, ...rest } = row;
  return {
    ...rest,
    wanted: Number(row.wanted),
    age: Number(row.age),
    lease,
    ...(reason === null ? {} : { reason }),
    unavailable: (unavailable ?? []).map(({ kind, reason, head }) => ({
      kind,
      reason,
      ...(head === null ? {} : { head }),
    })),
    ...(because === null ? {} : { because }),
  };
}

/** Whether work waits that may start now and that no worker has leased. Nightly work does not count. */
export async function isWorkDue(queries: Queries, usedUp: UsedUp): Promise<boolean> {
  const rows = await queries.query(
    `select work.key from portcullis.work left join portcullis.budgets b on b.installation = work.installation
     where ${isDue("$1", "$2")} and not ${NIGHTLY} limit 1`,
    [arrayOf(usedUp.all), arrayOf(usedUp.background)],
  );
  return rows.length > 0;
}

/** Stores that GitHub requires an installation to wait for so many seconds: no replica leases its work before. */
export async function holdInstallation(queries: Queries, installation: number, seconds: number): Promise<void> {
  await queries.query(
    `insert into portcullis.budgets as b (installation, held_until) values ($1, now() + $2 * interval '1 second')
     on conflict (installation) do update set held_until = greatest(b.held_until, excluded.held_until)`,
    [installation, seconds],
  );
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

/** Marks the leased version as done. If a newer version was requested meanwhile, that waits. */
export async function finishWork(queries: Queries, work: LeasedWork): Promise<void> {
  await queries.query(
    `update portcullis.work set done = $3, lease = null, lease_until = null, attempts = 0, since = null,
       held = 0, held_since = null, reason = null, because = null, forced = forced and wanted > $3,
       urgent = urgent and wanted > $3
     where key = $1 and lease = $2`,
    [work.key, work.lease, work.wanted],
  );
}

/** Stores that the new check run which was requested has its verdict: an attempt that only goes on with it opens no other. */
export async function recordForcedRun(queries: Queries, { key, lease, wanted }: LeasedWork): Promise<void> {
  await queries.query("update portcullis.work set forced = false where key = $1 and lease = $2 and wanted = $3", [
    key,
    lease,
    wanted,
  ]);
}

/** Why work is postponed. */
export interface Postponement {
  readonly reason?: string;
  /** What fails, if something does. */
  readonly because?: UnavailableReason;
  /** GitHub's limits hold it back: the time until its next attempt does not count towards its age. */
  readonly held?: boolean;
}

/** Returns the work to the queue, to be retried in `seconds`. This does not count as an attempt. */
export async function postponeWork(
  queries: Queries,
  work: LeasedWork,
  seconds: number,
  { reason, because, held = false }: Postponement = {},
): Promise<void> {
  await queries.query(
    `update portcullis.work set lease = null, lease_until = null, attempts = 0, reason = $5, because = $7,
       run_at = case when wanted > $3 then now() else now() + $4 * interval '1 second' end,
       held_since = case when $6 and wanted = $3 then now() end
     where key = $1 and lease = $2`,
    [work.key, work.lease, work.wanted, seconds, reason ?? null, held, because ?? null],
  );
}

/**
 * Returns the work to the queue until what made it unavailable may have ended, in `seconds`. The next attempt has a
 * deadline of its own. A newer version that was requested meanwhile does not wait.
 */
export async function pauseWork(queries: Queries, work: LeasedWork, seconds: number): Promise<void> {
  await queries.query(
    `update portcullis.work set lease = null, lease_until = null, ${FROM_THE_START}, forced = forced and wanted > $3,
       urgent = urgent and wanted > $3, run_at = case when wanted > $3 then now() else now() + $4 * interval '1 second' end
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

/** Has all waiting work of an installation or a repository tried again at once. */
export async function wakeWork(
  queries: Queries,
  scope: Extract<UnavailableScope, { readonly kind: "installation" | "repository" }>,
): Promise<void> {
  await queries.query(
    `update portcullis.work set ${AFRESH}
     where wanted > done and lease is null and installation = $1
       and ($2::bigint is null or (subject->'repository'->>'id')::bigint = $2)`,
    [scope.installation, scope.kind === "repository" ? scope.repository : null],
  );
}

/** Waiting work of one class. */
export interface Backlog {
  readonly urgent: boolean;
  readonly waiting: number;
  /** Of it, what GitHub's limits held back at its last attempt. */
  readonly held: number;
  /** The age of the oldest, in seconds. */
  readonly oldest: number;
}

/** What waits, by class. What is unavailable does not count. */
export async function measureBacklog(queries: Queries): Promise<readonly Backlog[]> {
  const rows = await queries.query<{ [column in keyof Backlog]: string | number | boolean | null }>(
    `select class.urgent, count(key) as waiting, count(held_since) as held,
       extract(epoch from max(now() - coalesce(since, run_at))) as oldest
     from (values (true), (false)) as class (urgent)
     left join portcullis.work work on work.urgent = class.urgent and wanted > done
       and not exists (select from (${ITS_STATES}) s where next_at > now())
     group by class.urgent`,
  );
  return rows.map(({ urgent, waiting, held, oldest }) => ({
    urgent: urgent === true,
    waiting: Number(waiting),
    held: Number(held),
    oldest: Math.max(0, Number(oldest ?? 0)),
  }));
}
