import type { Queries } from "./database.ts";
import type { RepositoryName } from "./work.ts";

/** What is stored about a repository. */
export interface Repository extends RepositoryName {
  readonly installation: number;
  readonly defaultBranch: string;
  /** It had a portcullis.yaml on its default branch once, and so stays enrolled. */
  readonly enrolled: boolean;
  /** The commit of the default branch whose configuration and policies compiled last: they are in force. */
  readonly trusted?: string;
  /** The digest of the policies in force. */
  readonly policies?: string;
  /** The branches that the configuration in force gates, as it names them; empty: the default branch. */
  readonly gates?: readonly string[];
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
  readonly gates: readonly string[] | null;
}

const COLUMNS =
  "id, installation, owner, name, default_branch, enrolled_at is not null as enrolled, trusted, policies, gates";

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
    ...(row.gates === null ? {} : { gates: row.gates }),
  };
}

/** Stores the current names and default branch of a repository, and returns its record. */
export async function upsertRepository(
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

/** Marks a repository as enrolled, for good. */
export async function markEnrolled(queries: Queries, id: number): Promise<void> {
  await queries.query("update portcullis.repositories set enrolled_at = coalesce(enrolled_at, now()) where id = $1", [
    id,
  ]);
}

/** Stores the commit whose configuration and policies are in force, their digest, and the branches that they gate. */
export async function recordRulesInForce(
  queries: Queries,
  id: number,
  trusted: string,
  policies: string,
  gates: readonly string[],
): Promise<void> {
  await queries.query("update portcullis.repositories set trusted = $2, policies = $3, gates = $4 where id = $1", [
    id,
    trusted,
    policies,
    JSON.stringify(gates),
  ]);
}

/** The record of a repository. */
export async function findRepository(queries: Queries, id: number): Promise<Repository | undefined> {
  const [row] = await queries.query<RepositoryRow>(`select ${COLUMNS} from portcullis.repositories where id = $1`, [
    id,
  ]);
  return row === undefined ? undefined : toRepository(row);
}

/** All enrolled repositories. */
export async function listEnrolledRepositories(queries: Queries): Promise<readonly Repository[]> {
  const rows = await queries.query<RepositoryRow>(
    `select ${COLUMNS} from portcullis.repositories where enrolled_at is not null order by id`,
  );
  return rows.map(toRepository);
}

/** Deletes everything about repositories that the App was removed from. */
export async function deleteRepositories(queries: Queries, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    await queries.query("delete from portcullis.repositories where id = $1", [id]);
    await queries.query("delete from portcullis.heads where repository = $1", [id]);
    await queries.query("delete from portcullis.work where key like $1", [`%:${id}:%`]);
  }
}
