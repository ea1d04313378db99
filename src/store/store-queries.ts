import * as audit from "./audit.ts";
import type { Database } from "./database.ts";
import * as deliveries from "./deliveries.ts";
import * as evidence from "./evidence.ts";
import * as heads from "./heads.ts";
import { mendTimes } from "./mend-times.ts";
import * as overrides from "./overrides.ts";
import * as passed from "./passed.ts";
import * as postedComments from "./posted-comments.ts";
import * as pushers from "./pushers.ts";
import * as reconciliations from "./reconciliations.ts";
import * as redeliveries from "./redeliveries.ts";
import * as reports from "./reports.ts";
import * as repositories from "./repositories.ts";
import * as rollbacks from "./rollbacks.ts";
import * as runs from "./runs.ts";
import * as secrets from "./secrets.ts";
import * as standings from "./standings.ts";
import * as unavailable from "./unavailable.ts";
import * as workState from "./work-state.ts";
import * as work from "./work.ts";

const { workKey: _, ...workQueries } = work;
const { REPORTS_KEPT: __, REPORT_DAYS: ___, ...reportQueries } = reports;
const {
  STANDING_COLUMNS: __________,
  STANDING_DAYS: _________,
  toStanding: ___________,
  ...standingQueries
} = standings;
const { appendAudit: ____, readAudit: _____, toAuditRow: ______, AUDIT_COLUMNS: _______, ...auditQueries } = audit;
const { PASSED_KEPT: ________, ...passedQueries } = passed;
const QUERIES = {
  ...auditQueries,
  ...evidence,
  ...deliveries,
  ...heads,
  mendTimes,
  ...overrides,
  ...passedQueries,
  ...postedComments,
  ...pushers,
  ...reconciliations,
  ...redeliveries,
  ...reportQueries,
  ...repositories,
  ...rollbacks,
  ...runs,
  ...secrets,
  ...standingQueries,
  ...unavailable,
  ...workQueries,
  ...workState,
};

type Bound<F> = F extends (queries: never, ...rest: infer A) => infer R ? (...rest: A) => R : never;

/**
 * Every query on the App's tables, without the database as first parameter. A job names the few that it uses with `Pick`, so
 * that a test can pass an object whose methods are the answers.
 */
export type StoreQueries = { readonly [N in keyof typeof QUERIES]: Bound<(typeof QUERIES)[N]> };

type Query = (database: Database, ...rest: never[]) => unknown;

/** The queries on one database. */
export function bindQueries(database: Database): StoreQueries {
  const bound = Object.entries(QUERIES).map(([name, query]) => [name, (query as Query).bind(undefined, database)]);
  return Object.fromEntries(bound) as StoreQueries;
}
