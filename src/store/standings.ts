import type { Standing, StoredStanding } from "../model/standing.ts";
import type { Database, Queries } from "./database.ts";
import { enqueueWorkIfIdle } from "./work.ts";

/** How long standings are kept. */
export const STANDING_DAYS = 400;

/** The night, from midnight UTC on, since a waiver ends with a day of UTC. */
const NIGHT_SECONDS = 6 * 3_600;

/** A row of standings. */
export interface StandingRow {
  readonly [column: string]: unknown;
  readonly repository: string | number;
  readonly branch: string;
  readonly commit: string;
  readonly policies: string;
  readonly rules: string;
  readonly judged_at: Date | string;
  readonly standing: Standing;
}

/** The columns of a standing in a query where `s` is the table. */
export const STANDING_COLUMNS = "s.repository, s.branch, s.commit, s.policies, s.rules, s.judged_at, s.standing";

/** A standing as a row has it. */
export function toStanding(row: StandingRow): StoredStanding {
  return {
    repository: Number(row.repository),
    branch: row.branch,
    commit: row.commit,
    policies: row.policies,
    rules: row.rules,
    judgedAt: new Date(row.judged_at).toISOString(),
    standing: row.standing,
  };
}

/**
 * Enqueues the nightly judgement of the enrolled repositories whose minute of the night has come since they were taken
 * last, longest ago first, and takes them: each once a night, whichever replica asks. At most a 36th of all at once, so
 * that those which a night without a server left over do not come together. One that is new waits for the next night.
 */
export async function scheduleCompliance(database: Database, now: string): Promise<number> {
  return database.transaction(async (queries) => {
    const slots = `select id, installation, owner, name,
        case when night <= $1::timestamptz then night else night - interval '1 day' end as slot
      from (select *, date_trunc('day', $1::timestamptz at time zone 'UTC') at time zone 'UTC'
          + make_interval(secs => (id % 1000003) * 7919 % ${NIGHT_SECONDS}) as night
        from portcullis.repositories where enrolled_at is not null) as enrolled`;
    await queries.query(
      `insert into portcullis.compliance (repository, slot_at) select id, slot from (${slots}) as slots
       on conflict (repository) do nothing`,
      [now],
    );
    const due = await queries.query<{
      id: string | number;
      installation: string | number;
      owner: string;
      name: string;
    }>(
      `with due as (
         select slots.* from (${slots}) as slots join portcullis.compliance c on c.repository = slots.id
         where c.slot_at < slots.slot order by c.slot_at, slots.id
         limit (select greatest(5, count(*) / 36) from portcullis.repositories where enrolled_at is not null)
       ), taken as (
         update portcullis.compliance c set slot_at = due.slot from due
         where c.repository = due.id and c.slot_at < due.slot returning c.repository
       )
       select id, installation, owner, name from due join taken on taken.repository = due.id order by id`,
      [now],
    );
    for (const { id, installation, owner, name } of due)
      await enqueueWorkIfIdle(queries, {
        kind: "compliance",
        installation: Number(installation),
        repository: { id: Number(id), owner, name },
      });
    return due.length;
  });
}

/** The newest standing of a branch. */
export async function findStanding(
  queries: Queries,
  repository: number,
  branch: string,
): Promise<StoredStanding | undefined> {
  const [row] = await queries.query<StandingRow>(
    `select ${STANDING_COLUMNS} from portcullis.standings s where repository = $1 and branch = $2 and newest`,
    [repository, branch],
  );
  return row === undefined ? undefined : toStanding(row);
}

/** The newest standings of all gated branches of a repository. */
export async function listNewestStandings(queries: Queries, repository: number): Promise<readonly StoredStanding[]> {
  const rows = await queries.query<StandingRow>(
    `select ${STANDING_COLUMNS} from portcullis.standings s where repository = $1 and newest order by branch`,
    [repository],
  );
  return rows.map(toStanding);
}

/** Stores what a branch shows now, and that its repository could be judged. */
export async function recordStanding(database: Database, stored: StoredStanding): Promise<void> {
  const { repository, branch, commit, policies, rules, judgedAt, standing } = stored;
  await database.transaction(async (queries) => {
    await queries.query(
      "update portcullis.standings set newest = false where repository = $1 and branch = $2 and newest",
      [repository, branch],
    );
    await queries.query(
      `insert into portcullis.standings (repository, branch, commit, policies, rules, judged_at, newest, failing_policies,
         failing_controls, waivers_expiring, waivers_expired, ending, problems, standing)
       values ($1, $2, $3, $4, $5, $6, true, $7, $8, $9, $10, $11, $12, $13)`,
      [
        repository,
        branch,
        commit,
        policies,
        rules,
        judgedAt,
        Object.keys(standing.policies).length,
        Object.keys(standing.controls.failing).length,
        standing.waivers.expiring.length,
        standing.waivers.expired.length,
        standing.ending.length,
        standing.unjudged.problems,
        JSON.stringify(standing),
      ],
    );
    await queries.query(
      `insert into portcullis.compliance (repository, slot_at) values ($1, now())
       on conflict (repository) do update set failure = null`,
      [repository],
    );
  });
}

