import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptDelivery, listUnhandledDeliveries } from "../../src/store/deliveries.ts";
import type { Row } from "../../src/store/database.ts";
import { recordPendingHead } from "../../src/store/heads.ts";
import { mendTimes } from "../../src/store/mend-times.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { deleteOldOverrides, findActiveOverride } from "../../src/store/overrides.ts";
import { claimUnposted, deleteOldClaims, findClaims } from "../../src/store/posted-comments.ts";
import { deleteOldRuns, findRuns, recordIntendedRun, recordRunConclusion } from "../../src/store/runs.ts";
import { deleteStrayStates, recordUnavailable } from "../../src/store/unavailable.ts";
import { enqueueWork, leaseWork, workKey, type Subject } from "../../src/store/work.ts";
import { prepareStateDirectory } from "../support/state-directory.ts";

let directory: string;
let store: Store;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "portcullis-pruning-"));
  await prepareStateDirectory(directory);
  store = await openStore({ stateDir: directory }, (error) => {
    throw error;
  });
});
afterAll(async () => {
  await store.close(1_000);
  await rm(directory, { recursive: true, force: true });
});

const REPOSITORY = { id: 7, owner: "acme", name: "fleet" };
const pull = (number: number): Subject => ({ kind: "pull", number, installation: 5, repository: REPOSITORY });

const run = async (job: string, work: string, conclusion?: "success"): Promise<void> => {
  await recordIntendedRun(store.database, {
    job,
    work,
    repository: 7,
    head: "aaa",
    baseRef: "main",
    externalId: `id ${job}`,
  });
  if (conclusion !== undefined) await recordRunConclusion(store.database, job, conclusion, `id ${job}`);
};

const rows = (sql: string): Promise<readonly Row[]> => store.database.query(sql);

test("of a closed pull request nothing is left after 90 days, of an open one its newest run and its comments", async () => {
  const { database } = store;
  const [open, closed] = [workKey(pull(1)), workKey(pull(2))];
  await recordPendingHead(database, { work: open, repository: 7, pull: 1, head: "aaa", check: "portcullis" });
  for (const [n, work] of [open, closed].entries()) {
    await run(`old ${n}`, work, "success");
    await run(`new ${n}`, work, "success");
    await database.query("update portcullis.runs set created_at = created_at - interval '1 day' where job = $1", [
      `old ${n}`,
    ]);
    await claimUnposted(database, { repository: 7, pull: n + 1, head: "aaa" }, ["f"]);
  }
  await run("in progress", workKey(pull(3)));
  const prune = async (): Promise<void> => {
    await deleteOldRuns(database);
    await deleteOldClaims(database);
  };
  await prune();
  expect(await rows("select job from portcullis.runs")).toHaveLength(5);
  expect((await findClaims(database, { repository: 7, pull: 2 })).size).toBe(1);

  await database.query("update portcullis.runs set created_at = created_at - interval '91 days'");
  await prune();
  expect((await rows("select job from portcullis.runs order by job")).map((row) => row["job"])).toEqual([
    "in progress",
    "new 0",
  ]);
  expect((await findClaims(database, { repository: 7, pull: 1 })).size).toBe(1);
  expect((await findClaims(database, { repository: 7, pull: 2 })).size).toBe(0);
});

const override = (comment: number, more: string): string =>
  `insert into portcullis.overrides (comment, installation, repository, owner, name, pull, head, base_ref, base, login, reason, until, issue, followed_up_at, created_at)
   values (${comment}, 5, 7, 'acme', 'fleet', 9, 'aaa', 'main', 'bbb', 'ann', 'r', ${more})`;

test("overrides go 90 days after all was done about them, and states with their work", async () => {
  const { database } = store;
  const long = "now() - interval '91 days'";
  await database.query(override(1, `${long}, 3, ${long}, ${long}`));
  await database.query(override(2, `${long}, 4, null, ${long}`));
  await database.query(override(3, `${long}, null, null, ${long}`));
  await deleteOldOverrides(database);
  expect(await rows("select comment from portcullis.overrides")).toEqual([{ comment: 2 }]);

  const trouble = { reason: "late", message: "m" } as const;
  const work = await enqueueWork(database, pull(5));
  for (const key of [work, "group:7:gone"])
    await recordUnavailable(database, { kind: "work", installation: 5, repository: 7, work: key }, trouble);
  await recordUnavailable(database, { kind: "installation", installation: 5 }, trouble);
  await deleteStrayStates(database);
  expect((await rows("select scope from portcullis.unavailable order by scope")).map((row) => row["scope"])).toEqual([
    "installation:5",
    `work:${work}`,
  ]);
  await database.query("delete from portcullis.unavailable");
  await database.query("delete from portcullis.work");
});

test("what was noted by a clock that was two hours ahead neither waits for it nor counts as newer", async () => {
  const { database } = store;
  const lease = (): Promise<unknown> => leaseWork(database, "mine", 60);
  await enqueueWork(database, pull(11));
  expect(await lease()).toMatchObject({ subject: { number: 11 } });
  await enqueueWork(database, pull(12));
  await acceptDelivery(database, { guid: "early", event: "push", payload: "{}" });
  await run("before", workKey(pull(11)), "success");
  await database.query(override(8, "now() + interval '30 minutes', 8, null, now()"));
  await store.queue.sweepOncePer(300);
  for (const [table, columns] of [
    ["work", ["run_at", "since", "lease_until"]],
    ["deliveries", ["run_at"]],
    ["runs", ["created_at"]],
    ["overrides", ["until", "created_at"]],
  ] as const)
    await database.query(
      `update portcullis.${table} set ${columns.map((name) => `${name} = ${name} + interval '2 hours'`).join(", ")}`,
    );
  await database.query(
    "update portcullis_queue.job set created_on = created_on + interval '2 hours' where name = 'sweep'",
  );
  await run("after", workKey(pull(11)), "success");
  expect(await lease()).toBeUndefined();
  expect(await listUnhandledDeliveries(database)).toEqual([]);
  expect((await findRuns(database, workKey(pull(11)))).map(({ job }) => job)).toEqual(["before"]);

  await mendTimes(database, 60);
  expect((await findRuns(database, workKey(pull(11)))).map(({ job }) => job)).toEqual(["after"]);
  expect(await lease()).toMatchObject({ subject: { number: 12 } });
  // The lease of whoever lives is not taken away.
  expect(await lease()).toBeUndefined();
  const [left] = await rows(
    "select lease_until <= now() + interval '60 seconds' as soon, since <= now() as past from portcullis.work where key like '%:11'",
  );
  expect(left).toEqual({ soon: true, past: true });
  expect(await listUnhandledDeliveries(database)).toEqual(["early"]);
  const place = { repository: 7, pull: 9, head: "aaa", baseRef: "main" };
  expect(await findActiveOverride(database, place)).toBeDefined();
  expect(await rows("select comment from portcullis.overrides where until > now() + interval '31 minutes'")).toEqual(
    [],
  );
  expect(await rows("select id from portcullis_queue.job where name = 'sweep'")).toEqual([]);
});
