/** One row of a result, by column name. */
export type Row = { readonly [column: string]: unknown };

/** Runs one statement, or without values several that are separated by semicolons. Returns the rows of the last. */
export interface Queries {
  query<R extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<R[]>;
}

/** A PostgreSQL database: the embedded one, or a server. */
export interface Database extends Queries {
  readonly kind: "embedded" | "server";
  /** Runs `work` in a transaction, which is rolled back if it rejects. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
