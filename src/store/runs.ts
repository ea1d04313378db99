import type { AuditEvent } from "../model/audit.ts";
import { appendAudit } from "./audit.ts";
import { withdrawnApprovals } from "./withdrawn-approvals.ts";
import type { Database, Queries } from "./database.ts";
import type { Subject } from "./work.ts";

/** How a check run ended; `superseded` runs show failure on GitHub. */
export type Conclusion = "success" | "failure" | "superseded";

/** A verdict that could not be published yet. */
export interface SavedVerdict {
  /** The version of the work that was judged: a newer event asks for another verdict. */
  readonly wanted: number;
  /** The policies that it was judged by, and the name of its check. */
  readonly policies: string;
  readonly check: string;
  /** The commit that it was compared with, and the judged tree. */
  readonly base: string;
  readonly tree?: string;
  /** When it counts no longer, ISO 8601. */
  readonly validUntil?: string;
  /** What the check run is concluded with. */
  readonly body: object;
  /** Whether it has comments, for which it must be judged again. */
  readonly comments: boolean;
}

/**
 * A check run of the App. The row is written before the request that creates the run, so that a run whose creation was
 * not confirmed is found again.
 */
export interface Run {
  /** The id that we give it; part of `external_id`. */
  readonly job: string;
  readonly work: string;
  readonly repository: number;
  readonly head: string;
  readonly baseRef: string;
  /** Absent until GitHub confirmed the creation. */
  readonly runId?: number;
  readonly externalId: string;
  /** Absent while it is in progress. */
  readonly conclusion?: Conclusion;
  /** The number of annotations that GitHub has accepted. */
  readonly annotated: number;
  /** Whether its review comments are posted, or there are none to post. */
  readonly reviewed: boolean;
  /** What it is to be concluded with, once GitHub accepts that. */
  readonly verdict?: SavedVerdict;
}

interface RunRow {
  readonly [column: string]: unknown;
  readonly job: string;
  readonly work: string;
  readonly repository: string | number;
  readonly head: string;
  readonly base_ref: string;
  readonly run_id: string | number | null;
  readonly external_id: string;
  readonly conclusion: Conclusion | null;
  readonly annotated: number;
  readonly reviewed: boolean;
  readonly verdict: SavedVerdict | null;
}

function toRun(row: RunRow): Run {
  return {
    job: row.job,
    work: row.work,
    repository: Number(row.repository),
    head: row.head,
    baseRef: row.base_ref,
    externalId: row.external_id,
    annotated: row.annotated,
    reviewed: row.reviewed,
    ...(row.run_id === null ? {} : { runId: Number(row.run_id) }),
    ...(row.conclusion === null ? {} : { conclusion: row.conclusion }),
    ...(row.verdict === null ? {} : { verdict: row.verdict }),
  };
}

const COLUMNS = "job, work, repository, head, base_ref, run_id, external_id, conclusion, annotated, reviewed, verdict";

/** The runs of a work that are not concluded, and the newest one that is; oldest first. */
export async function findRuns(queries: Queries, work: string): Promise<readonly Run[]> {
  const rows = await queries.query<RunRow>(
    `select ${COLUMNS} from portcullis.runs where work = $1 and (conclusion is null or created_at =
       (select max(created_at) from portcullis.runs where work = $1 and conclusion is not null)) order by created_at`,
    [work],
  );
  return rows.map(toRun);
}

/** The runs of a work on a head that are concluded as success. */
export async function findGreenRuns(
  queries: Queries,
  work: string,
  head: string,
): Promise<readonly (Run & { readonly runId: number })[]> {
  const rows = await queries.query<RunRow>(
    `select ${COLUMNS} from portcullis.runs where work = $1 and head = $2 and conclusion = 'success' order by created_at`,
    [work, head],
  );
  return rows.map(toRun).flatMap((run) => (run.runId === undefined ? [] : [{ ...run, runId: run.runId }]));
}

/** When the runs of a pull request say that it got its base branch. */
export interface BaseTimes {
  /** When the newest run for another base branch began; absent: there is none. */
  readonly left?: string;
  /** When the first run for this one began after that; absent: there is none. */
  readonly into?: string;
}

/** When runs of a work began for this base branch, and for another one before. */
export async function findBaseTimes(queries: Queries, work: string, baseRef: string): Promise<BaseTimes> {
  const [row] = await queries.query<{ left_at: Date | string | null; into_at: Date | string | null }>(
    `with other as (select max(created_at) as at from portcullis.runs where work = $1 and base_ref <> $2)
     select other.at as left_at, (select min(created_at) from portcullis.runs
       where work = $1 and base_ref = $2 and created_at > coalesce(other.at, '-infinity')) as into_at from other`,
    [work, baseRef],
  );
  const time = (at: Date | string | null | undefined): string | undefined =>
    at === null || at === undefined ? undefined : new Date(at).toISOString();
  const [left, into] = [time(row?.left_at), time(row?.into_at)];
  return { ...(left === undefined ? {} : { left }), ...(into === undefined ? {} : { into }) };
}

