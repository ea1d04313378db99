import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { examineDatabase } from "../../../src/app/doctor/examine-database.ts";
import { lockStateDirectory } from "../../../src/store/lock.ts";
import { openDatabase } from "../../../src/store/open-database.ts";
import { openStore } from "../../../src/store/open.ts";
import type { Settings } from "../../../src/app/settings.ts";
import { installedPostgres, startPostgres } from "../../support/postgres.ts";
import { prepareStateDirectory } from "../../support/state-directory.ts";

const newDirectory = (): string => mkdtempSync(join(tmpdir(), "portcullis-doctor-db-"));

async function told(place: Pick<Settings, "stateDir" | "databaseUrl">): Promise<readonly string[]> {
  const diagnoses = await examineDatabase({ settings: { ...place, judgeDeadline: 600 } as Settings });
  return diagnoses.map(({ state, code, found }) => `${state} ${code} ${found}`);
}

test("a state directory that is not there, or has no database, is left as it is", async () => {
  const created = "ok database/new the embedded database is created at the first start";
  const empty = newDirectory();
  expect(await told({ stateDir: empty })).toEqual([created]);
  expect(await told({ stateDir: join(empty, "absent") })).toEqual([created]);
  expect(await told({ stateDir: empty })).toEqual([created]);
});

test("a database that a running server uses is not opened", async () => {
  const stateDir = newDirectory();
  await prepareStateDirectory(stateDir);
  const lock = await lockStateDirectory(stateDir);
  expect(await told({ stateDir })).toEqual([
    "ok database/in-use a running server uses the embedded database, so it is not opened here",
  ]);
  await lock.release();
});

test("a database of this version, with what it could not do, and of others", async () => {
  const stateDir = newDirectory();
  await prepareStateDirectory(stateDir);
  const change = async (sql: string): Promise<void> => {
    const database = await openDatabase({ directory: join(stateDir, "store") });
    await database.query(sql);
    await database.close();
  };
  const [ready = ""] = await told({ stateDir });
  expect(ready).toMatch(/^ok database\/ready the embedded database opens; its schema is up to date \(version \d+\)$/);
  const newest = Number(/version (\d+)/.exec(ready)?.[1]);
  await change(
    `insert into portcullis.dead_deliveries (guid, event, accepted_at, attempts, cause) values ('g', 'push', now(), 12, 'c');
     insert into portcullis.runs (job, work, repository, head, base_ref, external_id, created_at)
     values ('j', 'w', 1, 'h', 'main', 'e', now() - interval '1 hour')`,
  );
  expect(await told({ stateDir })).toEqual([
    ready,
    "warning database/dead-deliveries 1 deliveries could not be handled and are not tried again",
    "warning database/stuck 1 checks are in progress for longer than JUDGE_DEADLINE",
  ]);
  await change(`delete from portcullis.migrations where version = ${newest}`);
  expect(await told({ stateDir })).toEqual([
    `ok database/migrates the embedded database opens; the next start migrates its schema from version ${newest - 1} to ${newest}`,
  ]);
  await change(`insert into portcullis.migrations values (${newest}), (${newest + 1})`);
  expect(await told({ stateDir })).toEqual([
    `failure database/newer the schema is at version ${newest + 1}, and this program knows up to ${newest}`,
  ]);
  const lock = await lockStateDirectory(stateDir);
  await lock.release();
});

test("a directory that holds something else is told, and left alone", async () => {
  const stateDir = newDirectory();
  mkdirSync(join(stateDir, "store", "PG_VERSION"), { recursive: true });
  expect(await told({ stateDir })).toEqual([
    expect.stringMatching(/^failure database\/unopened the embedded database cannot be opened: /),
  ]);
});

const programs = installedPostgres();
(programs === undefined ? test.skip : test)("a PostgreSQL server: new, in use, and not there", async () => {
  const server = await startPostgres(programs ?? "", join(newDirectory(), "data"));
  const place = { stateDir: newDirectory(), databaseUrl: server.url };
  try {
    expect(await told(place)).toEqual([
      expect.stringMatching(
        /^ok database\/migrates PostgreSQL \d+.* opens; the next start migrates its schema from version 0 to/,
      ),
    ]);
    const store = await openStore(place, () => undefined);
    expect(await told(place)).toEqual([
      expect.stringMatching(/^ok database\/ready PostgreSQL \d+.* opens; its schema is up to date/),
    ]);
    await store.close(0);
  } finally {
    await server.stop();
  }
  expect(await told(place)).toEqual([
    expect.stringMatching(/^failure database\/unopened the database of DATABASE_URL cannot be opened: /),
  ]);
});
