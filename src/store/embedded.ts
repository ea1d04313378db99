import { PGlite } from "@electric-sql/pglite";
import type { Database, Queries, Row } from "./database.ts";
import { embeddedOptions } from "./embedded-options.ts";
import { ensureInitialised } from "./initialise.ts";

/** Opens PGlite in `directory`. It takes no lock of its own: the caller must hold the lock of the state directory. */
export async function openEmbedded(directory: string): Promise<Database> {
  await ensureInitialised(directory);
  const database = await PGlite.create(directory, embeddedOptions);
  return {
    kind: "embedded",
    async query<R extends Row>(sql: string, values?: readonly unknown[]) {
      if (values !== undefined && values.length > 0) return (await database.query<R>(sql, [...values])).rows;
      try {
        return ((await database.exec(sql)).at(-1)?.rows ?? []) as R[];
      } catch (error) {
        // There is only one connection: a script that failed between its BEGIN and COMMIT would break every later
        // statement.
        await database.exec("ROLLBACK").catch(() => undefined);
        throw error;
      }
    },
    async transaction<T>(work: (queries: Queries) => Promise<T>) {
      return database.transaction(async (tx) =>
        work({
          async query<R extends Row>(sql: string, values?: readonly unknown[]) {
            if (values !== undefined && values.length > 0) return (await tx.query<R>(sql, [...values])).rows;
            return ((await tx.exec(sql)).at(-1)?.rows ?? []) as R[];
          },
        }),
      ) as Promise<T>;
    },
    close: () => database.close(),
  };
}
