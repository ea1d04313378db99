import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  abandonDelivery,
  acceptDelivery,
  countDeadDeliveries,
  deleteOldDeliveries,
  findUnhandledDelivery,
  listUnhandledDeliveries,
  markDeliveryHandled,
  postponeDelivery,
} from "../../src/store/deliveries.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { claimUnposted, findClaims, moveClaims, releaseClaims } from "../../src/store/posted-comments.ts";
import { countStuckRuns, recordIntendedRun, recordRunConclusion } from "../../src/store/runs.ts";
import { deleteOldReports, findReport, saveReport } from "../../src/store/reports.ts";
import { markEnrolled, takeRepositoriesToSweep, upsertRepository } from "../../src/store/repositories.ts";
import { markRollback, takeUnlooked } from "../../src/store/rollbacks.ts";
import { findOrMakeSecret } from "../../src/store/secrets.ts";
import {
  finishWork,
  leaseWork,
  measureBacklog,
  postponeWork,
  renewLease,
  enqueueWorkIfIdle,
  enqueueWork,
} from "../../src/store/work.ts";
import type { Queries } from "../../src/store/database.ts";
import { workKey, type LeasedWork, type Subject, type UsedUp } from "../../src/store/work.ts";
import { installedPostgres, startPostgres, type Postgres } from "../support/postgres.ts";
import { until } from "../support/until.ts";

const errors: unknown[] = [];
const installed = installedPostgres();
if (installed === undefined) process.stderr.write("SKIPPED: the tests of the store on a server need PostgreSQL\n");

