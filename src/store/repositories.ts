import type { AuditedRepository, AuditEvent } from "../model/audit.ts";
import { appendAudit } from "./audit.ts";
import type { Database, Queries } from "./database.ts";
import type { RepositoryName } from "./subject.ts";
import { enqueueWork } from "./work.ts";

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
  /** The branches that the configuration in force gates besides the default branch, as it names them. */
  readonly gates?: readonly Gate[];
  /** Whether the history of its default branch was asked for a portcullis.yaml that is not there any more. */
  readonly historyRead: boolean;
  /** Who may override, by the configuration in force; absent: nobody. */
  readonly override?: OverrideRule;
}

/** Teams whose members may override a check, and for how many minutes. */
export interface OverrideRule {
  readonly teams: readonly string[];
  readonly minutes: number;
}

/** A branch by its name, or those that a pattern matches, with the name of its check if it has one of its own. */
export interface Gate {
  readonly branch: string;
  readonly check?: string;
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
  /** Texts where a version stored them that knew no names of checks. */
  readonly gates: readonly (string | Gate)[] | null;
  readonly history_read: boolean;
  readonly override: OverrideRule | null;
}

const COLUMNS =
  "id, installation, owner, name, default_branch, enrolled_at is not null as enrolled, trusted, policies, gates, history_read, override";

