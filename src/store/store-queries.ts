import type { Queries } from "./database.ts";
import * as deliveries from "./deliveries.ts";
import * as heads from "./heads.ts";
import * as postedComments from "./posted-comments.ts";
import * as repositories from "./repositories.ts";
import * as runs from "./runs.ts";
import * as work from "./work.ts";

const { workKey: _, ...workQueries } = work;
const QUERIES = { ...deliveries, ...heads, ...postedComments, ...repositories, ...runs, ...workQueries };

type Bound<F> = F extends (queries: Queries, ...rest: infer A) => infer R ? (...rest: A) => R : never;

/**
 * Every query on the App's tables, without the database as first parameter. A job names the few that it uses with `Pick`, so
 * that a test can pass an object whose methods are the answers.
 */
export type StoreQueries = { readonly [N in keyof typeof QUERIES]: Bound<(typeof QUERIES)[N]> };

type Query = (queries: Queries, ...rest: never[]) => unknown;

/** The queries on one database. */
export function bindQueries(database: Queries): StoreQueries {
  const bound = Object.entries(QUERIES).map(([name, query]) => [name, (query as Query).bind(undefined, database)]);
  return Object.fromEntries(bound) as StoreQueries;
}
