import type { Queries } from "./database.ts";

/** A state that was on a gated branch and passed: a commit that a pull request was merged as, and whose very tree was judged. */
export interface PassedState {
  readonly commit: string;
  readonly tree: string;
  readonly pull: number;
  /** ISO 8601. */
  readonly mergedAt: string;
  /**
   * Digests of the findings, problems and gaps that it had when it passed, and that no waiver covered, without what came
   * into the branch by a merge that blocking rules did not pass.
   */
  readonly had: ReadonlySet<string>;
}

/** How many passed states of a branch are kept. */
export const PASSED_KEPT = 200;

/**
 * Keeps with a run what the judged tree has, until it is merged, and what of that the change brought that blocks; only the
 * newest run of a work keeps it. Both are digests, as `PassedState` has them.
 */
export async function keepHad(
  queries: Queries,
  job: string,
  had: readonly string[],
  brought: readonly string[],
): Promise<void> {
  await queries.query(
    `update portcullis.runs set had = case when job = $1 then $2 end, brought = case when job = $1 then $3 end
     where job = $1 or (had is not null and work = (select work from portcullis.runs where job = $1))`,
    [job, had.join(" "), brought.join(" ")],
  );
}

/** How many merges of a branch that let something through are kept. */
const LET_THROUGH_KEPT = 1_000;

/**
 * Stores what the merge of the pull request of `work` brought although blocking rules did not pass it: by an override, or
 * past a failed check. Nothing is stored for one that brought nothing that blocks.
 */
export async function recordLetThrough(
  queries: Queries,
  merge: { readonly repository: number; readonly branch: string; readonly commit: string; readonly work: string },
): Promise<void> {
  const { repository, branch, commit, work } = merge;
  await queries.query(
    `insert into portcullis.let_through (repository, branch, commit, brought)
     select $1, $2, $3, brought from portcullis.runs where work = $4 and brought <> ''
     on conflict do nothing`,
    [repository, branch, commit, work],
  );
  await queries.query(
    `delete from portcullis.let_through where repository = $1 and branch = $2 and id not in (
       select id from portcullis.let_through where repository = $1 and branch = $2
       order by id desc limit ${LET_THROUGH_KEPT})`,
    [repository, branch],
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
  if (rows.length === 0) return [];
  const letThrough = await queries.query<{ brought: string }>(
    "select brought from portcullis.let_through where repository = $1 and branch = $2",
    [of.repository, of.branch],
  );
  const left = new Set(letThrough.flatMap(({ brought }) => brought.split(" ")));
  return rows.map(({ commit, tree, pull, had, merged_at: mergedAt }) => ({
    commit,
    tree,
    pull,
    mergedAt: new Date(mergedAt).toISOString(),
    had: new Set(had.split(" ").filter((digest) => digest !== "" && !left.has(digest))),
  }));
}
