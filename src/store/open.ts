import { join } from "node:path";
import type { Database } from "./database.ts";
import { openDatabase } from "./open-database.ts";
import { migrate } from "./migrations.ts";
import { openQueue, type Queue } from "./queue.ts";
import { releaseReconciliations } from "./reconciliations.ts";
import { releaseAllLeases } from "./work.ts";

/** The database with the schema of the App, and the queue in it. */
export interface Store {
  readonly database: Database;
  readonly queue: Queue;
  close(milliseconds: number): Promise<void>;
}

/** Opens the store. The caller must hold the lock of `stateDir`. `onError` is called for errors of the queue. */
export async function openStore(
  place: { readonly stateDir: string; readonly databaseUrl?: string },
  onError: (error: unknown) => void,
): Promise<Store> {
  const database = await openDatabase({
    directory: join(place.stateDir, "store"),
    ...(place.databaseUrl === undefined ? {} : { url: place.databaseUrl }),
  });
  try {
    await migrate(database);
    if (database.kind === "embedded") {
      await releaseAllLeases(database);
      await releaseReconciliations(database);
    }
    const queue = await openQueue(database, onError);
    return {
      database,
      queue,
      async close(milliseconds) {
        await queue.stop(milliseconds);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
