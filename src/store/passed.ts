import type { Queries } from "./database.ts";

/** A state that was on a gated branch and passed: a commit that a pull request was merged as, and whose very tree was judged. */
export interface PassedState {
  readonly commit: string;
  readonly tree: string;
  readonly pull: number;
  /** ISO 8601. */
  readonly mergedAt: string;
  /** Digests of the findings, problems and gaps that it had when it passed, and that no waiver covered. */
  readonly had: ReadonlySet<string>;
}

/** How many passed states of a branch are kept. */
export const PASSED_KEPT = 200;

/**
 * Keeps with a run what the judged tree has, until it is merged; only the newest run of a work keeps it. `had`: as
 * `PassedState` has it.
 */
export async function keepHad(queries: Queries, job: string, had: readonly string[]): Promise<void> {
  await queries.query(
    `update portcullis.runs set had = case when job = $1 then $2 end
     where job = $1 or (had is not null and work = (select work from portcullis.runs where job = $1))`,
    [job, had.join(" ")],
  );
}

/** Stores that a tree that the run of `job` has passed is now a commit of a gated branch. Without what it had, nothing is stored. */
export async function recordPassed(
  queries: Queries,
  passed: Omit<PassedState, "had"> & { readonly repository: number; readonly branch: string; readonly job: string },
): Promise<void> {
  const { repository, branch, commit, tree, pull, job, mergedAt } = passed;
  await queries.query(
    `insert into portcullis.passed (repository, branch, commit, tree, pull, job, had, merged_at)
     select $1, $2, $3, $4, $5, job, had, $7 from portcullis.runs where job = $6 and had is not null
     on conflict do nothing`,
    [repository, branch, commit, tree, pull, job, mergedAt],
  );
  await queries.query(
    `delete from portcullis.passed where repository = $1 and branch = $2 and commit not in (
       select commit from portcullis.passed where repository = $1 and branch = $2
       order by merged_at desc, commit limit ${PASSED_KEPT})`,
    [repository, branch],
  );
}

/** The newest states of a gated branch that passed and were merged in the last days, newest first. */
export async function listPassed(
  queries: Queries,
  of: { readonly repository: number; readonly branch: string; readonly days: number; readonly limit: number },
): Promise<readonly PassedState[]> {
  const rows = await queries.query<{
    commit: string;
    tree: string;
    pull: number;
    had: string;
    merged_at: Date | string;
  }>(
    `select commit, tree, pull, had, merged_at from portcullis.passed
     where repository = $1 and branch = $2 and merged_at > now() - $3 * interval '1 day'
     order by merged_at desc, commit limit $4`,
    [of.repository, of.branch, of.days, of.limit],
  );
  return rows.map(({ commit, tree, pull, had, merged_at: mergedAt }) => ({
    commit,
    tree,
    pull,
    mergedAt: new Date(mergedAt).toISOString(),
    had: new Set(had === "" ? [] : had.split(" ")),
  }));
}
