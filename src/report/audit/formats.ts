import type { AuditRow } from "../../model/audit.ts";
import { csvAudit, CSV_AUDIT_HEADER } from "./csv-audit.ts";
import { jsonAudit } from "./json-audit.ts";
import { opaDecision } from "./opa-decisions.ts";

/** How rows of the audit log are exported: what stands before them, and each row. `version` is that of this program. */
export interface AuditFormat {
  readonly header: string;
  readonly row: (row: AuditRow, version: string) => string;
}

/** The formats of an export of the audit log. */
export const auditFormats = {
  json: { header: "", row: jsonAudit },
  csv: { header: CSV_AUDIT_HEADER, row: csvAudit },
  "opa-decisions": { header: "", row: opaDecision },
} as const satisfies { readonly [name: string]: AuditFormat };
