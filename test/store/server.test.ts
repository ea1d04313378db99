import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../src/store/database.ts";
import { openServer } from "../../src/store/server.ts";
import { installedPostgres, startPostgres, type Postgres } from "../support/postgres.ts";

const installed = installedPostgres();
const whereInstalled = installed === undefined ? test.skip : test;

let directory: string;
let postgres: Postgres | undefined;
let database: Database | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "portcullis-server-"));
  if (installed === undefined) return;
  postgres = await startPostgres(installed, join(directory, "postgres"));
  database = await openServer(postgres.url);
});
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
  await rm(directory, { recursive: true, force: true });
});

whereInstalled("a server that ends during a transaction fails that transaction, and nothing else", async () => {
  if (database === undefined || postgres === undefined) throw new Error("not installed");
  const server = postgres;
  await database.query("create table counted (n integer)");
  const broken = database.transaction(async (queries) => {
    await queries.query("insert into counted values (1)");
    await server.crash();
    await queries.query("insert into counted values (2)");
  });
  await expect(broken).rejects.toThrow();
  await expect(database.query("select")).rejects.toThrow();
  await server.start();
  expect(await database.query("select n from counted")).toEqual([]);
});

whereInstalled("a connection that breaks between two queries of a transaction does not end the process", async () => {
  if (database === undefined) throw new Error("not installed");
  const own = database;
  const broken = own.transaction(async (queries) => {
    const [mine] = await queries.query<{ pid: number }>("select pg_backend_pid() as pid");
    await own.query("select pg_terminate_backend($1, 60000)", [mine?.pid]);
    // The event comes in a turn of its own, before the next query.
    await own.query("select 1");
    await queries.query("select 1");
  });
  await expect(broken).rejects.toThrow();
  expect(await own.query("select 1 as one")).toEqual([{ one: 1 }]);
});
