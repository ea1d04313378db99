import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { AuditEvent, PublishedVerdict } from "../../src/model/audit.ts";
import { recordAudit } from "../../src/store/audit.ts";
import { lockStateDirectory } from "../../src/store/lock.ts";
import { openDatabase } from "../../src/store/open-database.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { installedPostgres, startPostgres, type Postgres } from "../support/postgres.ts";
import { prepareStateDirectory } from "../support/state-directory.ts";
import { directoryWith, portcullis, type Ran } from "./run-portcullis.ts";

const cwd = directoryWith({});
const stateDir = mkdtempSync(join(tmpdir(), "portcullis-audit-cli-"));
const repository = { id: 7, name: "acme/shop" };
const verdict: PublishedVerdict = {
  check: "portcullis",
  conclusion: "failure",
  head: "h".repeat(40),
  base: "b".repeat(40),
  into: "main",
  tree: "t".repeat(40),
  policies: "p1",
  run: 11,
  job: "4ca636c1-55e4-417a-b1d8-4aceb67960d1",
  verdict: "fail",
  denied: { "images/tag": 2 },
};
const events: readonly AuditEvent[] = [
  { kind: "enrolment", repository, subject: "repository", body: { state: "enrolled" } },
  { kind: "verdict", repository, subject: "pull/3", body: verdict },
  { kind: "enrolment", repository: { id: 8, name: "acme/café" }, subject: "repository", body: { state: "enrolled" } },
];
let exported = "";

beforeAll(async () => {
  await prepareStateDirectory(stateDir);
  const store = await openStore({ stateDir }, () => undefined);
  await recordAudit(store.database, events);
  await store.close(0);
  exported = (await audit(["export"])).out;
});
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

function audit(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return portcullis(cwd, ["audit", ...args], { STATE_DIR: stateDir, DATABASE_URL: "", ...environment });
}

const rows = (): readonly { readonly [key: string]: unknown }[] =>
  exported
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly [key: string]: unknown });

test("a whole log is said to be whole, with the hash of its last row", async () => {
  const last = rows().at(-1)!["hash"] as string;
  expect(await audit(["verify", "--head", last])).toMatchObject({
    code: 0,
    out: expect.stringMatching(new RegExp(`^3 rows from .*: as they were written\nlast row: 3 ${last}\n$`)),
  });
});

test("a hash that is not in the log shows that its end was taken away", async () => {
  const ran = await audit(["verify", "--head", "a".repeat(64)]);
  expect(ran).toMatchObject({ code: 1, out: expect.stringContaining("rows were removed at the end of the log") });
  expect(await audit(["verify", "--head", "abc"])).toMatchObject({ code: 2, err: expect.stringContaining("64 hex") });
});

test("an export is whole by itself, and a changed one is not", async () => {
  const file = join(cwd, "audit.jsonl");
  writeFileSync(file, exported);
  expect(await audit(["verify", file])).toMatchObject({ code: 0, out: expect.stringMatching(/^3 rows/) });
  // From the middle on, as of a later quarter.
  writeFileSync(file, exported.split("\n").slice(1).join("\n"));
  expect(await audit(["verify", file])).toMatchObject({ code: 0, out: expect.stringMatching(/^2 rows/) });
  writeFileSync(file, exported.replace('"conclusion":"failure"', '"conclusion":"success"'));
  expect(await audit(["verify", file])).toMatchObject({
    code: 1,
    out: expect.stringMatching(
      /^row 2, \S+ verdict acme\/shop pull\/3: was changed: .*\n3 rows .*: 1 thing is wrong\n/,
    ),
  });
  writeFileSync(file, `${exported}{"sequence":"4"}\n`);
  expect(await audit(["verify", file])).toMatchObject({ code: 2, err: expect.stringContaining("audit.jsonl:4: ") });
});

test("rows are exported as JSON lines and as CSV, of one repository and of a time", async () => {
  expect(rows()).toMatchObject(events.map((event, at) => ({ sequence: at + 1, kind: event.kind, body: event.body })));
  const csv = (await audit(["export", "-o", "csv", "--repository", "acme/shop"])).out.split("\r\n");
  expect(csv[0]).toBe("sequence,time,kind,repository_id,repository,subject,body,previous,hash");
  expect(csv[1]).toMatch(
    /^1,[\d-]{10}T[\d:.]{12}Z,enrolment,7,acme\/shop,repository,"\{""state"":""enrolled""\}",0{64},/,
  );
  expect(csv).toHaveLength(4);
  expect(await audit(["export", "--until", "2020-01-01"])).toMatchObject({ code: 0, out: "" });
  expect((await audit(["export", "--since", "2020-01-01T00:00:00Z"])).out).toBe(exported);
  expect(await audit(["export", "--since", "yesterday"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("--since"),
  });
});

test("verdicts are exported as events of OPA's decision log", async () => {
  const { out } = await audit(["export", "-o", "opa-decisions"]);
  expect(JSON.parse(out)).toEqual({
    labels: { app: "portcullis", version: expect.any(String), repository: "acme/shop" },
    decision_id: verdict.job,
    bundles: { "acme/shop": { revision: "p1" } },
    path: "portcullis/verdict",
    input: {
      repository: "acme/shop",
      subject: "pull/3",
      check: "portcullis",
      run: 11,
      head: verdict.head,
      base: verdict.base,
      into: "main",
      tree: verdict.tree,
    },
    result: { conclusion: "failure", verdict: "fail", denied: { "images/tag": 2 } },
    timestamp: rows()[1]!["time"],
    erased: ["/input/manifests"],
  });
});

test("a log that cannot be read is no whole log", async () => {
  const lock = await lockStateDirectory(stateDir);
  try {
    expect(await audit(["verify"])).toMatchObject({ code: 2, err: expect.stringContaining("running server uses") });
  } finally {
    await lock.release();
  }
  expect(await audit(["verify"], { STATE_DIR: cwd })).toMatchObject({
    code: 2,
    err: expect.stringContaining("no audit log"),
  });
  const wrong = await audit(["verify"], { DATABASE_URL: "postgres://me:secret@127.0.0.1:1/none" });
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("cannot be read") });
  expect(wrong.err).not.toContain("secret");
});

const installed = installedPostgres();
(installed === undefined ? test.skip : test)(
  "beside a running server of PostgreSQL a row that was changed by hand is found, by a user who may only read",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "portcullis-audit-server-"));
    let server: Postgres | undefined;
    let store: Store | undefined;
    try {
      server = await startPostgres(installed!, join(directory, "server"));
      store = await openStore({ stateDir: directory, databaseUrl: server.url }, () => undefined);
      await recordAudit(store.database, events);
      await store.database.query(
        `create role auditor login; grant usage on schema portcullis to auditor;
         grant select on portcullis.audit, portcullis.migrations to auditor`,
      );
      const reading = { DATABASE_URL: server.url.replace("//test@", "//auditor@") };
      expect(await audit(["verify"], reading)).toMatchObject({ code: 0 });
      const owner = await openDatabase({ url: server.url, directory });
      await owner.query(
        `alter table portcullis.audit disable trigger all;
         update portcullis.audit set body = replace(body, 'failure', 'success') where sequence = 2`,
      );
      await owner.close();
      expect(await audit(["verify"], reading)).toMatchObject({
        code: 1,
        out: expect.stringMatching(/^row 2, \S+ verdict acme\/shop pull\/3: was changed/),
      });
    } finally {
      await store?.close(0);
      await server?.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
