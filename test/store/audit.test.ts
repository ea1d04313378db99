import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEvent, AuditRow } from "../../src/model/audit.ts";
import { walkChain, type ChainFault } from "../../src/store/audit-chain.ts";
import { readAudit, readAuditHead, recordAudit, type AuditFilter } from "../../src/store/audit.ts";
import type { Database } from "../../src/store/database.ts";
import { openDatabase } from "../../src/store/open-database.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import {
  deleteRepositories,
  markEnrolled,
  recordHistory,
  recordRulesInForce,
  upsertRepository,
} from "../../src/store/repositories.ts";
import { recordIntendedRun, recordRunConclusion } from "../../src/store/runs.ts";
import { installedPostgres, startPostgres, type Postgres } from "../support/postgres.ts";
import { prepareStateDirectory } from "../support/state-directory.ts";

const installed = installedPostgres();
if (installed === undefined) process.stderr.write("SKIPPED: the tests of the audit log on a server need PostgreSQL\n");

const repository = { id: 7, name: "acme/shop" };

function enrolled(subject: string): AuditEvent {
  return { kind: "enrolment", repository, subject, body: { state: "enrolled" } };
}

async function rowsOf(database: Database, filter?: AuditFilter): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  for await (const row of readAudit(database, filter)) rows.push(row);
  return rows;
}

async function faultsIn(database: Database): Promise<readonly ChainFault[]> {
  const walk = walkChain();
  return (await rowsOf(database)).flatMap((row) => walk.next(row));
}

