import { expect, test } from "@jest/globals";
import { enqueueExpired } from "../../../src/app/jobs/expired-leases.ts";
import { closeSubject } from "../../../src/app/jobs/close.ts";
import { giveUp } from "../../../src/app/jobs/give-up.ts";
import { rejudgeSharedHead } from "../../../src/app/jobs/shared-heads.ts";
import { sweep } from "../../../src/app/jobs/sweep.ts";
import { enqueue, enqueueIfIdle } from "../../../src/app/services.ts";
import { readTarget } from "../../../src/app/target.ts";
import type { Subject } from "../../../src/store/work.ts";
import type { Head } from "../../../src/store/heads.ts";
import {
  fakeServices,
  leasedWork,
  place,
  pullRequest,
  pullSubject,
  storedHead,
  storedRepository,
  storedRun,
  type Answers,
} from "../../support/fakes/app.ts";
import { askedOf } from "../../support/fakes/fake.ts";
import { httpError, limited, rejectWith } from "../../support/fakes/github-errors.ts";

const head = (over: Partial<Head>): Head => ({ work: "pull:7:4", pull: 4, head: "head", ...over });
const { repository } = pullSubject;

test.each<[string, Head, boolean]>([
  ["shows what another one gave", head({ conclusion: "success", published: "failure" }), true],
  ["has a verdict that is not published", head({ conclusion: "success" }), true],
  ["shows its own verdict", head({ conclusion: "success", published: "success" }), false],
  ["is being judged", head({}), false],
  ["is a merge group", { work: "group:7:head", head: "head", conclusion: "success", published: "failure" }, false],
])("of those that share a head, one that %s is judged again: %#", async (_, other, expected) => {
  const { services, calls } = fakeServices({ store: { otherPullsWithHead: async () => [other] } });
  await rejudgeSharedHead(services, leasedWork(), storedHead({ check: "portcullis: stable" }));
  expect(askedOf(calls, "otherPullsWithHead")).toEqual([[7, "head", "portcullis: stable", "pull:7:3"]]);
  const asked = [{ kind: "pull", installation: 1, repository, number: 4 }, true];
  expect(askedOf(calls, "enqueueWork")).toEqual(expected ? [asked] : []);
});

test.each<[string, Head | undefined, readonly unknown[]]>([
  ["has those judged again that shared its head", storedHead(), [[7, "head", "portcullis", "pull:7:3"]]],
  ["of which nothing is stored is only forgotten", undefined, []],
])("a closed pull request %s; its open runs end", async (_, stored, looked) => {
  const { services, github, calls } = fakeServices({
    store: {
      findRuns: async () => [storedRun(), storedRun({ job: "old", conclusion: "success" })],
      deleteHead: async () => stored,
      otherPullsWithHead: async () => [],
    },
  });
  expect(await closeSubject(services, github, leasedWork())).toEqual({ kind: "closed" });
  expect(askedOf(calls, "concludeRun").map(([, id]) => id)).toEqual([11]);
  expect(askedOf(calls, "otherPullsWithHead")).toEqual(looked);
});

const open: Answers = {
  store: { findRuns: async () => [], findHead: async () => undefined },
  github: { readPullRequest: async () => pullRequest(), createRun: async () => 12 },
};

