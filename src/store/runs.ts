import type { Queries } from "./database.ts";

/** How a check run ended; `superseded` runs show failure on GitHub. */
export type Conclusion = "success" | "failure" | "superseded";

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
  };
}

const COLUMNS = "job, work, repository, head, base_ref, run_id, external_id, conclusion, annotated, reviewed";

/** The runs of a work that are not concluded, and the newest one that is; oldest first. */
export async function findRuns(queries: Queries, work: string): Promise<readonly Run[]> {
  const rows = await queries.query<RunRow>(
    `select ${COLUMNS} from portcullis.runs where work = $1 and (conclusion is null or created_at =
       (select max(created_at) from portcullis.runs where work = $1 and conclusion is not null)) order by created_at`,
    [work],
  );
  return rows.map(toRun);
}

/** Stores that a run is about to be created. */
export async function recordIntendedRun(
  queries: Queries,
  run: Omit<Run, "runId" | "conclusion" | "annotated" | "reviewed">,
): Promise<void> {
  await queries.query(
    `insert into portcullis.runs (job, work, repository, head, base_ref, external_id) values ($1, $2, $3, $4, $5, $6)`,
    [run.job, run.work, run.repository, run.head, run.baseRef, run.externalId],
  );
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

/** Stores the conclusion of a run and its final external id. */
export async function recordRunConclusion(
  queries: Queries,
  job: string,
  conclusion: Conclusion,
  externalId: string,
): Promise<void> {
  await queries.query("update portcullis.runs set conclusion = $2, external_id = $3 where job = $1", [
    job,
    conclusion,
    externalId,
  ]);
}

/** Stores that the review comments of a run are posted. */
export async function markRunReviewed(queries: Queries, job: string): Promise<void> {
  await queries.query("update portcullis.runs set reviewed = true where job = $1", [job]);
}

/** The number of runs that are still open after `seconds`; should be 0. */
export async function countStuckRuns(queries: Queries, seconds: number): Promise<number> {
  const [row] = await queries.query<{ stuck: string | number }>(
    `select count(*) as stuck from portcullis.runs
     where conclusion is null and created_at < now() - $1 * interval '1 second'`,
    [seconds],
  );
  return Number(row?.stuck ?? 0);
}

/** Deletes concluded runs after 90 days, except the newest of each work. */
export async function deleteOldRuns(queries: Queries): Promise<void> {
  await queries.query(
    `delete from portcullis.runs r where conclusion is not null and created_at < now() - interval '90 days'
       and exists (select 1 from portcullis.runs n where n.work = r.work and n.created_at > r.created_at)`,
  );
}
