import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "./database.ts";
import { versionFile } from "./initialise.ts";
import { lockStateDirectory, StateDirectoryBusy } from "./lock.ts";
import { newestMigration, readMigration } from "./migrations.ts";
import { openDatabase } from "./open-database.ts";
import { bindQueries, type StoreQueries } from "./store-queries.ts";

/** What is known of the database without changing it. */
export type StoreInspection =
  /** A running server uses the embedded database, so that it cannot be opened. */
  | { readonly kind: "in use" }
  /** The embedded database does not exist yet. */
  | { readonly kind: "new" }
  | {
      readonly kind: "open";
      /** The version of PostgreSQL. */
      readonly server: string;
      /** The version of the schema, 0 before the first start; and the one that this program migrates to. */
      readonly schema: number;
      readonly newest: number;
      /** Whether the user of the connection may create what a migration creates. */
      readonly mayCreate: boolean;
      /** Of a schema that is up to date: what could not be handled and what was not concluded in time. */
      readonly backlog?: { readonly dead: number; readonly stuck: number };
    };

/**
 * Looks at the database that `serve` would open: migrates nothing and creates nothing. Rejects if it cannot be opened.
 * `deadline`: seconds after which a judgement should have ended.
 */
export async function inspectStore(place: {
  readonly stateDir: string;
  readonly databaseUrl?: string;
  readonly deadline: number;
}): Promise<StoreInspection> {
  const { databaseUrl, deadline } = place;
  const directory = join(place.stateDir, "store");
  if (databaseUrl !== undefined) return look({ url: databaseUrl, directory }, deadline);
  if (!(await exists(place.stateDir))) return { kind: "new" };
  try {
    const lock = await lockStateDirectory(place.stateDir);
    try {
      return (await exists(join(directory, versionFile))) ? await look({ directory }, deadline) : { kind: "new" };
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (error instanceof StateDirectoryBusy) return { kind: "in use" };
    throw error;
  }
}

async function look(place: Parameters<typeof openDatabase>[0], deadline: number): Promise<StoreInspection> {
  const database = await openDatabase(place);
  try {
    const [row] = await database.query<{ server: string; may: boolean }>(
      `select current_setting('server_version') as server,
       has_database_privilege(current_database(), 'CREATE') as may`,
    );
    const schema = await readMigration(database);
    return {
      kind: "open",
      server: row?.server ?? "",
      schema,
      newest: newestMigration,
      mayCreate: row?.may === true,
      ...(schema === newestMigration ? { backlog: await backlogOf(database, deadline) } : {}),
    };
  } finally {
    await database.close();
  }
}

async function backlogOf(
  database: Database,
  deadline: number,
): Promise<{ readonly dead: number; readonly stuck: number }> {
  const queries: Pick<StoreQueries, "countDeadDeliveries" | "countStuckRuns"> = bindQueries(database);
  return { dead: await queries.countDeadDeliveries(), stuck: await queries.countStuckRuns(deadline + 120) };
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