/** Stores why a repository could not be judged by itself; the next night tries again. */
export async function recordComplianceFailure(queries: Queries, repository: number, failure: string): Promise<void> {
  await queries.query(
    `insert into portcullis.compliance (repository, slot_at, failure) select id, now(), $2 from portcullis.repositories
     where id = $1 on conflict (repository) do update set failure = excluded.failure`,
    [repository, failure],
  );
}

/** Says of all branches but these that they are not gated any more: their standings are history. */
export async function retireStandings(queries: Queries, repository: number, gated: readonly string[]): Promise<void> {
  await queries.query(
    `update portcullis.standings set newest = false where repository = $1 and newest
       and branch not in (select jsonb_array_elements_text($2::jsonb))`,
    [repository, JSON.stringify(gated)],
  );
}

/** Deletes standings after 400 days, except the newest of each branch. */
export async function deleteOldStandings(queries: Queries): Promise<void> {
  await queries.query(
    `delete from portcullis.standings where judged_at < now() - interval '${STANDING_DAYS} days' and not newest`,
  );
}

/** The issue about a repository, as the App wrote it last. */
export interface ComplianceIssue {
  readonly number: number;
  readonly digest: string;
}

/** The issue about a repository; undefined if there is none. */
export async function findComplianceIssue(queries: Queries, repository: number): Promise<ComplianceIssue | undefined> {
  const [row] = await queries.query<{ issue: number | null; issue_digest: string | null }>(
    "select issue, issue_digest from portcullis.compliance where repository = $1",
    [repository],
  );
  return row === undefined || row.issue === null ? undefined : { number: row.issue, digest: row.issue_digest ?? "" };
}

/** Stores what the App wrote into the issue about a repository, or why it could not; without `issue` there is none. */
export async function recordComplianceIssue(
  queries: Queries,
  repository: number,
  issue: ComplianceIssue | undefined,
  trouble?: string,
): Promise<void> {
  await queries.query(
    "update portcullis.compliance set issue = $2, issue_digest = $3, issue_trouble = $4 where repository = $1",
    [repository, issue?.number ?? null, issue?.digest ?? null, trouble ?? null],
  );
}

/** What the newest standings of all default branches add up to. */
export interface ComplianceTotals {
  /** Repositories where nothing fails, where something does, and that could not be judged. */
  readonly repositories: { readonly satisfied: number; readonly failing: number; readonly unjudged: number };
  readonly failingPolicies: number;
  readonly failingControls: number;
  readonly waiversExpiring: number;
  readonly waiversExpired: number;
  readonly ending: number;
  /** Seconds since 1970 of the newest standing that is the oldest; 0 without any. */
  readonly oldest: number;
  /** Repositories whose issue cannot be written. */
  readonly issueTroubles: number;
}

/** Adds up the newest standings of the default branches of all repositories that are available. */
export async function readComplianceTotals(queries: Queries): Promise<ComplianceTotals> {
  const [row] = await queries.query<{ readonly [column: string]: string | number | null }>(
    `select count(*) filter (where s.branch is not null and c.failure is null and s.failing_policies + s.failing_controls = 0) as satisfied,
       count(*) filter (where c.failure is null and s.failing_policies + s.failing_controls > 0) as failing,
       count(*) filter (where c.failure is not null) as unjudged,
       sum(s.failing_policies) as policies, sum(s.failing_controls) as controls, sum(s.waivers_expiring) as expiring,
       sum(s.waivers_expired) as expired, sum(s.ending) as ending, extract(epoch from min(s.judged_at)) as oldest,
       count(*) filter (where c.issue_trouble is not null) as troubles
     from portcullis.repositories r join portcullis.compliance c on c.repository = r.id
     left join portcullis.standings s on s.repository = r.id and s.branch = r.default_branch and s.newest
     where not exists (select from portcullis.unavailable u
       where u.scope in ('installation:' || r.installation, 'repository:' || r.id))`,
  );
  const value = (column: string): number => Number(row?.[column] ?? 0);
  return {
    repositories: { satisfied: value("satisfied"), failing: value("failing"), unjudged: value("unjudged") },
    failingPolicies: value("policies"),
    failingControls: value("controls"),
    waiversExpiring: value("expiring"),
    waiversExpired: value("expired"),
    ending: value("ending"),
    oldest: value("oldest"),
    issueTroubles: value("troubles"),
  };
}
