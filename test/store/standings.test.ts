import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Standing } from "../../src/model/standing.ts";
import type { Queries } from "../../src/store/database.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { markEnrolled, upsertRepository } from "../../src/store/repositories.ts";
import {
  deleteOldStandings,
  findStanding,
  recordComplianceFailure,
  recordStanding,
  scheduleCompliance,
} from "../../src/store/standings.ts";
import { enqueueWork, leaseWork, type Subject } from "../../src/store/work.ts";
import { installedPostgres, startPostgres, type Postgres } from "../support/postgres.ts";

const installed = installedPostgres();
const errors: unknown[] = [];
afterAll(() => expect(errors).toEqual([]));

const standing: Standing = {
  verdict: "pass",
  manifests: 1,
  policies: {},
  waived: {},
  controls: { failing: {}, waived: {}, satisfied: 1, undetermined: 0 },
  waivers: { inForce: 0, expired: [], expiring: [], unused: [] },
  ending: [],
  problems: [],
  unjudged: { problems: 0, gaps: 0 },
};

for (const kind of ["embedded", "server"] as const) {
  describe(`standings on ${kind === "embedded" ? "PGlite" : "a PostgreSQL server"}`, () => {
    let directory: string;
    let server: Postgres | undefined;
    const stores: Store[] = [];

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "portcullis-standings-"));
      if (kind === "server" && installed !== undefined)
        server = await startPostgres(installed, join(directory, "server"));
      if (kind === "server" && server === undefined) return;
      const place = { stateDir: directory, ...(server === undefined ? {} : { databaseUrl: server.url }) };
      stores.push(await openStore(place, (error) => errors.push(error)));
      if (server !== undefined) stores.push(await openStore(place, (error) => errors.push(error)));
    });
    afterAll(async () => {
      for (const store of stores) await store.close(1_000);
      await server?.stop();
      await rm(directory, { recursive: true, force: true });
    });

    const on = (name: string, body: (first: Store, second: Store) => Promise<void>): void =>
      (kind === "server" && installed === undefined ? test.skip : test)(name, async () => {
        const [first, other] = stores;
        if (first === undefined) throw new Error("the store did not open");
        const second = other ?? first;
        await first.database.query("delete from portcullis.work");
        await first.database.query("delete from portcullis.repositories");
        await first.database.query("delete from portcullis.compliance");
        await body(first, second);
      });

    const enrol = async (store: Store, ids: readonly number[]): Promise<void> => {
      for (const id of ids) {
        const repository = { id, owner: "night", name: `r${id}`, installation: 1, defaultBranch: "main" };
        await upsertRepository(store.database, repository);
        await markEnrolled(store.database, id);
      }
    };
    const enqueued = async (queries: Queries): Promise<number> => {
      const [row] = await queries.query<{ count: string | number }>(
        "select count(*) as count from portcullis.work where key like 'compliance:%'",
      );
      return Number(row?.count);
    };

    on("repositories are spread over six hours of the night, and each is taken once", async (first, second) => {
      const ids = Array.from({ length: 72 }, (_, index) => 1_000_000 + index);
      await enrol(first, ids);
      await scheduleCompliance(first.database, "2027-01-14T12:00:00Z");
      expect(await enqueued(first.database)).toBe(0);
      const taken: number[] = [];
      for (let minutes = 0; minutes <= 24 * 60; minutes += 30) {
        const now = new Date(Date.parse("2027-01-15T00:00:00Z") + minutes * 60_000).toISOString();
        let count = 0;
        for (;;) {
          // Two replicas at once.
          const both = await Promise.all([first, second].map(({ database }) => scheduleCompliance(database, now)));
          if (both.every((one) => one === 0)) break;
          count += both.reduce((sum, one) => sum + one, 0);
        }
        if (minutes < 24 * 60) taken.push(count);
      }
      expect(taken.reduce((sum, one) => sum + one, 0)).toBe(72);
      expect(await enqueued(first.database)).toBe(72);
      const busy = taken.flatMap((count, half) => (count > 0 ? [half] : []));
      expect(busy.at(-1)).toBeLessThanOrEqual(12);
      expect(busy.length).toBeGreaterThanOrEqual(9);
      expect(Math.max(...taken)).toBeLessThanOrEqual(18);
    });

    on("what nights without a server left over is taken a few at a time", async ({ database }) => {
      await enrol(
        { database } as Store,
        Array.from({ length: 30 }, (_, index) => 2_000_000 + index),
      );
      await scheduleCompliance(database, "2027-01-14T12:00:00Z");
      expect(await scheduleCompliance(database, "2027-01-20T12:00:00Z")).toBe(5);
      expect(await scheduleCompliance(database, "2027-01-20T12:00:00Z")).toBe(5);
    });

    on("nightly work comes last, one piece at a time, and is not left for ever", async ({ database }) => {
      const nightly = (id: number): Subject => ({
        kind: "compliance",
        installation: 1,
        repository: { id, owner: "night", name: "r" },
      });
      const background: Subject = { kind: "rules", installation: 1, repository: { id: 3, owner: "night", name: "r" } };
      await enqueueWork(database, nightly(1), false, false);
      await enqueueWork(database, nightly(2), false, false);
      await enqueueWork(database, background, false, false);
      const lease = async (): Promise<string | undefined> =>
        (await leaseWork(database, String(Math.random()), 60))?.key;
      expect([await lease(), await lease(), await lease()]).toEqual(["rules:3:", "compliance:1:", undefined]);
      await database.query("update portcullis.work set lease = null, lease_until = null, since = null");
      await database.query(
        "update portcullis.work set since = now() - interval '13 hours' where key = 'compliance:2:'",
      );
      await enqueueWork(database, background, false, false);
      expect(await lease()).toBe("compliance:2:");
    });

    on("what fails and what could not be judged is shown by what docs/operations.md says", async (store) => {
      const text = await readFile(new URL("../../../docs/operations.md", import.meta.url), "utf8");
      const queries = [...text.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, sql]) => sql ?? "");
      const [failing = "", unjudged = ""] = queries.filter((sql) => /portcullis\.(?:standings|compliance)/.test(sql));
      await enrol(store, [6]);
      const because = [{ kind: "first" }] as const;
      const failed = { ...standing, policies: { main: { findings: 1, since: "2027-01-15T00:00:00Z", because } } };
      const judgedAt = "2027-01-15T00:00:00.000Z";
      await recordStanding(store.database, {
        repository: 6,
        branch: "main",
        commit: "c",
        policies: "p",
        rules: "r",
        judgedAt,
        standing: failed,
      });
      expect(await store.database.query(failing)).toMatchObject([{ name: "r6", branch: "main", failing_policies: 1 }]);
      expect(await store.database.query(unjudged)).toEqual([]);
      await recordComplianceFailure(store.database, 6, "the rules do not compile");
      expect(await store.database.query(unjudged)).toMatchObject([{ name: "r6", failure: "the rules do not compile" }]);
    });

    on("one standing of a branch is the newest; old ones are deleted", async ({ database }) => {
      const stored = (judgedAt: string) => ({
        repository: 5,
        branch: "main",
        commit: "c",
        policies: "p",
        rules: "r",
        judgedAt,
        standing,
      });
      for (const time of ["2020-01-01T00:00:00.000Z", "2021-01-01T00:00:00.000Z"])
        await recordStanding(database, stored(time));
      expect(await findStanding(database, 5, "main")).toEqual(stored("2021-01-01T00:00:00.000Z"));
      await deleteOldStandings(database);
      const rows = await database.query("select newest from portcullis.standings where repository = 5");
      expect(rows).toEqual([{ newest: true }]);
    });
  });
}
