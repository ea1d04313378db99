import type { Database } from "./database.ts";

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
];

/** Two replicas may start at once: the second one waits for this lock and finds the work done. */
const LOCK = 7_146_522_318;

/** Migrates the schema to the newest version in one transaction. Rejects if the database is newer than this program. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (queries) => {
    await queries.query("select pg_advisory_xact_lock($1)", [LOCK]);
    await queries.query("create schema if not exists portcullis");
    await queries.query("create table if not exists portcullis.migrations (version integer primary key)");
    const [row] = await queries.query<{ version: number | null }>(
      "select max(version) as version from portcullis.migrations",
    );
    const version = row?.version ?? 0;
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
