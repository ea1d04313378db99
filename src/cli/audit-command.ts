import { createRequire } from "node:module";
import { auditFormats, type AuditFormat } from "../report/audit/formats.ts";
import { readAudit } from "../store/audit.ts";
import { verifyRows, type AuditVerifyOptions } from "./audit-verification.ts";
import { printPart } from "./print-part.ts";
import { readStore } from "./read-store.ts";
import { UsageError } from "./usage-error.ts";
import { utcTime } from "./utc-time.ts";

/** The audit log, and the version of the schema that brought it. */
const AUDIT_LOG = { what: "audit log", since: 11 };

/** The options of `portcullis audit export`. */
export interface AuditExportOptions {
  readonly since?: string;
  readonly until?: string;
  readonly repository?: string;
  readonly output: keyof typeof auditFormats;
}

/** Runs `portcullis audit verify` on the database. Returns the exit code. */
export async function auditVerifyCommand(options: AuditVerifyOptions): Promise<number> {
  return readStore(AUDIT_LOG, (database) => verifyRows(readAudit(database), options));
}

/** Runs `portcullis audit export`: prints rows as they are read. Returns the exit code. */
export async function auditExportCommand(options: AuditExportOptions): Promise<number> {
  const { since, until, repository } = options;
  if (repository !== undefined && !/^[^/\s]+\/[^/\s]+$/.test(repository))
    throw new UsageError(`--repository ${repository}: expected owner/name`);
  const filter = {
    ...(since === undefined ? {} : { since: utcTime("--since", since) }),
    ...(until === undefined ? {} : { until: utcTime("--until", until) }),
    ...(repository === undefined ? {} : { repository }),
  };
  const { header, row: format }: AuditFormat = auditFormats[options.output];
  const { version } = createRequire(import.meta.url)("../../../package.json") as { readonly version: string };
  return readStore(AUDIT_LOG, async (database) => {
    await printPart(header);
    for await (const row of readAudit(database, filter)) await printPart(format(row, version));
    return 0;
  });
}
