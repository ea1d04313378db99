import { openEmbedded } from "./embedded.ts";
import { openServer } from "./server.ts";

export type Row = { readonly [column: string]: unknown };

/** Runs one statement, or several separated by semicolons where there are no values. Answers the rows of the last. */
export interface Queries {
  query<R extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<R[]>;
}

/** A PostgreSQL: embedded, or a real server. */
export interface Database extends Queries {
  readonly kind: "embedded" | "server";
  /** All or nothing: rolls back where `work` rejects. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** `url`: a real server (`postgres://…`); else an embedded one that lives in `directory`, which is created on need. */
export async function openDatabase(place: { readonly url?: string; readonly directory: string }): Promise<Database> {
  return place.url === undefined ? openEmbedded(place.directory) : openServer(place.url);
}