/** Changes the table as somebody may who owns the database, and undoes it. */
async function tampered(database: Database, sql: string): Promise<readonly ChainFault[]> {
  let faults: readonly ChainFault[] = [];
  const undo = new Error("undone");
  await database
    .transaction(async (queries) => {
      await queries.query(`alter table portcullis.audit disable trigger all; ${sql}`);
      faults = await faultsIn({ ...database, ...queries });
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return faults;
}

/** The hash of a row as the documentation computes it, with nothing but PostgreSQL. */
const SQL_HASH = `encode(sha256(convert_to(concat_ws(E'\\n', sequence, time, kind, coalesce(repository_id::text, ''),
  coalesce(repository, ''), subject, body, previous), 'UTF8')), 'hex')`;

for (const kind of ["embedded", "server"] as const) {
  describe(`the audit log on ${kind === "embedded" ? "PGlite" : "a PostgreSQL server"}`, () => {
    let directory: string;
    let server: Postgres | undefined;
    let store: Store | undefined;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "portcullis-audit-"));
      if (kind === "server") {
        if (installed === undefined) return;
        server = await startPostgres(installed, join(directory, "server"));
      } else await prepareStateDirectory(directory);
      const url = server === undefined ? {} : { databaseUrl: server.url };
      store = await openStore({ stateDir: directory, ...url }, () => undefined);
      await recordAudit(
        store.database,
        [1, 2, 3, 4, 5, 6].map((number) => enrolled(`r${number}`)),
      );
    });
    afterAll(async () => {
      await store?.close(1_000);
      await server?.stop();
      await rm(directory, { recursive: true, force: true });
    });

    const on = (name: string, body: (database: Database) => Promise<void>): void =>
      (kind === "server" && installed === undefined ? test.skip : test)(name, async () => {
        if (store === undefined) throw new Error("the store did not open");
        await body(store.database);
      });

    on("a chain is whole, also by a query that knows nothing of this program", async (database) => {
      expect(await faultsIn(database)).toEqual([]);
      const wrong = await database.query(
        `select sequence from (select *, lag(hash, 1, repeat('0', 64)) over (order by sequence) as before,
           row_number() over (order by sequence) as number from portcullis.audit) as rows
         where hash <> ${SQL_HASH} or previous <> before or sequence <> number`,
      );
      expect(wrong).toEqual([]);
    });

    on("no statement changes or removes a row", async (database) => {
      for (const sql of [
        "update portcullis.audit set subject = 'other' where sequence = 2",
        "delete from portcullis.audit where sequence = 2",
        "truncate portcullis.audit",
      ])
        await expect(database.query(sql)).rejects.toThrow(/never changed or deleted/);
    });

    on("what was done to rows is found, at the row", async (database) => {
      const rehash = (sequence: number): string =>
        `update portcullis.audit set hash = ${SQL_HASH} where sequence = ${sequence};`;
      const table: readonly (readonly [sql: string, ...faults: readonly [number, RegExp][]])[] = [
        [
          `update portcullis.audit set body = '{"state":"forgotten"}' where sequence = 3`,
          [3, /was changed: its hash is/],
        ],
        ["update portcullis.audit set time = '2020-01-01T00:00:00.000Z' where sequence = 3", [3, /was changed/]],
        ["update portcullis.audit set repository_id = 8 where sequence = 3", [3, /was changed/]],
        [
          `update portcullis.audit set subject = 'other' where sequence = 3; ${rehash(3)}`,
          [4, /does not follow row 3.* row 3 was changed or replaced since/],
        ],
        ["delete from portcullis.audit where sequence = 3", [4, /follows a gap: row 3 is missing/]],
        ["delete from portcullis.audit where sequence in (1, 2)", [3, /rows 1 to 2 are missing/]],
        [
          "delete from portcullis.audit where sequence = 3; update portcullis.audit set sequence = sequence - 1 where sequence > 3",
          [3, /was changed/],
          [3, /does not follow row 2/],
          [4, /was changed/],
          [5, /was changed/],
        ],
        [
          `update portcullis.audit set sequence = 30 where sequence = 3; update portcullis.audit set sequence = 3 where sequence = 4;
           update portcullis.audit set sequence = 4 where sequence = 30`,
          [3, /was changed/],
          [3, /does not follow row 2/],
          [4, /was changed/],
          [4, /does not follow row 3/],
          [5, /does not follow row 4/],
        ],
      ];
      for (const [sql, ...expected] of table)
        expect({ sql, faults: await tampered(database, sql) }).toEqual({
          sql,
          faults: expected.map(([sequence, message]) => ({ sequence, message: expect.stringMatching(message) })),
        });
      expect(await faultsIn(database)).toEqual([]);
    });

    on("rows that are appended at once follow one another", async (database) => {
      const other =
        server === undefined ? database : await openDatabase({ url: server.url, directory: join(directory, "none") });
      try {
        const before = (await readAuditHead(database))?.sequence ?? 0;
        const at = Array.from({ length: 12 }, (_, index) => index);
        await Promise.all(at.map((index) => recordAudit(index % 2 === 0 ? database : other, [enrolled(`at${index}`)])));
        expect((await readAuditHead(database))?.sequence).toBe(before + 12);
        expect(await faultsIn(database)).toEqual([]);
      } finally {
        if (other !== database) await other.close();
      }
    });

    on("rows can be read from a time on, up to one, and of one repository", async (database) => {
      const all = await rowsOf(database);
      const [first, last] = [all[0]!, all.at(-1)!];
      const count = async (filter: AuditFilter): Promise<number> => (await rowsOf(database, filter)).length;
      expect(await count({ since: first.time })).toBe(all.length);
      expect(await count({ until: first.time })).toBe(0);
      expect(await count({ since: last.time.slice(0, 10), repository: "ACME/shop" })).toBe(all.length);
      expect(await count({ repository: "acme/other" })).toBe(0);
    });

    on("the store records what it stores, once, in the same transaction", async (database) => {
      const before = (await readAuditHead(database))?.sequence ?? 0;
      const since = async (): Promise<readonly unknown[]> =>
        (await rowsOf(database))
          .filter(({ sequence }) => sequence > before)
          .map(({ kind, repository, body }) => [kind, repository, JSON.parse(body)]);
      for (const id of [70, 71])
        await upsertRepository(database, { id, owner: "acme", name: `r${id}`, installation: 1, defaultBranch: "main" });
      await markEnrolled(database, 70);
      await markEnrolled(database, 70);
      await recordHistory(database, 71, undefined);
      await recordHistory(database, 71, "old");
      await recordRulesInForce(database, 70, "c1", "p1", [{ branch: "stable" }]);
      await recordRulesInForce(database, 70, "c2", "p1", []);
      await recordRulesInForce(database, 70, "c3", "p2", []);
      const run = { job: "audited", work: "w", repository: 70, head: "h", baseRef: "main", externalId: "e" };
      await recordIntendedRun(database, run);
      const event: AuditEvent = { ...enrolled("x"), kind: "withdrawal", body: { head: "h", run: 1, job: "audited" } };
      // Its line break is refused by the table, and then nothing is stored.
      const broken = recordRunConclusion(database, "audited", "success", "e", [{ ...event, subject: "a\nb" }]);
      await expect(broken).rejects.toThrow(/subject/);
      const [row] = await database.query("select conclusion from portcullis.runs where job = 'audited'");
      expect(row).toEqual({ conclusion: null });
      for (const conclusion of ["success", "success", "superseded"] as const)
        await recordRunConclusion(database, "audited", conclusion, "e", [event]);
      await deleteRepositories(database, 2, [70]);
      await deleteRepositories(database, 1, [70, 99]);
      expect(await since()).toEqual([
        ["enrolment", "acme/r70", { state: "enrolled" }],
        ["enrolment", "acme/r71", { state: "enrolled" }],
        ["rules", "acme/r70", { after: { commit: "c1", policies: "p1", branches: ["main", "stable"] } }],
        [
          "rules",
          "acme/r70",
          { before: { commit: "c2", policies: "p1" }, after: { commit: "c3", policies: "p2", branches: ["main"] } },
        ],
        ["withdrawal", "acme/shop", { head: "h", run: 1, job: "audited" }],
        ["withdrawal", "acme/shop", { head: "h", run: 1, job: "audited" }],
        ["enrolment", "acme/r70", { state: "forgotten" }],
      ]);
      expect(await faultsIn(database)).toEqual([]);
    });

    if (kind === "server")
      on("a role that may only append cannot take the refusal away", async (database) => {
        await database.query(
          `create role app login; create role auditor; grant usage on schema portcullis to app;
           grant select, insert on portcullis.audit to app`,
        );
        const app = await openDatabase({ url: server!.url.replace("//test@", "//app@"), directory });
        try {
          await recordAudit(app, [enrolled("by app")]);
          for (const sql of [
            "update portcullis.audit set subject = 'x'",
            "delete from portcullis.audit",
            "truncate portcullis.audit",
            "alter table portcullis.audit disable trigger all",
            "drop trigger audit_is_append_only on portcullis.audit",
          ])
            await expect(app.query(sql)).rejects.toThrow(/permission denied|must be owner/);
        } finally {
          await app.close();
        }
        expect(await faultsIn(database)).toEqual([]);
      });
  });
}
