import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "./database.ts";
import { versionFile } from "./initialise.ts";
import { lockStateDirectory, StateDirectoryBusy } from "./lock.ts";
import { readMigration } from "./migrations.ts";
import { openDatabase } from "./open-database.ts";

/** Why the database cannot be read. */
export type NotRead =
  /** A running server uses the embedded database. */
  | { readonly kind: "in use" }
  /** There is no database, or an older program made it. */
  | { readonly kind: "none" };

/**
 * Opens the database that `serve` would open, to read what version `since` of the schema brought: it migrates and creates
 * nothing, and needs no more than the right to read those tables and `portcullis.migrations`. Rejects if the database
 * cannot be opened.
 */
export async function withStored<T>(
  place: { readonly stateDir: string; readonly databaseUrl?: string },
  since: number,
  use: (database: Database) => Promise<T>,
): Promise<NotRead | { readonly kind: "read"; readonly result: T }> {
  const { stateDir, databaseUrl } = place;
  const directory = join(stateDir, "store");
  if (databaseUrl !== undefined) return read({ url: databaseUrl, directory }, since, use);
  if (!(await exists(join(directory, versionFile)))) return { kind: "none" };
  try {
    const lock = await lockStateDirectory(stateDir);
    try {
      return await read({ directory }, since, use);
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
  since: number,
  use: (database: Database) => Promise<T>,
): Promise<NotRead | { readonly kind: "read"; readonly result: T }> {
  const database = await openDatabase(place);
  try {
    if ((await readMigration(database)) < since) return { kind: "none" };
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
