import type { Queries } from "./database.ts";

/** How many reports of one pull request or merge group are kept, and for how long. */
export const REPORTS_KEPT = 10;
export const REPORT_DAYS = 30;

/** Stores the report of a run, compressed, and deletes the oldest ones of the same work. */
export async function saveReport(
  queries: Queries,
  report: {
    readonly job: string;
    readonly work: string;
    readonly repository: number;
    readonly content: Uint8Array;
  },
): Promise<void> {
  await queries.query(
    `insert into portcullis.reports (job, work, repository, content) values ($1, $2, $3, $4)
     on conflict (job) do update set content = excluded.content, saved_at = now()`,
    [report.job, report.work, report.repository, report.content],
  );
  await queries.query(
    `delete from portcullis.reports where work = $1 and job not in
       (select job from portcullis.reports where work = $1 order by saved_at desc, job limit ${REPORTS_KEPT})`,
    [report.work],
  );
}

/** The report of a run as it was stored, or undefined if none is. */
export async function findReport(queries: Queries, job: string): Promise<Uint8Array | undefined> {
  const [row] = await queries.query<{ content: Uint8Array }>("select content from portcullis.reports where job = $1", [
    job,
  ]);
  return row?.content;
}

/** Deletes reports after 30 days. */
export async function deleteOldReports(queries: Queries): Promise<void> {
  await queries.query(`delete from portcullis.reports where saved_at < now() - interval '${REPORT_DAYS} days'`);
}
