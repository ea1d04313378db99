import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type Store } from "../../src/store/open.ts";
import { recordUnavailable } from "../../src/store/unavailable.ts";
import {
  enqueueWork,
  finishWork,
  holdInstallation,
  isWorkDue,
  leaseWork,
  postponeWork,
  type LeasedWork,
  type Subject,
  type UsedUp,
} from "../../src/store/work.ts";
import { prepareStateDirectory } from "../support/state-directory.ts";
import { until } from "../support/until.ts";

const errors: unknown[] = [];
let directory: string;
let store: Store;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "portcullis-due-"));
  await prepareStateDirectory(directory);
  store = await openStore({ stateDir: directory }, (error) => errors.push(error));
});
afterAll(async () => {
  await store.close(1_000);
  await rm(directory, { recursive: true, force: true });
  expect(errors).toEqual([]);
});

const pull = (number: number, installation = number): Subject => ({
  kind: "pull",
  installation,
  repository: { id: number, owner: "acme", name: `r${number}` },
  number,
});
const NONE: UsedUp = { all: [], background: [] };
const isDue = (usedUp = NONE): Promise<boolean> => isWorkDue(store.database, usedUp);

/** Leases what waits, which is taken from the queue at the end of a test. */
async function lease(): Promise<LeasedWork> {
  const leased = await leaseWork(store.database, "w", 60);
  if (leased === undefined) throw new Error("no work is due");
  return leased;
}

test("work is due until a worker leases it, and again once it is given back", async () => {
  expect(await isDue()).toBe(false);
  await enqueueWork(store.database, pull(1));
  expect(await isDue()).toBe(true);
  const leased = await lease();
  // A newer event waits for that worker, which its event interrupts.
  await enqueueWork(store.database, pull(1));
  expect(await isDue()).toBe(false);
  await finishWork(store.database, leased);
  expect(await isDue()).toBe(true);
  await postponeWork(store.database, await lease(), 3_600);
  expect(await isDue()).toBe(false);
});

test("what waits for GitHub's limits is not due", async () => {
  await enqueueWork(store.database, pull(2), false, false);
  expect(await isDue({ all: [2], background: [] })).toBe(false);
  expect(await isDue({ all: [], background: [2] })).toBe(false);
  expect(await isDue()).toBe(true);
  await enqueueWork(store.database, pull(2));
  expect(await isDue({ all: [], background: [2] })).toBe(true);
  await holdInstallation(store.database, 2, 3_600);
  expect(await isDue()).toBe(false);
});

test("what waits for its repository is not due", async () => {
  await enqueueWork(store.database, pull(3));
  expect(await isDue()).toBe(true);
  const scope = { kind: "repository", installation: 3, repository: 3 } as const;
  await recordUnavailable(store.database, scope, { reason: "archived", message: "it is archived" });
  expect(await isDue()).toBe(false);
});

test("nightly work is not due: it waits for all other", async () => {
  await enqueueWork(store.database, {
    kind: "compliance",
    installation: 4,
    repository: { id: 4, owner: "a", name: "b" },
  });
  expect(await isDue()).toBe(false);
  await finishWork(store.database, await lease());
});

test("while no watching worker rests, that is told", async () => {
  const busy = new AbortController();
  let looks = 0;
  const look = async (): Promise<boolean> => {
    looks++;
    if (!busy.signal.aborted) await once(busy.signal, "abort");
    return false;
  };
  store.queue.watch(1, look, async () => busy.abort());
  await until(() => looks > 1, "the worker to look again");
});
