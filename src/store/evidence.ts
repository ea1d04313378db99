import type { AuditEvent, AuditRow } from "../model/audit.ts";
import { appendAudit, AUDIT_COLUMNS, toAuditRow, type RowOfTable } from "./audit.ts";
import type { Database, Queries } from "./database.ts";

/** The newest verdict about a tree on its way into a branch that was not withdrawn; undefined if there is none. */
export async function findVerdictOfTree(
  queries: Queries,
  repository: number,
  tree: string,
  into: string,
): Promise<AuditRow | undefined> {
  const [row] = await queries.query<RowOfTable>(
    `select ${AUDIT_COLUMNS} from portcullis.audit v
     where kind = 'verdict' and repository_id = $1 and body::jsonb->>'tree' = $2 and body::jsonb->>'into' = $3
       and not exists (select from portcullis.audit w where w.repository_id = $1 and w.sequence > v.sequence
         and w.kind = 'withdrawal' and w.body::jsonb->>'job' = v.body::jsonb->>'job')
     order by sequence desc limit 1`,
    [repository, tree, into],
  );
  return row === undefined ? undefined : toAuditRow(row);
}

/** The overrides of a pull request, in order. */
export async function listOverrides(
  queries: Queries,
  repository: number,
  subject: string,
): Promise<readonly AuditRow[]> {
  const rows = await queries.query<RowOfTable>(
    `select ${AUDIT_COLUMNS} from portcullis.audit
     where kind = 'override' and repository_id = $1 and subject = $2 order by sequence`,
    [repository, subject],
  );
  return rows.map(toAuditRow);
}

/** The signed statement about a merged commit, as JSON; undefined if none was made. */
export async function findEvidence(queries: Queries, repository: number, commit: string): Promise<string | undefined> {
  const [row] = await queries.query<{ envelope: string }>(
    "select envelope from portcullis.evidence where repository = $1 and commit = $2",
    [repository, commit],
  );
  return row?.envelope;
}

/** Stores a signed statement with its row in the audit log, unless there is one about the commit; returns the one that is stored. */
export async function saveEvidence(
  database: Database,
  evidence: { readonly repository: number; readonly commit: string; readonly envelope: string },
  event: AuditEvent,
): Promise<string> {
  const { repository, commit, envelope } = evidence;
  return database.transaction(async (queries) => {
    const added = await queries.query(
      `insert into portcullis.evidence (repository, commit, envelope) values ($1, $2, $3)
       on conflict do nothing returning commit`,
      [repository, commit, envelope],
    );
    if (added.length === 0) return (await findEvidence(queries, repository, commit)) ?? envelope;
    await appendAudit(queries, [event]);
    return envelope;
  });
}
