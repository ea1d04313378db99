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
import { claimUnposted, findClaims, releaseClaims } from "../../src/store/posted-comments.ts";
import {
  finishWork,
  leaseWork,
  postponeWork,
  renewLease,
  enqueueWorkIfIdle,
  enqueueWork,
  listWaitingWork,
} from "../../src/store/work.ts";
import type { Subject } from "../../src/store/work.ts";
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
      expect(await listWaitingWork(database)).toContain(key);
      const held = await leaseWork(database, key, "worker a", 60);
      expect(held).toMatchObject({ key, wanted: 2, forced: false, attempts: 1 });
      expect(await leaseWork(database, key, "worker b", 60)).toBeUndefined();
      await enqueueWork(database, pull(1), true);
      expect(await renewLease(database, held!, 60)).toBe(true);
      expect(await finishWork(database, held!)).toBe(true);
      const again = await leaseWork(database, key, "worker b", 60);
      expect(again).toMatchObject({ wanted: 3, forced: true, attempts: 1 });
      expect(await renewLease(database, held!, 60)).toBe(false);
      expect(await finishWork(database, again!)).toBe(false);
      expect(await leaseWork(database, key, "worker b", 60)).toBeUndefined();
    });

    on("what a webhook announced stays when the work is asked for again without a word of it", async ({ database }) => {
      const key = await enqueueWork(database, { ...pull(3), updatedAt: "2027-01-15T10:00:00Z" } as Subject);
      await enqueueWork(database, pull(3), true);
      expect(await leaseWork(database, key, "w", 60)).toMatchObject({ subject: { updatedAt: "2027-01-15T10:00:00Z" } });
    });

    on("postponed work comes back at its time, and at once when it is asked for again", async ({ database }) => {
      const key = await enqueueWork(database, pull(2));
      const held = await leaseWork(database, key, "w", 60);
      await postponeWork(database, held!, 60);
      expect(await leaseWork(database, key, "w", 60)).toBeUndefined();
      await enqueueWork(database, pull(2));
      expect(await leaseWork(database, key, "w", 60)).toMatchObject({ key });
    });

    on("a sweep does not disturb work that waits: its deadline goes on running", async ({ database }) => {
      const key = await enqueueWork(database, pull(9));
      const held = await leaseWork(database, key, "w", 60);
      await postponeWork(database, held!, 0);
      await database.query("update portcullis.work set since = since - interval '1 hour' where key = $1", [key]);
      expect(await enqueueWorkIfIdle(database, pull(9))).toBe(false);
      const again = await leaseWork(database, key, "w", 60);
      expect(again?.age).toBeGreaterThanOrEqual(3_600_000);
      await finishWork(database, again!);
      expect(await enqueueWorkIfIdle(database, pull(9))).toBe(true);
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

    on("a finding is said once on a pull request", async ({ database }) => {
      const place = { repository: 7, pull: 3, head: "aaa" };
      expect([...(await claimUnposted(database, place, ["f1", "f2"]))]).toEqual(["f1", "f2"]);
      expect([...(await claimUnposted(database, { ...place, head: "bbb" }, ["f1", "f3"]))]).toEqual(["f3"]);
      expect([...(await findClaims(database, place))].toSorted()).toEqual(["f1", "f2"]);
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

function pull(number: number): Subject {
  return { kind: "pull", number, installation: 5, repository: { id: 7, owner: "acme", name: "fleet" } };
}