test("what is given up ends as failure, stored before and after it is published", async () => {
  const { services, calls } = fakeServices(open);
  expect(await giveUp(services, leasedWork(), "it took too long")).toEqual({ kind: "done" });
  expect(calls.map(([name]) => name).slice(-4)).toEqual([
    "recordHeadConclusion",
    "concludeRun",
    "recordRunConclusion",
    "recordPublishedConclusion",
  ]);
  expect(askedOf(calls, "recordHeadConclusion")).toEqual([["pull:7:3", "failure", "none", "portcullis"]]);
  expect(askedOf(calls, "recordPublishedConclusion")).toEqual([["pull:7:3", "failure"]]);
  const [[where, id, end] = []] = askedOf(calls, "concludeRun");
  expect([where, id]).toEqual([place, 12]);
  expect(end).toMatchObject({
    conclusion: "failure",
    externalId: expect.stringMatching(/^pull\/3 head\/head base\/base policies\/none job\//),
    output: { summary: expect.stringContaining("it took too long") },
  });
});

test.each<[string, Answers["github"], object, readonly string[]]>([
  ["a rate limit", { readPullRequest: rejectWith(limited(9)) }, { kind: "later", seconds: 9 }, []],
  ["a failure that may pass", { readPullRequest: rejectWith(httpError(502)) }, { kind: "later", seconds: 30 }, []],
  ["a pull request that is gone", { readPullRequest: rejectWith(httpError(404)) }, { kind: "done" }, ["error"]],
  ["a permission that is gone", { createRun: rejectWith(httpError(403)) }, { kind: "done" }, ["error"]],
  [
    "a pull request that is closed",
    { readPullRequest: async () => pullRequest({ open: false }) },
    { kind: "closed" },
    [],
  ],
])("giving up meets %s", async (_, github, expected, logged) => {
  const { services, calls } = fakeServices({ ...open, github: { ...open.github, ...github } });
  expect(await giveUp(services, leasedWork(), "reason")).toMatchObject(expected);
  expect(calls.map(([name]) => name).filter((name) => name === "error")).toEqual(logged);
  expect(askedOf(calls, "recordPublishedConclusion")).toEqual([]);
});

test("giving up meets a bug, which is thrown on; rules have no check to give up", async () => {
  const { services } = fakeServices({ ...open, github: { readPullRequest: rejectWith(new TypeError("ours")) } });
  await expect(giveUp(services, leasedWork(), "reason")).rejects.toThrow("ours");
  const rules = fakeServices();
  const subject: Subject = { kind: "rules", installation: 1, repository };
  expect(await giveUp(rules.services, leasedWork({ subject }), "reason")).toEqual({ kind: "done" });
  expect(rules.calls).toEqual([]);
});

test("a sweep calls workers for all that waits, looks at every enrolled repository, and deletes what is old", async () => {
  const { services, calls } = fakeServices({
    store: {
      listUnhandledDeliveries: async () => ["guid"],
      listWaitingWork: async () => ["pull:7:3"],
      listEnrolledRepositories: async () => [storedRepository(), storedRepository({ id: 8, name: "other" })],
      enqueueWorkIfIdle: async (subject) => subject.repository.id === 8,
    },
  });
  await sweep(services);
  expect(askedOf(calls, "send")).toEqual([
    ["delivery", { guid: "guid" }],
    ["work", { key: "pull:7:3" }],
    ["work", { key: "rules:8:" }],
  ]);
  expect(askedOf(calls, "enqueueWorkIfIdle")).toEqual([
    [{ kind: "rules", installation: 1, repository }],
    [{ kind: "rules", installation: 1, repository: { id: 8, owner: "acme", name: "other" } }],
  ]);
  expect(
    calls
      .map(([name]) => name)
      .filter((name) => name.startsWith("deleteOld"))
      .toSorted(),
  ).toEqual(["deleteOldDeliveries", "deleteOldGroups", "deleteOldRuns"]);
});

test.each<[string, readonly number[], readonly number[], number]>([
  ["no lease", [], [], 60_000],
  ["a lease that runs", [20_000], [], 20_000],
  ["leases that expired, and one that runs", [-30_000, -1, 45_000], [0, 1], 45_000],
])("with %s, workers are called for what expired, and the watch waits for the next", async (_, left, called, next) => {
  const { services, calls } = fakeServices({
    store: { listLeases: async () => left.map((milliseconds, n) => ({ key: `pull:7:${n}`, milliseconds })) },
  });
  const pause = await enqueueExpired(services);
  expect(askedOf(calls, "send")).toEqual(called.map((n) => ["work", { key: `pull:7:${n}` }]));
  expect(pause).toBeGreaterThan(next);
  expect(pause).toBeLessThanOrEqual(next + 1_000);
});

test("what is enqueued ends the job that runs on an older state, and calls a worker", async () => {
  const { services, calls } = fakeServices({ store: { enqueueWork: async () => "pull:7:3" } });
  const [running, other] = [new AbortController(), new AbortController()];
  services.running.set("pull:7:3", running).set("pull:7:4", other);
  await enqueue(services, pullSubject);
  expect([running.signal.aborted, other.signal.aborted]).toEqual([true, false]);
  expect(calls).toEqual([
    ["enqueueWork", pullSubject, false],
    ["send", "work", { key: "pull:7:3" }],
  ]);
});

test.each([true, false])("what is enqueued if idle calls a worker where it was: %s", async (idle) => {
  const { services, calls } = fakeServices({ store: { enqueueWorkIfIdle: async () => idle } });
  const running = new AbortController();
  services.running.set("pull:7:3", running);
  await enqueueIfIdle(services, pullSubject);
  expect(running.signal.aborted).toBe(false);
  expect(askedOf(calls, "send")).toEqual(idle ? [["work", { key: "pull:7:3" }]] : []);
});

test("what is judged is read afresh: a pull request as it is, a merge group as it was enqueued", async () => {
  const pull = pullRequest({ head: "newer", baseRef: "release" });
  const { github, calls } = fakeServices({
    github: { readPullRequest: async () => pull, readRepository: async () => pull.repository },
  });
  expect(await readTarget(github, leasedWork())).toEqual({
    kind: "target",
    target: { repository: pull.repository, head: "newer", baseRef: "release", pull },
  });
  expect(askedOf(calls, "readPullRequest")).toEqual([[place, 3]]);
  const subject: Subject = { kind: "group", installation: 1, repository, head: "h", base: "b", baseRef: "main" };
  expect(await readTarget(github, leasedWork({ subject }))).toEqual({
    kind: "target",
    target: { repository: pull.repository, head: "h", base: "b", baseRef: "main" },
  });
  const closed = fakeServices({ github: { readPullRequest: async () => pullRequest({ open: false }) } });
  expect(await readTarget(closed.github, leasedWork())).toEqual({ kind: "closed" });
  await expect(
    readTarget(github, leasedWork({ subject: { kind: "rules", installation: 1, repository } })),
  ).rejects.toThrow();
});
