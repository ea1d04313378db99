import { resolve } from "node:path";
import { redact } from "../app/log.ts";
import type { Database } from "../store/database.ts";
import { withStored } from "../store/open-to-read.ts";
import { UsageError } from "./usage-error.ts";

/** What is read, such as `audit log`, and the version of the schema that brought it. */
export interface StoredPart {
  readonly what: string;
  readonly since: number;
}

/**
 * Reads the database of the server, which DATABASE_URL or STATE_DIR names as for `serve`. Returns the exit code of `use`,
 * or 2 if the database cannot be read, and says why.
 */
export async function readStore(
  { what, since }: StoredPart,
  use: (database: Database) => Promise<number>,
): Promise<number> {
  const databaseUrl = process.env["DATABASE_URL"]?.trim();
  const server = databaseUrl !== undefined && databaseUrl !== "";
  const stateDir = resolve(process.env["STATE_DIR"]?.trim() || ".portcullis");
  try {
    const outcome = await withStored({ stateDir, ...(server ? { databaseUrl } : {}) }, since, use);
    switch (outcome.kind) {
      case "read":
        return outcome.result;
      case "in use":
        return refuse(`a running server uses the embedded database in ${stateDir}: stop the server, or use PostgreSQL`);
      case "none":
        return refuse(
          server
            ? `the database of DATABASE_URL has no ${what}: start the server once, which migrates it`
            : `there is no ${what} in ${stateDir}: set STATE_DIR or DATABASE_URL as for portcullis serve`,
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