function toRepository(row: RepositoryRow): Repository {
  return {
    id: Number(row.id),
    installation: Number(row.installation),
    owner: row.owner,
    name: row.name,
    defaultBranch: row.default_branch,
    enrolled: row.enrolled,
    historyRead: row.history_read,
    ...(row.override === null ? {} : { override: row.override }),
    ...(row.trusted === null ? {} : { trusted: row.trusted }),
    ...(row.policies === null ? {} : { policies: row.policies }),
    ...(row.gates === null
      ? {}
      : { gates: row.gates.map((gate) => (typeof gate === "string" ? { branch: gate } : gate)) }),
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
       default_branch = excluded.default_branch, seen_at = now() returning ${COLUMNS}`,
    [repository.id, repository.installation, repository.owner, repository.name, repository.defaultBranch],
  );
  if (row === undefined) throw new Error("an upsert that returns answered no row");
  return toRepository(row);
}

/**
 * Stores the current names of a repository that is known, with the installation that lists it, and has work that waits
 * go there.
 */
export async function recordListed(
  queries: Queries,
  repository: RepositoryName & { readonly installation: number; readonly defaultBranch: string },
): Promise<void> {
  const { id, owner, name, installation, defaultBranch } = repository;
  await queries.query(
    `update portcullis.repositories set installation = $2, owner = $3, name = $4, default_branch = $5, seen_at = now()
     where id = $1`,
    [id, installation, owner, name, defaultBranch],
  );
  const subject = { installation, repository: { id, owner, name } };
  await queries.query(
    "update portcullis.work set subject = subject || $2::jsonb where key like $1 and not subject @> $2::jsonb",
    [`%:${id}:%`, JSON.stringify(subject)],
  );
}

/** All repositories. */
export async function listRepositories(queries: Queries): Promise<readonly Repository[]> {
  const rows = await queries.query<RepositoryRow>(`select ${COLUMNS} from portcullis.repositories order by id`);
  return rows.map(toRepository);
}

/** The repositories that neither a listing nor a job has seen since `time`, ISO 8601. */
export async function listUnseenRepositories(queries: Queries, time: string): Promise<readonly Repository[]> {
  const rows = await queries.query<RepositoryRow>(
    `select ${COLUMNS} from portcullis.repositories where seen_at < $1::timestamptz order by id`,
    [time],
  );
  return rows.map(toRepository);
}

/** The repository as the audit log names it. */
function audited(row: Pick<RepositoryRow, "id" | "owner" | "name">): AuditedRepository {
  return { id: Number(row.id), name: `${row.owner}/${row.name}` };
}

function enrolment(row: Pick<RepositoryRow, "id" | "owner" | "name">, state: "enrolled" | "forgotten"): AuditEvent {
  return { kind: "enrolment", repository: audited(row), subject: "repository", body: { state } };
}

/**
 * Stores what the history of the default branch says about a repository without a portcullis.yaml: `rules` is the last
 * commit that had one, and makes it enrolled.
 */
export async function recordHistory(database: Database, id: number, rules: string | undefined): Promise<void> {
  await database.query(
    `update portcullis.repositories set history_read = true,
       trusted = coalesce(trusted, $2)
     where id = $1`,
    [id, rules ?? null],
  );
  if (rules !== undefined) await markEnrolled(database, id);
}

/** Marks a repository as enrolled, for good. */
export async function markEnrolled(database: Database, id: number): Promise<void> {
  await database.transaction(async (queries) => {
    const [row] = await queries.query<RepositoryRow>(
      `update portcullis.repositories set enrolled_at = now() where id = $1 and enrolled_at is null returning ${COLUMNS}`,
      [id],
    );
    if (row !== undefined) await appendAudit(queries, [enrolment(row, "enrolled")]);
  });
}

/**
 * Stores the commit whose configuration and policies are in force, their digest, and the branches that they gate. Other
 * rules are recorded, and have the default branch judged by itself again; the same rules at another commit are not.
 */
export async function recordRulesInForce(
  database: Database,
  id: number,
  trusted: string,
  policies: string,
  gates: readonly Gate[],
): Promise<void> {
  await database.transaction(async (queries) => {
    const [row] = await queries.query<RepositoryRow>(
      `select ${COLUMNS} from portcullis.repositories where id = $1 for update`,
      [id],
    );
    if (row === undefined) return;
    await queries.query("update portcullis.repositories set trusted = $2, policies = $3, gates = $4 where id = $1", [
      id,
      trusted,
      policies,
      JSON.stringify(gates),
    ]);
    if (row.policies === policies) return;
    if (row.policies !== null) {
      const repository = { id, owner: row.owner, name: row.name };
      const subject = { kind: "compliance", installation: Number(row.installation), repository } as const;
      await enqueueWork(queries, subject, false, false);
    }
    const before = {
      ...(row.trusted === null ? {} : { commit: row.trusted }),
      ...(row.policies === null ? {} : { policies: row.policies }),
    };
    const branches = [row.default_branch, ...gates.map(({ branch }) => branch)];
    await appendAudit(queries, [
      {
        kind: "rules",
        repository: audited(row),
        subject: "rules",
        body: { ...(row.policies === null ? {} : { before }), after: { commit: trusted, policies, branches } },
      },
    ]);
  });
}

/** Stores who may override, by the configuration in force. */
export async function recordOverrideRule(queries: Queries, id: number, rule: OverrideRule | undefined): Promise<void> {
  await queries.query("update portcullis.repositories set override = $2 where id = $1", [
    id,
    rule === undefined ? null : JSON.stringify(rule),
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

/**
 * The enrolled repositories that no sweep took for so many seconds, longest ago first, and takes them. At most a tenth of
 * all, and twenty, so that those taken at once do not stay together.
 */
export async function takeRepositoriesToSweep(queries: Queries, seconds: number): Promise<readonly Repository[]> {
  const rows = await queries.query<RepositoryRow>(
    `update portcullis.repositories set swept_at = now() where id in (
       select id from portcullis.repositories
       where enrolled_at is not null and coalesce(swept_at, '-infinity') <= now() - $1 * interval '1 second'
       order by swept_at nulls first, id
       limit (select greatest(20, count(*) / 10) from portcullis.repositories where enrolled_at is not null)
     ) returning ${COLUMNS}`,
    [seconds],
  );
  return rows.map(toRepository);
}

/** The ids of all repositories that are stored. */
export async function listRepositoryIds(queries: Queries): Promise<readonly number[]> {
  const rows = await queries.query<{ id: string | number }>("select id from portcullis.repositories");
  return rows.map((row) => Number(row.id));
}

/**
 * Deletes everything about repositories that are deleted or that the App was removed from, except what the audit log says.
 * One that belongs to another installation by now stays.
 */
export async function deleteRepositories(
  database: Database,
  installation: number,
  ids: readonly number[],
): Promise<void> {
  for (const id of ids) await database.transaction((queries) => deleteRepository(queries, installation, id));
}

async function deleteRepository(queries: Queries, installation: number, id: number): Promise<void> {
  const [row] = await queries.query<RepositoryRow>(
    `select ${COLUMNS} from portcullis.repositories where id = $1 for update`,
    [id],
  );
  if (row !== undefined && Number(row.installation) !== installation) return;
  await queries.query("delete from portcullis.repositories where id = $1", [id]);
  for (const table of [
    "compliance",
    "heads",
    "let_through",
    "overrides",
    "passed",
    "reports",
    "runs",
    "said",
    "standings",
    "unavailable",
  ])
    await queries.query(`delete from portcullis.${table} where repository = $1`, [id]);
  await queries.query("delete from portcullis.work where key like $1", [`%:${id}:%`]);
  if (row?.enrolled === true) await appendAudit(queries, [enrolment(row, "forgotten")]);
}

/** Deletes everything about an installation that was deleted, and about its repositories. */
export async function deleteInstallation(database: Database, installation: number): Promise<void> {
  const rows = await database.query<{ id: string | number }>(
    "select id from portcullis.repositories where installation = $1",
    [installation],
  );
  await deleteRepositories(
    database,
    installation,
    rows.map((row) => Number(row.id)),
  );
  await database.query("delete from portcullis.work where (subject->>'installation')::bigint = $1", [installation]);
  await database.query("delete from portcullis.unavailable where installation = $1", [installation]);
  await database.query("delete from portcullis.budgets where installation = $1", [installation]);
}