/** The run of a job, or undefined if none is stored. */
export async function findRunOfJob(queries: Queries, job: string): Promise<Run | undefined> {
  const [row] = await queries.query<RunRow>(`select ${COLUMNS} from portcullis.runs where job = $1`, [job]);
  return row === undefined ? undefined : toRun(row);
}

/** Stores that a run is about to be created. */
export async function recordIntendedRun(
  queries: Queries,
  run: Omit<Run, "runId" | "conclusion" | "annotated" | "reviewed" | "verdict">,
): Promise<void> {
  await queries.query(
    `insert into portcullis.runs (job, work, repository, head, base_ref, external_id) values ($1, $2, $3, $4, $5, $6)`,
    [run.job, run.work, run.repository, run.head, run.baseRef, run.externalId],
  );
}

/** Stores a run that exists on GitHub and was not known; one that is concluded has its comments. */
export async function adoptRun(
  queries: Queries,
  run: Omit<Run, "annotated" | "reviewed"> & { readonly runId: number },
): Promise<void> {
  await queries.query(
    `insert into portcullis.runs (job, work, repository, head, base_ref, run_id, external_id, conclusion, reviewed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      run.job,
      run.work,
      run.repository,
      run.head,
      run.baseRef,
      run.runId,
      run.externalId,
      run.conclusion ?? null,
      run.conclusion !== undefined,
    ],
  );
}

/** The subjects of work that is done and left a run in progress, which nothing would conclude. */
export async function listAbandonedSubjects(queries: Queries): Promise<readonly Subject[]> {
  const rows = await queries.query<{ subject: Subject }>(
    `select subject from portcullis.work w where wanted <= done
       and exists (select from portcullis.runs r where r.work = w.key and r.conclusion is null) order by key`,
  );
  return rows.map((row) => row.subject);
}

/** Stores the id that GitHub gave to a run. */
export async function recordRunId(queries: Queries, job: string, runId: number): Promise<void> {
  await queries.query("update portcullis.runs set run_id = $2 where job = $1", [job, runId]);
}

/** Deletes an intended run that GitHub never created. */
export async function deleteIntendedRun(queries: Queries, job: string): Promise<void> {
  await queries.query("delete from portcullis.runs where job = $1 and run_id is null", [job]);
}

/** Stores how many annotations GitHub has accepted. */
export async function recordAnnotationCount(queries: Queries, job: string, annotated: number): Promise<void> {
  await queries.query("update portcullis.runs set annotated = $2 where job = $1", [job, annotated]);
}

/** Stores a verdict that could not be published yet. */
export async function saveVerdict(queries: Queries, job: string, verdict: SavedVerdict): Promise<void> {
  await queries.query("update portcullis.runs set verdict = $2 where job = $1 and conclusion is null", [
    job,
    JSON.stringify(verdict),
  ]);
}

/**
 * Stores the conclusion of a run and its final external id, and records what it stands for. The same conclusion is recorded
 * once, whichever attempt stores it.
 */
export async function recordRunConclusion(
  database: Database,
  job: string,
  conclusion: Conclusion,
  externalId: string,
  events: readonly AuditEvent[] = [],
): Promise<void> {
  await database.transaction(async (queries) => {
    const [row] = await queries.query<{ conclusion: Conclusion | null }>(
      "select conclusion from portcullis.runs where job = $1 for update",
      [job],
    );
    await queries.query("update portcullis.runs set conclusion = $2, external_id = $3, verdict = null where job = $1", [
      job,
      conclusion,
      externalId,
    ]);
    if (row?.conclusion !== conclusion)
      await appendAudit(queries, [...events, ...(await withdrawnApprovals(queries, events))]);
  });
}

/** Stores that the review comments of a run are posted. */
export async function markRunReviewed(queries: Queries, job: string): Promise<void> {
  await queries.query("update portcullis.runs set reviewed = true where job = $1", [job]);
}

/**
 * The number of runs that are still open after `seconds` in which GitHub's limits held nothing back; should be 0. Those of
 * installations and repositories that are unavailable do not count.
 */
export async function countStuckRuns(queries: Queries, seconds: number): Promise<number> {
  const [row] = await queries.query<{ stuck: string | number }>(
    `select count(*) as stuck from portcullis.runs r left join portcullis.work w on w.key = r.work
     where conclusion is null and held_since is null
       and created_at < now() - ($1 + coalesce(held, 0)) * interval '1 second' and not exists (
         select from portcullis.unavailable u where u.scope in ('repository:' || r.repository,
           'installation:' || (select installation from portcullis.repositories where id = r.repository)))`,
    [seconds],
  );
  return Number(row?.stuck ?? 0);
}

/** Deletes concluded runs after 90 days, except the newest of each open pull request. */
export async function deleteOldRuns(queries: Queries): Promise<void> {
  await queries.query(
    `delete from portcullis.runs r where conclusion is not null and created_at < now() - interval '90 days'
       and (exists (select 1 from portcullis.runs n where n.work = r.work and n.created_at > r.created_at)
         or not exists (select 1 from portcullis.heads h where h.work = r.work))`,
  );
}
