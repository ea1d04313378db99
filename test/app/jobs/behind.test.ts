import { expect, test } from "@jest/globals";
import { isPullBehind, isTipBehind, waitForReplica } from "../../../src/app/jobs/behind.ts";
import { place } from "../../support/fakes/app.ts";
import { httpError, rejectWith } from "../../support/fakes/github-errors.ts";

const then = "2027-01-15T10:00:00Z";

test.each([
  ["older than the webhook", "2027-01-15T09:59:59Z", then, true],
  ["as new as the webhook, however it is written", then, "2027-01-15T11:00:00+01:00", false],
  ["newer than the webhook", "2027-01-15T10:00:01Z", then, false],
  ["of which no webhook told", then, undefined, false],
])("a pull request %s is behind: %s against %s", (_, updatedAt, announced, expected) =>
  expect(isPullBehind({ updatedAt }, announced)).toBe(expected),
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
