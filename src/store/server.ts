import pg from "pg";
import type { Database, Queries, Row } from "./database.ts";

type Answer = pg.QueryResult | readonly pg.QueryResult[];

/** Opens a pool of connections to a PostgreSQL server. Rejects if the server cannot be reached. */
export async function openServer(url: string): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    application_name: "portcullis",
    // A host that is gone refuses nothing: what waits for it must fail, to be tried again.
    connectionTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // A connection that breaks is replaced, and whoever waits for its answer gets the error. Without a listener the event
  // would end the process: the pool listens to idle connections only, so one in a transaction needs its own.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const run = async <R extends Row>(client: pg.PoolClient, sql: string, values?: readonly unknown[]) => {
    const answer: Answer = await client.query(sql, values === undefined ? undefined : [...values]);
    const last = Array.isArray(answer) ? (answer as readonly pg.QueryResult[]).at(-1) : (answer as pg.QueryResult);
    return (last?.rows ?? []) as R[];
  };
  const database: Database = {
    kind: "server",
    async query<R extends Row>(sql: string, values?: readonly unknown[]) {
      const client = await pool.connect();
      try {
        return await run<R>(client, sql, values);
      } catch (error) {
        // A script that failed between its BEGIN and COMMIT must not return to the pool with an open transaction.
        if (values === undefined || values.length === 0) await client.query("ROLLBACK").catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    },
    async transaction<T>(work: (queries: Queries) => Promise<T>) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query("BEGIN");
        const result = await work({ query: (sql, values) => run(client, sql, values) });
        await client.query("COMMIT");
        return result;
      } catch (error) {
        await client.query("ROLLBACK").catch((cause: unknown) => {
          broken = cause instanceof Error ? cause : new Error(String(cause));
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
  try {
    await database.query("select 1");
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}
