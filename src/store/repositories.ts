import type { Queries } from "./database.ts";
import type { RepositoryName } from "./work.ts";

/** What is remembered of a repository between jobs. */
export interface Repository extends RepositoryName {
  readonly installation: number;
  readonly defaultBranch: string;
  /** It had a portcullis.yaml on its default branch once, and stays enrolled. */
  readonly enrolled: boolean;
  /** The commit of the default branch whose configuration and policies compiled last: they are in force. */
  readonly trusted?: string;
  /** Digest of the policies in force. */
  readonly policies?: string;
}

interface RepositoryRow {
  readonly [column: string]: unknown;
  readonly id: string | number;
  readonly installation: string | number;
  readonly owner: string;
  readonly name: string;
  readonly default_branch: string;
  readonly enrolled: boolean;
  readonly trusted: string | null;
  readonly policies: string | null;
}

const COLUMNS = "id, installation, owner, name, default_branch, enrolled_at is not null as enrolled, trusted, policies";

function toRepository(row: RepositoryRow): Repository {
  return {
    id: Number(row.id),
    installation: Number(row.installation),
    owner: row.owner,
    name: row.name,
    defaultBranch: row.default_branch,
    enrolled: row.enrolled,
    ...(row.trusted === null ? {} : { trusted: row.trusted }),
    ...(row.policies === null ? {} : { policies: row.policies }),
  };
}

/** Writes down names and branch as they are now, and answers what is remembered. */
export async function seenRepository(
  queries: Queries,
  repository: RepositoryName & { readonly installation: number; readonly defaultBranch: string },
): Promise<Repository> {
  const [row] = await queries.query<RepositoryRow>(
    `insert into portcullis.repositories (id, installation, owner, name, default_branch) values ($1, $2, $3, $4, $5)
     on conflict (id) do update set installation = excluded.installation, owner = excluded.owner, name = excluded.name,
       default_branch = excluded.default_branch returning ${COLUMNS}`,
    [repository.id, repository.installation, repository.owner, repository.name, repository.defaultBranch],
  );
  if (row === undefined) throw new Error("an upsert that returns answered no row");
  return toRepository(row);
}

/** From now on the repository stays enrolled. */
export async function enroll(queries: Queries, id: number): Promise<void> {
  await queries.query("update portcullis.repositories set enrolled_at = coalesce(enrolled_at, now()) where id = $1", [
    id,
  ]);
}

/** The configuration and policies at `trusted` compiled: they are in force until a newer set does. */
export async function putInForce(queries: Queries, id: number, trusted: string, policies: string): Promise<void> {
  await queries.query("update portcullis.repositories set trusted = $2, policies = $3 where id = $1", [
    id,
    trusted,
    policies,
  ]);
}

export async function findRepository(queries: Queries, id: number): Promise<Repository | undefined> {
  const [row] = await queries.query<RepositoryRow>(`select ${COLUMNS} from portcullis.repositories where id = $1`, [
    id,
  ]);
  return row === undefined ? undefined : toRepository(row);
}

export async function enrolledRepositories(queries: Queries): Promise<readonly Repository[]> {
  const rows = await queries.query<RepositoryRow>(
    `select ${COLUMNS} from portcullis.repositories where enrolled_at is not null order by id`,
  );
  return rows.map(toRepository);
}

/** The App was taken off these repositories: nothing can be read or said there any more. */
export async function forgetRepositories(queries: Queries, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    await queries.query("delete from portcullis.repositories where id = $1", [id]);
    await queries.query("delete from portcullis.heads where repository = $1", [id]);
    await queries.query("delete from portcullis.work where key like $1", [`%:${id}:%`]);
  }
}
