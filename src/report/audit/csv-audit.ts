import type { AuditRow } from "../../model/audit.ts";
import { csvRow } from "../csv-row.ts";

/** The first line of an export as CSV. */
export const CSV_AUDIT_HEADER = csvRow([
  "sequence",
  "time",
  "kind",
  "repository_id",
  "repository",
  "subject",
  "body",
  "previous",
  "hash",
]);

/** A row as a line of CSV (RFC 4180); the body is JSON. */
export function csvAudit(row: AuditRow): string {
  const { sequence, time, kind, repositoryId, repository, subject, body, previous, hash } = row;
  const id = repositoryId === undefined ? "" : String(repositoryId);
  return csvRow([String(sequence), time, kind, id, repository ?? "", subject, body, previous, hash]);
}
