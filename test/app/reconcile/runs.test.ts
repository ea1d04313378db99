import { expect, test } from "@jest/globals";
import { externalId } from "../../../src/app/publish/check-run.ts";
import { compareRuns, type Known } from "../../../src/app/reconcile/runs.ts";
import type { ShownRun } from "../../../src/github/checks.ts";

const identity = {
  subject: "pull/3",
  head: "head",
  base: "base",
  into: "main",
  policies: "p1",
  job: "job",
  tree: "tree",
};

const { tree: _tree, ...unjudged } = identity;

function run(over: Partial<ShownRun> = {}, named: Partial<typeof identity> = {}): ShownRun {
  return {
    id: 11,
    name: "portcullis",
    conclusion: "failure",
    externalId: externalId({ ...identity, ...named }),
    ...over,
  };
}

function inProgress(over: Partial<ShownRun> = {}): ShownRun {
  const { conclusion: _, ...open } = run({ externalId: externalId(unjudged), ...over });
  return open;
}

const unknown: Known = {
  pull: { number: 3, head: "head", baseRef: "main" },
  check: "portcullis",
  shared: false,
  policies: "p1",
  judged: undefined,
};

test("the verdict of this state by the rules in force is adopted", () => {
  expect(compareRuns([run()], unknown)).toEqual({
    kind: "verdict adopted",
    open: [],
    verdict: { job: "job", runId: 11, externalId: run().externalId, into: "main", conclusion: "failure" },
    policies: "p1",
  });
});

test.each<[string, readonly ShownRun[], Partial<Known>]>([
  ["there is no run", [], {}],
  ["its run is about another pull request", [run({}, { subject: "pull/4" })], {}],
  ["its run is about a merge group", [run({}, { subject: "group" })], {}],
  ["its run is about another head", [run({}, { head: "other" })], {}],
  ["its run is about another base branch", [run({}, { into: "live" })], {}],
  ["its run does not say the base branch", [run({ externalId: run().externalId.replace(" into/main", "") })], {}],
  ["its run is by other rules", [run({}, { policies: "p0" })], {}],
  ["its run has no verdict", [run({ externalId: externalId(unjudged) })], {}],
  ["its run has another name", [run({ name: "portcullis: live" })], {}],
  ["GitHub ended its run", [run({ conclusion: "stale" })], {}],
  ["another pull request has the same head", [run()], { shared: true }],
  ["no rules are in force", [run()], { policies: undefined }],
  ["a newer run has no verdict", [run(), run({ id: 12, externalId: externalId(unjudged) })], {}],
])("of a pull request that is not known nothing is adopted where %s", (_, runs, over) => {
  expect(compareRuns(runs, { ...unknown, ...over })).toEqual({ kind: "pull request not judged", open: [] });
});

test("a run in progress is gone on with, and one of an older version too", () => {
  const older = inProgress({ id: 12, externalId: externalId(unjudged).replace(" into/main", "") });
  const found = { job: "job", runId: 11, externalId: externalId(unjudged), into: "main" };
  expect(compareRuns([inProgress(), older], unknown)).toEqual({
    kind: "run left in progress",
    open: [found, { ...found, runId: 12, externalId: older.externalId, into: "" }],
  });
  expect(compareRuns([inProgress()], { ...unknown, judged: "success" })).toMatchObject({
    kind: "run left in progress",
  });
});

test.each<[string, readonly ShownRun[], string]>([
  ["shows the verdict that is stored", [run()], "same"],
  ["shows another one", [run({ conclusion: "success" })], "verdict missing"],
  ["does not exist", [], "verdict missing"],
  ["has another name by now", [run({ name: "portcullis: live" })], "verdict missing"],
  ["was ended by GitHub", [run(), run({ id: 12, conclusion: "stale" })], "verdict missing"],
])("where the check of a judged pull request %s", (_, runs, kind) => {
  expect(compareRuns(runs, { ...unknown, judged: "failure" }).kind).toBe(kind);
});
