import type { AuditEvent, AuditHead, AuditRow } from "../model/audit.ts";
import { auditHash, canonicalBody, NO_ROW } from "./audit-chain.ts";
import type { Database, Queries } from "./database.ts";

/** Held while a row is appended, so that replicas append one after the other. */
const LOCK = 7_146_522_319;

const NOW = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * Appends rows to the audit log within a transaction, so that what they record and they themselves are stored together or
 * not at all. Call it last: it holds a lock that all replicas share until the transaction ends, and a transaction that waited
 * for rows while it holds the lock could stop the others.
 */
export async function appendAudit(transaction: Queries, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await transaction.query("select pg_advisory_xact_lock($1)", [LOCK]);
  // A statement of its own: it must see what was committed while it waited for the lock.
  const [last] = await transaction.query<{ time: string; sequence: string | number | null; hash: string | null }>(
    `select ${NOW} as time, last.sequence, last.hash from (values (1)) as one (row)
     left join (select sequence, hash from portcullis.audit order by sequence desc limit 1) as last on true`,
  );
  if (last === undefined) throw new Error("a query that has one row answered none");
  let sequence = Number(last.sequence ?? 0);
  let previous = last.hash ?? NO_ROW;
  for (const { kind, repository, subject, body } of events) {
    sequence += 1;
    const row = {
      sequence,
      time: last.time,
      kind,
      ...(repository === undefined ? {} : { repositoryId: repository.id, repository: repository.name }),
      subject,
      body: canonicalBody(body),
      previous,
    };
    const hash = auditHash(row);
    await transaction.query(
      `insert into portcullis.audit (sequence, time, kind, repository_id, repository, subject, body, previous, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [sequence, row.time, kind, repository?.id ?? null, repository?.name ?? null, subject, row.body, previous, hash],
    );
    previous = hash;
  }
}

/** Appends rows about something that is stored nowhere else. */
export async function recordAudit(database: Database, events: readonly AuditEvent[]): Promise<void> {
  if (events.length > 0) await database.transaction((queries) => appendAudit(queries, events));
}

/** The last row of the log; undefined while it is empty. */
export async function readAuditHead(queries: Queries): Promise<AuditHead | undefined> {
  const [row] = await queries.query<{ sequence: string | number; hash: string }>(
    "select sequence, hash from portcullis.audit order by sequence desc limit 1",
  );
  return row === undefined ? undefined : { sequence: Number(row.sequence), hash: row.hash };
}

/** A row as the table has it. */
export interface RowOfTable {
  readonly [column: string]: unknown;
  readonly sequence: string | number;
  readonly time: string;
  readonly kind: AuditRow["kind"];
  readonly repository_id: string | number | null;
  readonly repository: string | null;
  readonly subject: string;
  readonly body: string;
  readonly previous: string;
  readonly hash: string;
}

/** The columns of a row. */
export const AUDIT_COLUMNS = "sequence, time, kind, repository_id, repository, subject, body, previous, hash";

/** A row from its columns. */
export function toAuditRow(row: RowOfTable): AuditRow {
  return {
    sequence: Number(row.sequence),
    time: row.time,
    kind: row.kind,
    ...(row.repository_id === null ? {} : { repositoryId: Number(row.repository_id) }),
    ...(row.repository === null ? {} : { repository: row.repository }),
    subject: row.subject,
    body: row.body,
    previous: row.previous,
    hash: row.hash,
  };
}

/** Which rows are wanted: from a time on, up to another, and of one repository by its name at that time. */
export interface AuditFilter {
  /** ISO 8601 as rows have it, or the beginning of one, such as a day. */
  readonly since?: string;
  /** Rows of this time are no longer wanted. */
  readonly until?: string;
  readonly repository?: string;
}

const ROWS_AT_ONCE = 1_000;

/** The rows in the order in which they were appended, read in parts. */
export async function* readAudit(queries: Queries, filter: AuditFilter = {}): AsyncGenerator<AuditRow> {
  let after = -1;
  for (;;) {
    const rows = await queries.query<RowOfTable>(
      `select ${AUDIT_COLUMNS} from portcullis.audit where sequence > $1 and ($2::text is null or time >= $2 collate "C")
         and ($3::text is null or time < $3 collate "C") and ($4::text is null or lower(repository) = lower($4))
       order by sequence limit ${ROWS_AT_ONCE}`,
      [after, filter.since ?? null, filter.until ?? null, filter.repository ?? null],
    );
    for (const row of rows) yield toAuditRow(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = Number(last.sequence);
  }
}
