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
