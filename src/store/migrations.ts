import type { Database, Queries } from "./database.ts";

/** Applied in order, each once. A released migration is never edited; a later one corrects it. */
const MIGRATIONS: readonly string[] = [
  `
  create table deliveries (
    guid text primary key,
    event text not null,
    payload text,
    accepted_at timestamptz not null default now(),
    handled_at timestamptz
  );
  create index deliveries_waiting on deliveries (accepted_at) where handled_at is null;

  create table work (
    key text primary key,
    subject jsonb not null,
    wanted bigint not null default 1,
    done bigint not null default 0,
    forced boolean not null default false,
    attempts integer not null default 0,
    since timestamptz,
    run_at timestamptz not null default now(),
    lease text,
    lease_until timestamptz
  );

  create table runs (
    job text primary key,
    work text not null,
    repository bigint not null,
    head text not null,
    base_ref text not null,
    run_id bigint,
    external_id text not null,
    conclusion text,
    annotated integer not null default 0,
    reviewed boolean not null default false,
    created_at timestamptz not null default now()
  );
  create index runs_of_work on runs (work, created_at);

  create table heads (
    work text primary key,
    repository bigint not null,
    pull integer,
    head text not null,
    conclusion text,
    published text,
    policies text
  );
  create index heads_by_head on heads (repository, head);

  create table repositories (
    id bigint primary key,
    installation bigint not null,
    owner text not null,
    name text not null,
    default_branch text not null,
    enrolled_at timestamptz,
    trusted text,
    policies text
  );

  create table said (
    repository bigint not null,
    pull integer not null,
    fingerprint text not null,
    head text not null,
    primary key (repository, pull, fingerprint)
  );
  `,
  `
  alter table heads add column check_name text;
  alter table repositories add column gates jsonb;
  `,
  `
  alter table deliveries
    add column attempts integer not null default 0,
    add column run_at timestamptz not null default now();

  create table dead_deliveries (
    guid text primary key,
    event text not null,
    repository text,
    payload text,
    accepted_at timestamptz not null,
    died_at timestamptz not null default now(),
    attempts integer not null,
    cause text not null
  );
  `,
  `
  alter table work
    add column held double precision not null default 0,
    add column held_since timestamptz,
    add column reason text;
  `,
  `
  create table unavailable (
    scope text primary key,
    kind text not null,
    installation bigint not null,
    repository bigint,
    head text,
    reason text not null,
    message text not null,
    since timestamptz not null default now(),
    attempts integer not null default 1,
    next_at timestamptz not null
  );
  alter table work add column because text;
  `,
  `
  create table reports (
    job text primary key,
    work text not null,
    repository bigint not null,
    content bytea not null,
    saved_at timestamptz not null default now()
  );
  create index reports_of_work on reports (work, saved_at);

  create table secrets (
    name text primary key,
    value bytea not null
  );
  `,
  `
  alter table work
    add column urgent boolean not null default true,
    add column installation bigint generated always as ((subject->>'installation')::bigint) stored;
  create index work_waiting on work (run_at) where wanted > done;
  create index work_leased on work (installation) where lease is not null;

  create table budgets (
    installation bigint primary key,
    served_at timestamptz
  );
  `,
  `
  alter table budgets add column held_until timestamptz;
  alter table runs add column verdict jsonb;
  `,
  `
  create table reconciliations (
    part text primary key,
    wanted_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    last_started_at timestamptz,
    position jsonb,
    lease text,
    lease_until timestamptz
  );
  insert into reconciliations (part) values ('repositories'), ('deliveries');

  create table redeliveries (
    guid text primary key,
    delivery text not null,
    attempts integer not null default 0,
    found_at timestamptz not null default now(),
    due_at timestamptz not null default now()
  );

  alter table repositories
    add column seen_at timestamptz not null default now(),
    add column history_read boolean not null default true;
  alter table repositories alter column history_read set default false;
  `,
  `
  alter table repositories add column swept_at timestamptz;
  `,
  `
  create table audit (
    sequence bigint primary key check (sequence > 0),
    time text not null check (time ~ '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$'),
    kind text not null check (kind ~ '^[a-z]+$'),
    repository_id bigint,
    repository text check (repository !~ '\\n'),
    subject text not null check (subject !~ '\\n'),
    body text not null check (body !~ '\\n'),
    previous text not null unique,
    hash text not null unique
  );
  create index audit_by_repository on audit (repository_id, sequence);

  create function refuse_change_of_audit() returns trigger language plpgsql as $$
  begin
    raise exception 'rows of portcullis.audit are never changed or deleted' using errcode = 'insufficient_privilege';
  end
  $$;
  create trigger audit_is_append_only before update or delete or truncate on audit
    for each statement execute function refuse_change_of_audit();
  `,
  `
  alter table heads add column approvals jsonb;
  `,
  `
  create index audit_by_tree on audit (repository_id, (body::jsonb->>'tree')) where kind = 'verdict';

  create table evidence (
    repository bigint not null,
    commit text not null,
    envelope text not null,
    saved_at timestamptz not null default now(),
    primary key (repository, commit)
  );
  `,
  `
  alter table repositories add column override jsonb;

  create table overrides (
    comment bigint primary key,
    installation bigint not null,
    repository bigint not null,
    owner text not null,
    name text not null,
    pull integer not null,
    head text not null,
    base_ref text not null,
    base text not null,
    login text not null,
    reason text not null,
    created_at timestamptz not null default now(),
    until timestamptz not null,
    issue integer,
    ended_at timestamptz,
    looked_at timestamptz,
    followed_up_at timestamptz
  );
  create index overrides_of_pull on overrides (repository, pull);
  `,
  `
  alter table runs add column had text;

  create table passed (
    repository bigint not null,
    branch text not null,
    commit text not null,
    tree text not null,
    pull integer not null,
    job text not null,
    had text not null,
    merged_at timestamptz not null,
    primary key (repository, branch, commit)
  );
  create index passed_by_time on passed (repository, branch, merged_at);
  `,
  `
  create table standings (
    id bigint generated always as identity primary key,
    repository bigint not null,
    branch text not null,
    commit text not null,
    policies text not null,
    rules text not null,
    judged_at timestamptz not null,
    newest boolean not null,
    failing_policies integer not null,
    failing_controls integer not null,
    waivers_expiring integer not null,
    waivers_expired integer not null,
    ending integer not null,
    problems integer not null,
    standing jsonb not null
  );
  create index standings_by_branch on standings (repository, branch, judged_at);
  create unique index standings_newest on standings (repository, branch) where newest;

  create table compliance (
    repository bigint primary key,
    slot_at timestamptz not null,
    failure text,
    issue integer,
    issue_digest text,
    issue_trouble text
  );
  `,
  `
  alter table work
    add column rollback boolean not null default false,
    add column looked bigint not null default 0;
  `,
  // What earlier verdicts rest on is not known: they hold for a day.
  `
  alter table heads add column valid_until timestamptz;
  update heads set valid_until = now() + interval '1 day' where published = 'success';
  create index heads_by_validity on heads (valid_until) where valid_until is not null;
  `,
  `
  create table pushers (
    work text not null,
    account bigint not null,
    pushed_at timestamptz not null default now(),
    primary key (work, account)
  );
  `,
  `
  alter table runs add column brought text;

  create table let_through (
    id bigint generated always as identity primary key,
    repository bigint not null,
    branch text not null,
    commit text not null,
    brought text not null,
    unique (repository, branch, commit)
  );
  `,
];

