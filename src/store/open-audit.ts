import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "./database.ts";
import { versionFile } from "./initialise.ts";
import { lockStateDirectory, StateDirectoryBusy } from "./lock.ts";
import { readMigration } from "./migrations.ts";
import { openDatabase } from "./open-database.ts";

/** The version of the schema that brought the audit log. */
const WITH_AUDIT = 11;

/** Why the audit log cannot be read. */
export type NoAudit =
  /** A running server uses the embedded database. */
  | { readonly kind: "in use" }
  /** There is no database, or an older program made it. */
  | { readonly kind: "none" };

/**
 * Opens the database that `serve` would open, to read the audit log: it migrates and creates nothing, and needs no more
 * than the right to read `portcullis.audit` and `portcullis.migrations`. Rejects if the database cannot be opened.
 */
export async function withAuditLog<T>(
  place: { readonly stateDir: string; readonly databaseUrl?: string },
  use: (database: Database) => Promise<T>,
): Promise<NoAudit | { readonly kind: "read"; readonly result: T }> {
  const { stateDir, databaseUrl } = place;
  const directory = join(stateDir, "store");
  if (databaseUrl !== undefined) return read({ url: databaseUrl, directory }, use);
  if (!(await exists(join(directory, versionFile)))) return { kind: "none" };
  try {
    const lock = await lockStateDirectory(stateDir);
    try {
      return await read({ directory }, use);
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (error instanceof StateDirectoryBusy) return { kind: "in use" };
    throw error;
  }
}

async function read<T>(
  place: Parameters<typeof openDatabase>[0],
  use: (database: Database) => Promise<T>,
): Promise<NoAudit | { readonly kind: "read"; readonly result: T }> {
  const database = await openDatabase(place);
  try {
    if ((await readMigration(database)) < WITH_AUDIT) return { kind: "none" };
    return { kind: "read", result: await use(database) };
  } finally {
    await database.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
