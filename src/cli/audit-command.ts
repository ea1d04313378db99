import { once } from "node:events";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { redact } from "../app/log.ts";
import { auditFormats, type AuditFormat } from "../report/audit/formats.ts";
import { readAudit } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import { withAuditLog } from "../store/open-audit.ts";
import { verifyRows, type AuditVerifyOptions } from "./audit-verification.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis audit export`. */
export interface AuditExportOptions {
  readonly since?: string;
  readonly until?: string;
  readonly repository?: string;
  readonly output: keyof typeof auditFormats;
}

/** Runs `portcullis audit verify` on the database. Returns the exit code. */
export async function auditVerifyCommand(options: AuditVerifyOptions): Promise<number> {
  return withDatabase((database) => verifyRows(readAudit(database), options));
}

/** Runs `portcullis audit export`: prints rows as they are read. Returns the exit code. */
export async function auditExportCommand(options: AuditExportOptions): Promise<number> {
  const { since, until, repository } = options;
  if (repository !== undefined && !/^[^/\s]+\/[^/\s]+$/.test(repository))
    throw new UsageError(`--repository ${repository}: expected owner/name`);
  const filter = {
    ...(since === undefined ? {} : { since: timeOf("--since", since) }),
    ...(until === undefined ? {} : { until: timeOf("--until", until) }),
    ...(repository === undefined ? {} : { repository }),
  };
  const { header, row: format }: AuditFormat = auditFormats[options.output];
  const { version } = createRequire(import.meta.url)("../../../package.json") as { readonly version: string };
  return withDatabase(async (database) => {
    await print(header);
    for await (const row of readAudit(database, filter)) await print(format(row, version));
    return 0;
  });
}

async function withDatabase(use: (database: Database) => Promise<number>): Promise<number> {
  const databaseUrl = process.env["DATABASE_URL"]?.trim();
  const server = databaseUrl !== undefined && databaseUrl !== "";
  const stateDir = resolve(process.env["STATE_DIR"]?.trim() || ".portcullis");
  try {
    const outcome = await withAuditLog({ stateDir, ...(server ? { databaseUrl } : {}) }, use);
    switch (outcome.kind) {
      case "read":
        return outcome.result;
      case "in use":
        return refuse(`a running server uses the embedded database in ${stateDir}: stop the server, or use PostgreSQL`);
      case "none":
        return refuse(
          server
            ? "the database of DATABASE_URL has no audit log: start the server once, which migrates it"
            : `there is no audit log in ${stateDir}: set STATE_DIR or DATABASE_URL as for portcullis serve`,
        );
      default:
        return outcome satisfies never;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    return refuse(redact(`the database cannot be read: ${message}`, server ? [databaseUrl] : []));
  }
}

function refuse(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return 2;
}

/** A time as rows have it. A day begins at midnight, UTC. */
function timeOf(option: string, text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?$/.test(text) ? new Date(text) : undefined;
  if (time === undefined || Number.isNaN(time.getTime()))
    throw new UsageError(
      `${option} ${text}: expected a day or a time in UTC, such as 2027-01-31 or 2027-01-31T12:00:00Z`,
    );
  return time.toISOString();
}

async function print(text: string): Promise<void> {
  if (text !== "" && !process.stdout.write(text)) await once(process.stdout, "drain");
}