/** The version of the schema that this program migrates to. */
export const newestMigration = MIGRATIONS.length;

/** Reads the version of the schema: 0 where there is none yet. */
export async function readMigration(queries: Queries): Promise<number> {
  const [table] = await queries.query<{ there: boolean }>(
    "select to_regclass('portcullis.migrations') is not null as there",
  );
  if (table?.there !== true) return 0;
  const [row] = await queries.query<{ version: number | null }>(
    "select max(version) as version from portcullis.migrations",
  );
  return row?.version ?? 0;
}

/** Two replicas may start at once: the second one waits for this lock and finds the work done. */
const LOCK = 7_146_522_318;

/** Migrates the schema to the newest version in one transaction. Rejects if the database is newer than this program. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (queries) => {
    await queries.query("select pg_advisory_xact_lock($1)", [LOCK]);
    await queries.query("create schema if not exists portcullis");
    await queries.query("create table if not exists portcullis.migrations (version integer primary key)");
    const version = await readMigration(queries);
    if (version > MIGRATIONS.length) {
      throw new Error(
        `The database is at version ${version}, but this program supports only up to ${MIGRATIONS.length}: start a newer Portcullis.`,
      );
    }
    await queries.query("set local search_path to portcullis");
    for (const [index, sql] of MIGRATIONS.entries()) {
      if (index < version) continue;
      await queries.query(sql);
      await queries.query("insert into migrations (version) values ($1)", [index + 1]);
    }
  });
}