for (const kind of ["embedded", "server"] as const) {
  describe(`the store on ${kind === "embedded" ? "PGlite" : "a PostgreSQL server"}`, () => {
    let directory: string;
    let server: Postgres | undefined;
    let store: Store | undefined;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "portcullis-store-"));
      if (kind === "server") {
        if (installed === undefined) return;
        server = await startPostgres(installed, join(directory, "server"));
      }
      store = await openStore(
        { stateDir: directory, ...(server === undefined ? {} : { databaseUrl: server.url }) },
        (error) => errors.push(error),
      );
    });
    afterAll(async () => {
      await store?.close(1_000);
      await server?.stop();
      await rm(directory, { recursive: true, force: true });
    });

    const on = (name: string, body: (store: Store) => Promise<void>): void =>
      (kind === "server" && installed === undefined ? test.skip : test)(name, async () => {
        if (store === undefined) throw new Error("the store did not open");
        await body(store);
      });

    on(
      "a sweep takes enrolled repositories once in the time given, not more than some at once",
      async ({ database }) => {
        for (let id = 1; id <= 25; id++) {
          const repository = { id, owner: "sweep", name: `r${id}`, installation: 1, defaultBranch: "main" };
          await upsertRepository(database, repository);
          if (id !== 3) await markEnrolled(database, id);
        }
        const ids = async (seconds: number): Promise<readonly number[]> =>
          (await takeRepositoriesToSweep(database, seconds)).map(({ id }) => id).toSorted((a, b) => a - b);
        const [first, second] = [await ids(3_600), await ids(3_600)];
        expect([first.length, second.length]).toEqual([20, 4]);
        expect([...first, ...second]).not.toContain(3);
        expect(await ids(3_600)).toEqual([]);
        expect(await ids(0)).toEqual(first);
        await database.query("delete from portcullis.repositories where owner = 'sweep'");
      },
    );

    on("a delivery is accepted once, and handled once", async ({ database }) => {
      const delivery = { guid: "g1", event: "push", payload: '{"a":1}' };
      expect(await acceptDelivery(database, delivery)).toBe(true);
      expect(await acceptDelivery(database, delivery)).toBe(false);
      expect(await findUnhandledDelivery(database, "g1")).toEqual({ ...delivery, attempts: 0 });
      await markDeliveryHandled(database, "g1");
      expect(await findUnhandledDelivery(database, "g1")).toBeUndefined();
      expect(await acceptDelivery(database, delivery)).toBe(false);
    });

    on(
      "a delivery that failed waits, dies in the end, and lives again when GitHub delivers it again",
      async ({ database }) => {
        const delivery = { guid: "d1", event: "push", payload: '{"a":1}' };
        await acceptDelivery(database, delivery);
        await postponeDelivery(database, "d1", 1, 3_600);
        expect(await findUnhandledDelivery(database, "d1")).toBeUndefined();
        expect(await listUnhandledDeliveries(database)).not.toContain("d1");
        await postponeDelivery(database, "d1", 2, 0);
        expect(await findUnhandledDelivery(database, "d1")).toEqual({ ...delivery, attempts: 2 });
        expect(await listUnhandledDeliveries(database)).toContain("d1");
        const before = await countDeadDeliveries(database);
        await abandonDelivery(database, "d1", { attempts: 3, cause: "Error: broken", repository: "acme/shop" });
        expect(await findUnhandledDelivery(database, "d1")).toBeUndefined();
        expect(await countDeadDeliveries(database)).toBe(before + 1);
        await abandonDelivery(database, "d1", { attempts: 3, cause: "again" });
        expect(await countDeadDeliveries(database)).toBe(before + 1);
        await deleteOldDeliveries(database);
        expect(await countDeadDeliveries(database)).toBe(before + 1);
        expect(await acceptDelivery(database, delivery)).toBe(true);
        expect(await findUnhandledDelivery(database, "d1")).toEqual({ ...delivery, attempts: 0 });
        expect(await countDeadDeliveries(database)).toBe(before);
        await markDeliveryHandled(database, "d1");
      },
    );

    on("a dead delivery is shown and retried with what docs/operations.md says", async ({ database }) => {
      const text = await readFile(new URL("../../../docs/operations.md", import.meta.url), "utf8");
      const [look = "", retry = ""] = [...text.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, sql]) => sql ?? "");
      await acceptDelivery(database, { guid: "d2", event: "push", payload: "{}" });
      await abandonDelivery(database, "d2", { attempts: 12, cause: "Error: broken" });
      expect(await database.query(look)).toMatchObject([{ guid: "d2", event: "push", cause: "Error: broken" }]);
      await database.query(retry.replace("GUID", "d2"));
      expect(await database.query(look)).toEqual([]);
      expect(await findUnhandledDelivery(database, "d2")).toMatchObject({ guid: "d2", payload: "{}", attempts: 0 });
      await markDeliveryHandled(database, "d2");
    });

    on("many requests for one pull request are one piece of work, held by one worker", async ({ database }) => {
      const key = await enqueueWork(database, pull(1));
      await enqueueWork(database, pull(1));
      const held = await leaseOnly(database, key, "worker a");
      expect(held).toMatchObject({ key, wanted: 2, forced: false, attempts: 1 });
      expect(await leaseOnly(database, key, "worker b")).toBeUndefined();
      await enqueueWork(database, pull(1), true);
      expect(await renewLease(database, held!, 60)).toBe(true);
      await finishWork(database, held!);
      const again = await leaseOnly(database, key, "worker b");
      expect(again).toMatchObject({ wanted: 3, forced: true, attempts: 1 });
      expect(await renewLease(database, held!, 60)).toBe(false);
      await finishWork(database, again!);
      expect(await leaseOnly(database, key, "worker b")).toBeUndefined();
    });

    on("what a webhook announced stays when the work is asked for again without a word of it", async ({ database }) => {
      const key = await enqueueWork(database, { ...pull(3), updatedAt: "2027-01-15T10:00:00Z" } as Subject);
      await enqueueWork(database, pull(3), true);
      expect(await leaseOnly(database, key, "w")).toMatchObject({ subject: { updatedAt: "2027-01-15T10:00:00Z" } });
    });

    on("the newest state that webhooks announced counts, in whatever order they come", async ({ database }) => {
      const told = (second: number, head: string, replaced = ""): Subject =>
        ({ ...pull(4), updatedAt: `2027-01-15T10:00:0${second}Z`, head, replaced }) as Subject;
      for (const [announced, head] of [
        [[told(1, "b", "a"), told(0, "a")], "b"],
        [[told(2, "c", "b"), told(2, "b", "a")], "c"],
        [[told(3, "d", "c"), told(3, "c", "d")], "c"],
        [[told(4, "c"), told(4, "e", "c")], "e"],
      ] as const) {
        for (const one of announced) await enqueueWork(database, one);
        const held = await leaseOnly(database, workKey(pull(4)), "w");
        expect(held).toMatchObject({ subject: { head } });
        await finishWork(database, held!);
      }
    });

    on("postponed work comes back at its time, and at once when it is asked for again", async ({ database }) => {
      const key = await enqueueWork(database, pull(2));
      const held = await leaseOnly(database, key, "w");
      await postponeWork(database, held!, 60);
      expect(await leaseOnly(database, key, "w")).toBeUndefined();
      await enqueueWork(database, pull(2));
      expect(await leaseOnly(database, key, "w")).toMatchObject({ key });
    });

    on("a sweep does not disturb work that waits: its deadline goes on running", async ({ database }) => {
      const key = await enqueueWork(database, pull(9));
      const held = await leaseOnly(database, key, "w");
      await postponeWork(database, held!, 0);
      await database.query("update portcullis.work set since = since - interval '1 hour' where key = $1", [key]);
      expect(await enqueueWorkIfIdle(database, pull(9))).toBe(false);
      const again = await leaseOnly(database, key, "w");
      expect(again?.age).toBeGreaterThanOrEqual(3_600_000);
      await finishWork(database, again!);
      expect(await enqueueWorkIfIdle(database, pull(9))).toBe(true);
    });

    on("time for which GitHub's limits held work back does not count towards its age", async ({ database }) => {
      const key = await enqueueWork(database, pull(10));
      const pass = (): Promise<unknown> =>
        database.query(
          "update portcullis.work set since = since - interval '1 hour', held_since = held_since - interval '1 hour' where key = $1",
          [key],
        );
      const first = await leaseOnly(database, key, "w");
      await postponeWork(database, first!, 0, { held: true, reason: "a limit" });
      await pass();
      const second = await leaseOnly(database, key, "w");
      expect(second).toMatchObject({ reason: "a limit" });
      expect(second?.age).toBeLessThan(3_000_000);
      // Held back twice is held back for two hours; what counts is the hour after.
      await postponeWork(database, second!, 0, { held: true });
      await pass();
      const third = await leaseOnly(database, key, "w");
      expect(third?.age).toBeLessThan(3_000_000);
      await postponeWork(database, third!, 0);
      await pass();
      const fourth = await leaseOnly(database, key, "w");
      expect(fourth?.age).toBeGreaterThanOrEqual(3_600_000);
      expect(fourth?.age).toBeLessThan(4_000_000);
      await postponeWork(database, fourth!, 0, { held: true });
      await enqueueWork(database, pull(10));
      await pass();
      const afresh = await leaseOnly(database, key, "w");
      expect(afresh?.age).toBeLessThan(3_000_000);
      await finishWork(database, afresh!);
    });

    on("a check that is in progress because of GitHub's limits is not stuck", async ({ database }) => {
      const key = await enqueueWork(database, pull(11));
      const run = { job: "stuck", work: key, repository: 7, head: "h", baseRef: "main", externalId: "e" };
      await recordIntendedRun(database, run);
      const held = await leaseOnly(database, key, "w");
      await database.query("update portcullis.runs set created_at = now() - interval '1 hour' where job = 'stuck'");
      expect(await countStuckRuns(database, 600)).toBe(1);
      await postponeWork(database, held!, 0, { held: true });
      expect(await countStuckRuns(database, 600)).toBe(0);
      await database.query("update portcullis.work set held_since = now() - interval '55 minutes' where key = $1", [
        key,
      ]);
      const again = await leaseOnly(database, key, "w");
      expect(await countStuckRuns(database, 600)).toBe(0);
      expect(await countStuckRuns(database, 60)).toBe(1);
      await finishWork(database, again!);
      await recordRunConclusion(database, "stuck", "success", "e");
    });

    on("a rollback goes first, one of an installation at a time, until an event comes", async ({ database }) => {
      await database.query("delete from portcullis.work");
      const of = (installation: number, number: number): Subject => ({ ...pull(number), installation }) as Subject;
      const next = async (): Promise<string | undefined> => (await leaseWork(database, "w", 60))?.key;
      await enqueueWork(database, of(41, 40));
      // Alone it waits for nobody, so that nobody looks at it.
      expect(await takeUnlooked(database)).toBeUndefined();
      for (const number of [41, 42, 43, 44]) await enqueueWork(database, of(41, number));
      await database.query(
        "update portcullis.work set run_at = now() - (50 - right(key, 2)::int) * interval '1 minute'",
      );
      const looked = [];
      for (let n = 0; n < 5; n++) looked.push(await takeUnlooked(database));
      expect(looked.map((one) => one?.key.slice(-2))).toEqual(["44", "43", "42", "41", "40"]);
      expect(await takeUnlooked(database)).toBeUndefined();
      for (const one of looked.slice(0, 3)) await markRollback(database, one!);
      await enqueueWork(database, of(41, 42));
      await markRollback(database, looked[2]!);
      expect(await takeUnlooked(database)).toMatchObject({ key: "pull:7:42", wanted: 2 });
      // The second rollback does not go before what waits longer while the first one runs.
      expect([await next(), await next()]).toEqual(["pull:7:43", "pull:7:40"]);
    });

    on("urgent work goes first, then who is served least, then what waits longest", async ({ database }) => {
      await database.query("delete from portcullis.work");
      const of = (installation: number, number: number): Subject => ({ ...pull(number), installation }) as Subject;
      const next = async (): Promise<LeasedWork | undefined> => leaseWork(database, "w", 60);
      const order = async (count: number): Promise<readonly string[]> => {
        const keys = [];
        for (let n = 0; n < count; n++) keys.push((await next())?.key.replace("pull:7:", "") ?? "");
        return keys;
      };
      // One installation floods, and another one comes last.
      for (const number of [21, 22, 23]) await enqueueWork(database, of(21, number), false, false);
      for (const number of [24, 25, 26]) await enqueueWork(database, of(21, number));
      await enqueueWork(database, of(22, 27));
      expect(await order(2)).toEqual(["24", "27"]);
      // Both have one running job, so it is the turn of that which was served longest ago.
      await enqueueWork(database, of(22, 28));
      expect(await order(3)).toEqual(["25", "28", "26"]);
      // What waits without urgency becomes urgent by an event, and a sweep takes none of it back.
      expect(await enqueueWorkIfIdle(database, of(21, 23), true)).toBe(false);
      expect(await enqueueWorkIfIdle(database, of(21, 23))).toBe(false);
      const urgent = await next();
      expect(urgent).toMatchObject({ key: "pull:7:23", urgent: true });
      expect(await measureBacklog(database)).toEqual(
        expect.arrayContaining([
          { urgent: true, waiting: 6, held: 0, oldest: expect.any(Number) },
          { urgent: false, waiting: 2, held: 0, oldest: expect.any(Number) },
        ]),
      );
      // Once it is done, its next work is what it is asked for.
      await finishWork(database, urgent!);
      await enqueueWork(database, of(21, 23), false, false);
      await enqueueWork(database, of(22, 29), false, false);
      expect(await order(4)).toEqual(["29", "21", "22", "23"]);
      expect(await next()).toBeUndefined();
      // What has waited for an hour is held back no longer.
      await database.query("delete from portcullis.work");
      await enqueueWork(database, of(21, 30), false, false);
      await enqueueWork(database, of(21, 31));
      await database.query("update portcullis.work set run_at = now() - interval '61 minutes' where key = 'pull:7:30'");
      expect(await order(2)).toEqual(["30", "31"]);
    });

    on("work of installations whose requests are used up is left waiting", async ({ database }) => {
      await database.query("delete from portcullis.work");
      const of = (installation: number, number: number): Subject => ({ ...pull(number), installation }) as Subject;
      await enqueueWork(database, of(31, 31));
      await enqueueWork(database, of(32, 32), false, false);
      await enqueueWork(database, of(32, 33));
      const lease = async (usedUp: UsedUp): Promise<string | undefined> =>
        (await leaseWork(database, "w", 60, usedUp))?.key;
      expect(await lease({ all: [31, 32], background: [] })).toBeUndefined();
      expect(await lease({ all: [31], background: [32] })).toBe("pull:7:33");
      expect(await lease({ all: [31], background: [32] })).toBeUndefined();
      expect(await lease({ all: [31], background: [] })).toBe("pull:7:32");
      expect(await lease({ all: [], background: [31] })).toBe("pull:7:31");
    });

    on(
      "of two webhooks about one pull request the newer one stays, whichever is handled last",
      async ({ database }) => {
        const at = (updatedAt: string): Subject => ({ ...pull(12), updatedAt }) as Subject;
        const key = await enqueueWork(database, at("2027-01-15T10:00:01Z"));
        await enqueueWork(database, at("2027-01-15T10:00:00Z"));
        const held = await leaseOnly(database, key, "w");
        expect(held).toMatchObject({ subject: at("2027-01-15T10:00:01Z"), wanted: 2 });
        await enqueueWork(database, at("2027-01-15T10:00:02Z"));
        await finishWork(database, held!);
        expect(await leaseOnly(database, key, "w")).toMatchObject({ subject: at("2027-01-15T10:00:02Z") });
      },
    );

    on("a worker that watches is woken, and looks on while it finds something", async ({ queue }) => {
      let [waiting, looks] = [3, 0];
      queue.watch(1, async () => {
        looks++;
        if (looks === 1) throw new Error("expected by this test");
        return waiting-- > 0;
      });
      await until(() => waiting < 0, "the worker to find everything");
      waiting = 2;
      queue.wake();
      await until(() => waiting < 0, "the worker to be woken");
      expect(looks).toBeGreaterThanOrEqual(8);
    });

    on("a script that fails inside its transaction leaves a connection that works", async ({ database }) => {
      await expect(database.query("BEGIN; select 1/0; COMMIT;")).rejects.toThrow("division");
      expect(await database.query("select 1 as one")).toEqual([{ one: 1 }]);
      await expect(
        database.transaction(async (queries) => {
          await acceptDelivery(queries, { guid: "rolled back", event: "push", payload: "{}" });
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      expect(await findUnhandledDelivery(database, "rolled back")).toBeUndefined();
    });

    on("of each pull request the newest ten reports are kept, and each for 30 days", async ({ database }) => {
      const content = (text: string): Uint8Array => Buffer.from(`\0\xff${text}`);
      const save = async (job: string, work: string): Promise<void> => {
        await saveReport(database, { job, work, repository: 1, content: content(job) });
        await database.query("update portcullis.reports set saved_at = now() - interval '1 hour' where job = $1", [
          job,
        ]);
        await database.query(
          "update portcullis.reports set saved_at = saved_at - interval '1 minute' where work = $1 and job <> $2",
          [work, job],
        );
      };
      await save("other", "w2");
      for (let at = 0; at < 12; at++) await save(`job ${at}`, "w1");
      await saveReport(database, { job: "job 11", work: "w1", repository: 1, content: content("again") });
      const kept = await database.query<{ job: string }>("select job from portcullis.reports order by saved_at");
      expect(kept.map(({ job }) => job).filter((job) => job !== "other")).toEqual(
        Array.from({ length: 10 }, (_, at) => `job ${at + 2}`),
      );
      expect(Buffer.from((await findReport(database, "job 11")) ?? [])).toEqual(content("again"));
      expect(await findReport(database, "job 1")).toBeUndefined();
      expect(await findReport(database, "other")).toBeDefined();

      await database.query("update portcullis.reports set saved_at = now() - interval '31 days' where job = 'other'");
      await deleteOldReports(database);
      expect(await findReport(database, "other")).toBeUndefined();
      expect(await findReport(database, "job 11")).toBeDefined();
    });

    on("a secret is made once, and is the same for all who ask", async ({ database }) => {
      const [one, other] = await Promise.all([findOrMakeSecret(database, "a"), findOrMakeSecret(database, "a")]);
      expect(one).toHaveLength(32);
      expect(Buffer.from(one)).toEqual(Buffer.from(other));
      expect(Buffer.from(await findOrMakeSecret(database, "b"))).not.toEqual(Buffer.from(one));
    });

    on("a finding is said once on a pull request", async ({ database }) => {
      const place = { repository: 7, pull: 3, head: "aaa" };
      expect([...(await claimUnposted(database, place, ["f1", "f2"]))]).toEqual(["f1", "f2"]);
      expect([...(await claimUnposted(database, { ...place, head: "bbb" }, ["f1", "f3"]))]).toEqual(["f3"]);
      expect(await findClaims(database, place)).toEqual(
        new Map([
          ["f1", "aaa"],
          ["f2", "aaa"],
          ["f3", "bbb"],
        ]),
      );
      await moveClaims(database, { ...place, head: "ccc" }, ["f1", "unknown"]);
      expect((await findClaims(database, place)).get("f1")).toBe("ccc");
      expect(await findClaims(database, { repository: 7, pull: 4 })).toEqual(new Map());
      await releaseClaims(database, place, ["f1"]);
      expect([...(await claimUnposted(database, place, ["f1"]))]).toEqual(["f1"]);
    });

    on(
      "the queue hands on a job at once, tries a failed one again, and goes through a backlog without resting",
      async ({ queue }) => {
        const seen: string[] = [];
        let failed = false;
        for (let n = 0; n < 40; n++) await queue.send("delivery", { guid: `d${n}` });
        queue.work("delivery", 2, async ({ guid }) => {
          if (guid === "d0" && !failed) {
            failed = true;
            throw new Error("expected by this test");
          }
          seen.push(guid);
        });
        await until(() => seen.length >= 40, "the queue to hand on every job");
        expect(seen.toSorted()).toEqual(Array.from({ length: 40 }, (_, n) => `d${n}`).toSorted());
        expect(errors.filter((error) => !String(error).includes("expected by this test"))).toEqual([]);
      },
    );
  });
}

/** Leases the work with this key, in a database without any other. */
async function leaseOnly(database: Queries, key: string, lease: string): Promise<LeasedWork | undefined> {
  await database.query("delete from portcullis.work where key <> $1", [key]);
  return leaseWork(database, lease, 60);
}

function pull(number: number): Subject {
  return { kind: "pull", number, installation: 5, repository: { id: 7, owner: "acme", name: "fleet" } };
}
