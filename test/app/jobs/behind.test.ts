import { expect, test } from "@jest/globals";
import { isPullBehind, isTipBehind, waitForReplica } from "../../../src/app/jobs/behind.ts";
import type { AnnouncedPull } from "../../../src/store/work.ts";
import { place } from "../../support/fakes/app.ts";
import { httpError, rejectWith } from "../../support/fakes/github-errors.ts";

const then = "2027-01-15T10:00:00Z";

test.each<[string, string, AnnouncedPull, boolean]>([
  ["older than the webhook", "2027-01-15T09:59:59Z", { updatedAt: then }, true],
  ["as new as the webhook, however it is written", then, { updatedAt: "2027-01-15T11:00:00+01:00" }, false],
  ["newer than the webhook", "2027-01-15T10:00:01Z", { updatedAt: then }, false],
  ["of which no webhook told", then, {}, false],
  ["with the head of the webhook", then, { updatedAt: then, head: "head", baseRef: "main" }, false],
  ["of the same second with another head", then, { updatedAt: then, head: "pushed", baseRef: "main" }, true],
  ["of the same second with another base", then, { updatedAt: then, head: "head", baseRef: "release" }, true],
  ["newer than the webhook with another head", "2027-01-15T10:00:01Z", { updatedAt: then, head: "pushed" }, false],
])("a pull request %s is behind: %s against %j", (_, updatedAt, announced, expected) =>
  expect(isPullBehind({ updatedAt, head: "head", baseRef: "main" }, announced)).toBe(expected),
);

test.each<[string, string | undefined, () => Promise<string>, boolean]>([
  ["of which no push was announced", undefined, rejectWith(new Error("not asked")), false],
  ["that is the pushed commit", "tip", rejectWith(new Error("not asked")), false],
  ["that the pushed commit is part of", "pushed", async () => "pushed", false],
  ["that is part of the pushed commit", "pushed", async () => "tip", true],
  ["on a replica that does not know the pushed commit", "pushed", rejectWith(httpError(404)), true],
])("a tip %s is behind: %#", async (_, announced, readMergeBase, expected) =>
  expect(await isTipBehind({ readMergeBase }, place, "tip", announced)).toBe(expected),
);

test("a request that fails says nothing about how new the tip is", async () => {
  await expect(isTipBehind({ readMergeBase: rejectWith(httpError(502)) }, place, "tip", "pushed")).rejects.toThrow();
});

test("what is behind is read again with growing pauses, and taken as it is in the end", () => {
  expect(waitForReplica(0)).toMatchObject({ kind: "later", seconds: 1 });
  expect(waitForReplica(30_000)).toMatchObject({ seconds: 6 });
  expect(waitForReplica(60_000)).toBeUndefined();
});
