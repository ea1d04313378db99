import type { AuditEvent } from "../model/audit.ts";
import { appendAudit } from "./audit.ts";
import type { Database, Queries } from "./database.ts";
import type { RepositoryName } from "./work.ts";

/** Permission of a person to let one head of a pull request through for some minutes. */
export interface Override {
  /** The id of the comment that asked for it. */
  readonly comment: number;
  readonly installation: number;
  readonly repository: RepositoryName;
  readonly pull: number;
  readonly head: string;
  readonly baseRef: string;
  /** The commit at the tip of the base branch when it was granted. */
  readonly base: string;
  /** Their login. */
  readonly by: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly until: string;
  /** The number of the issue that must be closed with a follow-up; absent: it is not opened yet, and nothing is granted. */
  readonly issue?: number;
}

interface OverrideRow {
  readonly [column: string]: unknown;
  readonly comment: string | number;
  readonly installation: string | number;
  readonly repository: string | number;
  readonly owner: string;
  readonly name: string;
  readonly pull: number;
  readonly head: string;
  readonly base_ref: string;
  readonly base: string;
  readonly login: string;
  readonly reason: string;
  readonly until: Date | string;
  readonly issue: number | null;
}

const COLUMNS =
  "comment, installation, repository, owner, name, pull, head, base_ref, base, login, reason, until, issue";

function toOverride(row: OverrideRow): Override {
  return {
    comment: Number(row.comment),
    installation: Number(row.installation),
    repository: { id: Number(row.repository), owner: row.owner, name: row.name },
    pull: row.pull,
    head: row.head,
    baseRef: row.base_ref,
    base: row.base,
    by: row.login,
    reason: row.reason,
    until: new Date(row.until).toISOString(),
    ...(row.issue === null ? {} : { issue: row.issue }),
  };
}

/** Stores an override whose issue is to be opened, unless it is stored already, and returns what is stored. */
export async function beginOverride(queries: Queries, override: Override): Promise<Override> {
  const { comment, installation, repository, pull, head, baseRef, base, by, reason, until } = override;
  await queries.query(
    `insert into portcullis.overrides
       (comment, installation, repository, owner, name, pull, head, base_ref, base, login, reason, until)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (comment) do nothing`,
    [
      comment,
      installation,
      repository.id,
      repository.owner,
      repository.name,
      pull,
      head,
      baseRef,
      base,
      by,
      reason,
      until,
    ],
  );
  return (await findOverride(queries, comment)) ?? override;
}

/** The override that a comment asked for. */
export async function findOverride(queries: Queries, comment: number): Promise<Override | undefined> {
  const [row] = await queries.query<OverrideRow>(`select ${COLUMNS} from portcullis.overrides where comment = $1`, [
    comment,
  ]);
  return row === undefined ? undefined : toOverride(row);
}

/** Grants an override whose issue is open, and records that. */
export async function grantOverride(database: Database, { comment }: Override, issue: number): Promise<void> {
  await database.transaction(async (queries) => {
    const [row] = await queries.query<OverrideRow>(
      `update portcullis.overrides set issue = $2 where comment = $1 and issue is null returning ${COLUMNS}`,
      [comment, issue],
    );
    if (row !== undefined) await appendAudit(queries, [eventOf(toOverride(row), "granted")]);
  });
}

/** Deletes an override that could not be granted. */
export async function dropOverride(queries: Queries, comment: number): Promise<void> {
  await queries.query("delete from portcullis.overrides where comment = $1 and issue is null", [comment]);
}

/** When the newest check run on a head was opened (ISO 8601), and for which branch. */
export async function findNewestRun(
  queries: Queries,
  work: string,
  head: string,
): Promise<{ readonly since: string; readonly baseRef: string } | undefined> {
  const [row] = await queries.query<{ created_at: Date | string; base_ref: string }>(
    "select created_at, base_ref from portcullis.runs where work = $1 and head = $2 order by created_at desc limit 1",
    [work, head],
  );
  return row === undefined ? undefined : { since: new Date(row.created_at).toISOString(), baseRef: row.base_ref };
}

/** The override that is in force for one head of a pull request into one branch. */
export async function findActiveOverride(
  queries: Queries,
  { repository, pull, head, baseRef }: { repository: number; pull: number; head: string; baseRef: string },
): Promise<Override | undefined> {
  const [row] = await queries.query<OverrideRow>(
    `select ${COLUMNS} from portcullis.overrides
     where repository = $1 and pull = $2 and head = $3 and base_ref = $4 and issue is not null and ended_at is null
       and until > now() order by until desc limit 1`,
    [repository, pull, head, baseRef],
  );
  return row === undefined ? undefined : toOverride(row);
}

/** Ends the overrides whose time is over, records that, and returns them. */
export async function endOverrides(database: Database): Promise<readonly Override[]> {
  return database.transaction(async (queries) => {
    const rows = await queries.query<OverrideRow>(
      `update portcullis.overrides set ended_at = now()
       where issue is not null and ended_at is null and until <= now() returning ${COLUMNS}`,
    );
    const ended = rows.map(toOverride);
    await appendAudit(
      queries,
      ended.map((override) => eventOf(override, "ended")),
    );
    return ended;
  });
}

/** The override that an issue is about, if its follow-up is not written yet. */
export async function findOpenOverride(
  queries: Queries,
  repository: number,
  issue: number,
): Promise<Override | undefined> {
  const [row] = await queries.query<OverrideRow>(
    `select ${COLUMNS} from portcullis.overrides where repository = $1 and issue = $2 and followed_up_at is null`,
    [repository, issue],
  );
  return row === undefined ? undefined : toOverride(row);
}

/** Stores that what came of an override is written down. */
export async function recordFollowUp(queries: Queries, comment: number): Promise<void> {
  await queries.query("update portcullis.overrides set followed_up_at = now() where comment = $1", [comment]);
}

/** The overrides whose follow-up nobody has looked for within the last hour, and takes them. */
export async function takeOverridesToFollowUp(queries: Queries): Promise<readonly Override[]> {
  const rows = await queries.query<OverrideRow>(
    `update portcullis.overrides set looked_at = now()
     where issue is not null and followed_up_at is null
       and coalesce(looked_at, created_at) < now() - interval '1 hour' returning ${COLUMNS}`,
  );
  return rows.map(toOverride);
}

/** Deletes overrides 90 days after all was done about them, and what was asked for and never granted. The audit log keeps them. */
export async function deleteOldOverrides(queries: Queries): Promise<void> {
  await queries.query(
    `delete from portcullis.overrides where followed_up_at < now() - interval '90 days'
       or (issue is null and created_at < now() - interval '90 days')`,
  );
}

function eventOf(
  { repository: { id, owner, name }, pull, head, base, by, reason, until, issue }: Override,
  state: "granted" | "ended",
): AuditEvent {
  return {
    kind: "override",
    repository: { id, name: `${owner}/${name}` },
    subject: `pull/${pull}`,
    body: { state, head, base, by, reason, until, ...(issue === undefined ? {} : { issue }) },
  };
}
