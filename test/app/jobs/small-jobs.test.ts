import { expect, test } from "@jest/globals";
import { closeSubject } from "../../../src/app/jobs/close.ts";
import { giveUp } from "../../../src/app/jobs/give-up.ts";
import { leaveHead, startHead } from "../../../src/app/jobs/leave-head.ts";
import { sweep } from "../../../src/app/jobs/sweep.ts";
import { enqueue, enqueueIfIdle } from "../../../src/app/services.ts";
import { readTarget } from "../../../src/app/target.ts";
import { Unavailable } from "../../../src/github/failure.ts";
import type { Run } from "../../../src/store/runs.ts";
import type { LeasedWork, Subject } from "../../../src/store/work.ts";
import type { Head } from "../../../src/store/heads.ts";
import {
  fakeServices,
  leasedWork,
  place,
  pullTarget,
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

const green = { ...storedRun({ conclusion: "success" }), runId: 11 };

test.each<[string, Head, boolean, (typeof green)[]]>([
  ["shows what another one gave", head({ conclusion: "success", published: "failure" }), true, []],
  ["has a verdict that is not published", head({ conclusion: "success" }), true, []],
  ["shows its own verdict", head({ conclusion: "success", published: "success" }), false, []],
  ["passed, and so did this", head({ conclusion: "success", published: "success" }), true, [green]],
  ["is being judged", head({}), false, [green]],
  ["is a merge group", { work: "group:7:head", head: "head", conclusion: "success", published: "failure" }, false, []],
])("of those that share a head, one that %s is judged again: %#", async (_, other, expected, runs) => {
  const { services, github, calls } = fakeServices({
    store: { otherPullsWithHead: async () => [other], findGreenRuns: async () => runs },
  });
  await leaveHead(services, github, leasedWork(), storedHead({ check: "portcullis: stable" }));
  expect(askedOf(calls, "otherPullsWithHead")).toEqual([[7, "head", "portcullis: stable", "pull:7:3"]]);
  const asked = [{ kind: "pull", installation: 1, repository, number: 4 }, true, true];
  expect(askedOf(calls, "enqueueWork")).toEqual(expected ? [asked] : []);
});

test.each<[string, Head | undefined, readonly unknown[]]>([
  ["has those judged again that shared its head", storedHead(), [[7, "head", "portcullis", "pull:7:3"]]],
  ["of which nothing is stored is only forgotten", undefined, []],
])("a closed pull request %s; its open runs end", async (_, stored, looked) => {
  const { services, github, calls } = fakeServices({
    store: {
      findRuns: async () => [storedRun(), storedRun({ job: "old", conclusion: "success" })],
      findHead: async () => stored,
      otherPullsWithHead: async () => [],
    },
  });
  expect(await closeSubject(services, github, leasedWork(), { pull: pullRequest() })).toEqual({ kind: "closed" });
  expect(askedOf(calls, "concludeRun").map(([, id]) => id)).toEqual([11]);
  expect(askedOf(calls, "otherPullsWithHead")).toEqual(looked);
  expect(calls.at(-1)).toEqual(["deleteHead", "pull:7:3"]);
});

test.each([false, true])("green of a closed pull request stays only where it was merged: %s", async (merged) => {
  const { services, github, calls } = fakeServices({
    store: { findRuns: async () => [green], findHead: async () => storedHead(), findGreenRuns: async () => [green] },
  });
  await closeSubject(services, github, leasedWork(), { pull: pullRequest({ merged }) });
  expect(askedOf(calls, "concludeRun").map(([, id]) => id)).toEqual(merged ? [] : [11]);
});

test.each<[string, Partial<Head>, boolean]>([
  ["of another commit", { head: "older" }, true],
  ["of another check", { check: "portcullis: stable" }, true],
  ["of the same commit and check", {}, false],
])("green of an old head %s is withdrawn before the new one is stored: %#", async (_, over, withdrawn) => {
  const { services, github, calls } = fakeServices({
    store: { findHead: async () => storedHead(over), findGreenRuns: async () => [green] },
  });
  await startHead(services, github, leasedWork(), pullTarget(), "portcullis");
  const writes = calls.map(([name]) => name).filter((name) => /^(conclude|record)/.test(name));
  expect(writes).toEqual(
    withdrawn ? ["concludeRun", "recordRunConclusion", "recordPendingHead"] : ["recordPendingHead"],
  );
  if (withdrawn) expect(askedOf(calls, "findGreenRuns")).toEqual([["pull:7:3", storedHead(over).head]]);
});

const late = { reason: "late", message: "it took too long" } as const;
const open: Answers = {
  store: { findRuns: async () => [], findHead: async () => undefined },
  github: { readPullRequest: async () => pullRequest(), createRun: async () => 12 },
};

test("what is given up ends as failure, stored before and after it is published", async () => {
  const { services, calls } = fakeServices(open);
  const outcome = await giveUp(services, leasedWork(), late);
  expect(outcome).toEqual({ kind: "unavailable", scope: "work", head: "head main", ...late });
  expect(calls.map(([name]) => name).slice(-5)).toEqual([
    "recordHeadConclusion",
    "readAuditHead",
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
    externalId: expect.stringMatching(/^pull\/3 head\/head base\/base into\/main policies\/none job\//),
    output: { summary: expect.stringContaining("it took too long") },
  });
});

const tried = { kind: "unavailable", scope: "work", head: "head main" } as const;
test.each<[string, Answers["github"], object]>([
  ["a rate limit", { readPullRequest: rejectWith(limited(9)) }, { kind: "later", held: true }],
  [
    "a failure that may pass",
    { readPullRequest: rejectWith(httpError(502)) },
    { kind: "unavailable", scope: "work", reason: "unanswered" },
  ],
  [
    "a pull request that is gone",
    { readPullRequest: rejectWith(httpError(404)) },
    { kind: "unavailable", scope: "work", reason: "gone" },
  ],
  ["a run that GitHub refuses", { createRun: rejectWith(httpError(422)) }, { ...tried, reason: "refused" }],
  [
    "an installation that is suspended",
    { readPullRequest: rejectWith(new Unavailable("installation", "suspended", "suspended")) },
    { kind: "unavailable", scope: "installation", reason: "suspended" },
  ],
  ["a pull request that is closed", { readPullRequest: async () => pullRequest({ open: false }) }, { kind: "closed" }],
])("giving up meets %s", async (_, github, expected) => {
  const { services, calls } = fakeServices({ ...open, github: { ...open.github, ...github } });
  expect(await giveUp(services, leasedWork(), late)).toMatchObject(expected);
  expect(askedOf(calls, "recordPublishedConclusion")).toEqual([]);
});

test.each<[string, Partial<LeasedWork>, readonly Run[], number]>([
  ["stays as it is", {}, [storedRun({ conclusion: "failure" })], 0],
  ["that is still in progress is concluded", {}, [storedRun()], 1],
  ["that passed is not left green", {}, [storedRun({ conclusion: "success" })], 1],
  ["of another head is none", { unavailable: [{ kind: "work", reason: "late", head: "other main" }] }, [], 1],
  ["is made anew where somebody asked for it", { forced: true }, [storedRun({ conclusion: "failure" })], 1],
])("the check of a head that was given up before %s", async (_, work, runs, concluded) => {
  const { services, calls } = fakeServices({
    store: { ...open.store, findRuns: async () => runs },
    github: { ...open.github, readRun: async () => ({ annotations: 0 }) },
  });
  const unavailable: LeasedWork["unavailable"] = [{ kind: "work", reason: "late", head: "head main" }];
  expect(await giveUp(services, leasedWork({ unavailable, ...work }), late)).toEqual({ ...tried, ...late });
  expect(askedOf(calls, "concludeRun")).toHaveLength(concluded);
});

test("a run that GitHub refuses to create is not kept as one that may exist", async () => {
  const { services, calls } = fakeServices({
    ...open,
    github: { ...open.github, createRun: rejectWith(httpError(422)) },
  });
  await giveUp(services, leasedWork(), late);
  const [[intended] = []] = askedOf(calls, "recordIntendedRun");
  expect(askedOf(calls, "deleteIntendedRun")).toEqual([[(intended as unknown as Run).job]]);
});

test("giving up meets a bug, which is thrown on; neither rules nor a command have a check to give up", async () => {
  const { services } = fakeServices({ ...open, github: { readPullRequest: rejectWith(new TypeError("ours")) } });
  await expect(giveUp(services, leasedWork(), late)).rejects.toThrow("ours");
  const rules = fakeServices();
  const subject: Subject = { kind: "rules", installation: 1, repository };
  expect(await giveUp(rules.services, leasedWork({ subject }), late)).toEqual({
    kind: "unavailable",
    scope: "work",
    ...late,
  });
  const command: Subject = { kind: "command", command: "recheck", installation: 1, repository, number: 3, comment: 21 };
  expect(await giveUp(rules.services, leasedWork({ subject: command }), late)).toEqual({ kind: "closed" });
  expect(rules.calls).toEqual([]);
});

test("a sweep calls workers for deliveries that wait, looks at repositories that are due, and deletes what is old", async () => {
  const { services, calls } = fakeServices({
    store: {
      listLongGone: async () => [{ installation: 5 }, { installation: 1, repository: 9 }],
      listUnhandledDeliveries: async () => ["guid"],
      takeRepositoriesToSweep: async () => [storedRepository(), storedRepository({ id: 8, name: "other" })],
      enqueueWorkIfIdle: async (subject) => subject.repository.id === 8,
    },
  });
  await sweep(services, 3_600);
  expect(askedOf(calls, "takeRepositoriesToSweep")).toEqual([[3_600]]);
  expect(askedOf(calls, "deleteInstallation")).toEqual([[5]]);
  expect(askedOf(calls, "deleteRepositories")).toEqual([[1, [9]]]);
  expect(askedOf(calls, "send")).toEqual([
    ["delivery", { guid: "guid" }],
    ["reconcile", { part: "deliveries" }],
    ["reconcile", { part: "repositories" }],
  ]);
  expect(askedOf(calls, "wake")).toHaveLength(1);
  expect(askedOf(calls, "enqueueWorkIfIdle")).toEqual([
    [{ kind: "rules", installation: 1, repository }, false],
    [{ kind: "rules", installation: 1, repository: { id: 8, owner: "acme", name: "other" } }, false],
  ]);
  expect(
    calls
      .map(([name]) => name)
      .filter((name) => name.startsWith("deleteOld"))
      .toSorted(),
  ).toEqual([
    "deleteOldClaims",
    "deleteOldDeliveries",
    "deleteOldGroups",
    "deleteOldOverrides",
    "deleteOldPushers",
    "deleteOldRedeliveries",
    "deleteOldReports",
    "deleteOldRuns",
    "deleteOldStandings",
  ]);
});

test("what is enqueued ends the job that runs on an older state, and calls a worker", async () => {
  const { services, calls } = fakeServices({ store: { enqueueWork: async () => "pull:7:3" } });
  const [running, other] = [new AbortController(), new AbortController()];
  services.running.set("pull:7:3", running).set("pull:7:4", other);
  await enqueue(services, pullSubject);
  expect([running.signal.aborted, other.signal.aborted]).toEqual([true, false]);
  expect(calls).toEqual([["enqueueWork", pullSubject, false, true], ["wake"]]);
});

test.each([true, false])("what is enqueued if idle calls a worker where it was: %s", async (idle) => {
  const { services, calls } = fakeServices({ store: { enqueueWorkIfIdle: async () => idle } });
  const running = new AbortController();
  services.running.set("pull:7:3", running);
  await enqueueIfIdle(services, pullSubject);
  expect(running.signal.aborted).toBe(false);
  expect(askedOf(calls, "wake")).toHaveLength(idle ? 1 : 0);
});

test("what is judged is read afresh: a pull request as it is, a merge group as it was enqueued", async () => {
  const pull = pullRequest({ head: "newer", baseRef: "release" });
  const { github, calls } = fakeServices({
    github: { readPullRequest: async () => pull, readRepository: async () => pull.repository },
  });
  expect(await readTarget(github, leasedWork())).toEqual({
    kind: "target",
    isBehind: false,
    target: { repository: pull.repository, head: "newer", baseRef: "release", pull },
  });
  expect(askedOf(calls, "readPullRequest")).toEqual([[place, 3]]);
  const subject: Subject = { kind: "group", installation: 1, repository, head: "h", base: "b", baseRef: "main" };
  expect(await readTarget(github, leasedWork({ subject }))).toEqual({
    kind: "target",
    isBehind: false,
    target: { repository: pull.repository, head: "h", base: "b", baseRef: "main" },
  });
  const closed = fakeServices({ github: { readPullRequest: async () => pullRequest({ open: false }) } });
  expect(await readTarget(closed.github, leasedWork())).toMatchObject({
    kind: "closed",
    pull: { merged: false },
    isBehind: false,
  });
  await expect(
    readTarget(github, leasedWork({ subject: { kind: "rules", installation: 1, repository } })),
  ).rejects.toThrow();
});
