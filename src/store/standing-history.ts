import type { StoredStanding } from "../model/standing.ts";
import type { Queries } from "./database.ts";
import { STANDING_COLUMNS, toStanding, type StandingRow } from "./standings.ts";

/** The version of the schema that brought standings. */
export const WITH_STANDINGS = 16;

/** Standings read at once: each may have some ten thousand characters. */
const ROWS_AT_ONCE = 100;

/** A branch that was judged. */
export interface JudgedBranch {
  readonly repository: { readonly id: number; readonly name: string };
  readonly branch: string;
  readonly gated: boolean;
}

/** All branches with standings, by the names of repository and branch. */
export async function listJudgedBranches(queries: Queries): Promise<readonly JudgedBranch[]> {
  const rows = await queries.query<{
    id: string | number;
    owner: string;
    name: string;
    branch: string;
    gated: boolean;
  }>(
    `select r.id, r.owner, r.name, s.branch, bool_or(s.newest) as gated
     from portcullis.standings s join portcullis.repositories r on r.id = s.repository
     group by r.id, r.owner, r.name, s.branch
     order by r.owner collate "C", r.name collate "C", r.id, s.branch collate "C"`,
  );
  return rows.map(({ id, owner, name, branch, gated }) => ({
    repository: { id: Number(id), name: `${owner}/${name}` },
    branch,
    gated,
  }));
}

/** Why repositories could not be judged the last time, by `owner/name`. */
export async function listComplianceFailures(
  queries: Queries,
): Promise<readonly { readonly repository: string; readonly failure: string }[]> {
  const rows = await queries.query<{ owner: string; name: string; failure: string }>(
    `select r.owner, r.name, c.failure from portcullis.compliance c join portcullis.repositories r on r.id = c.repository
     where c.failure is not null order by r.owner collate "C", r.name collate "C"`,
  );
  return rows.map(({ owner, name, failure }) => ({ repository: `${owner}/${name}`, failure }));
}

/**
 * Reads the standings of a branch in the order in which they were stored. With `since`, the last one before that time
 * comes first, for what follows to be compared with.
 */
export async function* readStandings(
  queries: Queries,
  { repository, branch }: JudgedBranch,
  since?: string,
): AsyncGenerator<StoredStanding> {
  const [start] = await queries.query<{ id: string | number | null }>(
    `select max(id) as id from portcullis.standings
     where repository = $1 and branch = $2 and judged_at < $3::timestamptz`,
    [repository.id, branch, since ?? "-infinity"],
  );
  let from = Number(start?.id ?? 0);
  for (;;) {
    const rows = await queries.query<StandingRow & { readonly id: string | number }>(
      `select s.id, ${STANDING_COLUMNS} from portcullis.standings s where repository = $1 and branch = $2 and id >= $3
       order by id limit ${ROWS_AT_ONCE}`,
      [repository.id, branch, from],
    );
    for (const row of rows) yield toStanding(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    from = Number(last.id) + 1;
  }
}
