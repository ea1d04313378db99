import type { AuditRow } from "../../model/audit.ts";

/** A row as one line of JSON, from which its hash can be computed again. */
export function jsonAudit({ body, previous, hash, ...row }: AuditRow): string {
  return `${JSON.stringify({ ...row, body: JSON.parse(body) as unknown, previous, hash })}\n`;
}
