import { expect, test } from "@jest/globals";
import {
  externalId,
  findKnownRuns,
  openRun,
  publishConclusion,
  pullOf,
  readExternalId,
  subjectOf,
  supersedeRun,
} from "../../../src/app/publish/check-run.ts";
import type { Target } from "../../../src/app/target.ts";
import type { Annotation } from "../../../src/github/checks.ts";
import type { Run } from "../../../src/store/runs.ts";
import { fakeServices, place, pullRequest, pullTarget, storedRun, type Answers } from "../../support/fakes/app.ts";
import { askedOf } from "../../support/fakes/fake.ts";
import { httpError, limited, rejectWith } from "../../support/fakes/github-errors.ts";

const { runId: _, ...intended } = storedRun();

test("an external id names what was judged, by which policies, and the tree; the pull request is read back from it", () => {
  const identity = { subject: "pull/3", head: "h", base: "b", into: "r/1", policies: "0123456789abcdefgh", job: "j" };
  expect(externalId(identity)).toBe("pull/3 head/h base/b into/r/1 policies/0123456789abcdef job/j");
  const judged = externalId({ ...identity, tree: "t" });
  expect(judged).toBe("pull/3 head/h base/b into/r/1 policies/0123456789abcdef job/j tree/t");
  expect(pullOf(externalId(identity))).toBe(3);
  const { base: _left, ...read } = { ...identity, policies: "0123456789abcdef" };
  expect(readExternalId(externalId(identity))).toEqual(read);
  expect(readExternalId(judged)).toEqual({ ...read, tree: "t" });
  const { into: _into, ...older } = read;
  expect(readExternalId("pull/3 head/h base/b policies/0123456789abcdef job/j")).toEqual(older);
  expect(readExternalId("another App's")).toBeUndefined();
});

test.each<[string | null | undefined]>([
  ["group head/h"],
  ["xpull/3 head/h"],
  ["pull/3"],
  ["pull/x head/h"],
  [null],
  [undefined],
])("no pull request is read from the external id %s", (external) => expect(pullOf(external)).toBeUndefined());

test("of runs those in progress are open, and the newest that ended is the concluded one", async () => {
  const [first, second, open] = [
    storedRun({ job: "1", conclusion: "failure" }),
    storedRun({ job: "2", conclusion: "superseded" }),
    storedRun({ job: "3" }),
  ];
  const { services } = fakeServices({ store: { findRuns: async () => [first, second, open] } });
  expect(await findKnownRuns(services, "w")).toEqual({ open: [open], concluded: second });
  const none = fakeServices({ store: { findRuns: async () => [] } });
  expect(await findKnownRuns(none.services, "w")).toEqual({ open: [] });
});

const identity = { name: "portcullis", policies: "p1" };

const group: Target = { repository: pullRequest().repository, head: "head", baseRef: "main", base: "base" };
const { base: _base, ...baseless } = group;

test.each<[string, Target, string]>([
  ["a pull request", pullTarget(), "pull/3 head/head base/base into/main policies/p1 job/"],
  ["a merge group", group, "group head/head base/base into/main policies/p1 job/"],
  ["a merge group without a base", baseless, "group head/head base/unknown into/main policies/p1 job/"],
])("a new run of %s is stored before GitHub is asked for it", async (_name, target, start) => {
  const { services, github, calls } = fakeServices({ github: { createRun: async () => 12 } });
  const run = await openRun(services, github, "w", target, { open: [] }, identity);
  expect(calls.map(([name]) => name)).toEqual(["recordIntendedRun", "createRun", "recordRunId"]);
  expect(run).toMatchObject({ runId: 12, work: "w", head: "head", baseRef: "main", annotated: 0, reviewed: false });
  expect(run.externalId).toBe(`${start}${run.job}`);
  const [[stored] = []] = askedOf(calls, "recordIntendedRun");
  expect(run).toMatchObject(stored as object);
  expect(askedOf(calls, "createRun")).toMatchObject([
    [place, { name: "portcullis", head: "head", externalId: run.externalId }],
  ]);
  expect(askedOf(calls, "recordRunId")).toEqual([[run.job, 12]]);
  expect(subjectOf(target)).toBe(start.split(" ")[0]);
});

test.each<[string, readonly Run[], Answers["github"], readonly string[], object]>([
  [
    "is used again, with the annotations that it has",
    [storedRun()],
    { readRun: async () => ({ annotations: 50 }) },
    ["readRun", "recordAnnotationCount"],
    { job: "job-1", runId: 11, annotated: 50 },
  ],
  [
    "whose creation was not answered is found",
    [intended],
    { findRun: async () => 13 },
    ["findRun", "recordRunId"],
    { job: "job-1", runId: 13, externalId: "external", annotated: 0 },
  ],
  [
    "that GitHub never created is created under the same id",
    [intended],
    { createRun: async () => 14 },
    ["findRun", "createRun", "recordRunId"],
    { job: "job-1", runId: 14, externalId: "external" },
  ],
  [
    "of an older head is ended before another is created",
    [storedRun({ head: "older" })],
    { createRun: async () => 12 },
    ["concludeRun", "recordRunConclusion", "recordIntendedRun", "createRun", "recordRunId"],
    { runId: 12, head: "head" },
  ],
  [
    "into another base branch is ended before another is created",
    [storedRun({ baseRef: "release" })],
    { createRun: async () => 12 },
    ["concludeRun", "recordRunConclusion", "recordIntendedRun", "createRun", "recordRunId"],
    { runId: 12, baseRef: "main" },
  ],
  [
    "besides a newer one of the same head is ended",
    [storedRun({ job: "job-0", runId: 10 }), storedRun()],
    { readRun: async () => ({ annotations: 0 }) },
    ["concludeRun", "recordRunConclusion", "readRun", "recordAnnotationCount"],
    { job: "job-1", runId: 11 },
  ],
])("a run in progress %s", async (_name, open, github, expected, run) => {
  const made = fakeServices(github === undefined ? {} : { github });
  expect(await openRun(made.services, made.github, "w", pullTarget(), { open }, identity)).toMatchObject(run);
  expect(made.calls.map(([name]) => name)).toEqual(expected);
});

test("a run whose creation was not answered is looked for on its head, by its App and job", async () => {
  const { services, github, calls } = fakeServices({ github: { findRun: async () => 13 } });
  await openRun(services, github, "w", pullTarget(), { open: [intended] }, identity);
  expect(askedOf(calls, "findRun")).toEqual([[place, { head: "head", appId: 99, job: "job-1" }]]);
});

test.each<[string, Run, Answers["github"], readonly (readonly unknown[])[]]>([
  ["ends as failure", storedRun(), {}, [["recordRunConclusion", "job-1", "superseded", "external", []]]],
  [
    "whose creation was not answered is found and ends",
    intended,
    { findRun: async () => 13 },
    [["recordRunConclusion", "job-1", "superseded", "external", []]],
  ],
  ["that GitHub never created is deleted", intended, {}, [["deleteIntendedRun", "job-1"]]],
  [
    "that is gone from GitHub is stored as ended",
    storedRun(),
    { concludeRun: rejectWith(httpError(404)) },
    [["recordRunConclusion", "job-1", "superseded", "external", []]],
  ],
  [
    "that GitHub refuses to end is stored as ended",
    storedRun(),
    { concludeRun: rejectWith(httpError(422)) },
    [["recordRunConclusion", "job-1", "superseded", "external", []]],
  ],
])("a run that is superseded %s", async (_name, run, github, stored) => {
  const made = fakeServices(github === undefined ? {} : { github });
  await supersedeRun(made.services, made.github, place, run);
  expect(made.calls.filter(([name]) => name === "recordRunConclusion" || name === "deleteIntendedRun")).toEqual(stored);
  for (const [where, , end] of askedOf(made.calls, "concludeRun")) {
    expect(where).toEqual(place);
    expect(end).toMatchObject({ conclusion: "failure", externalId: "external", output: { title: "Superseded" } });
  }
});

test.each<[string, Error]>([
  ["a rate limit", limited()],
  ["a failure that may pass", httpError(502)],
  ["a bug", new TypeError("ours")],
])("a run stays open where it could not be ended for %s", async (_name, error) => {
  const { services, github, calls } = fakeServices({ github: { concludeRun: rejectWith(error) } });
  await expect(supersedeRun(services, github, place, storedRun())).rejects.toBe(error);
  expect(askedOf(calls, "recordRunConclusion")).toEqual([]);
});

const annotations = (count: number): readonly Annotation[] =>
  Array.from({ length: count }, (_one, n) => ({
    path: "a.yaml",
    start_line: n + 1,
    end_line: n + 1,
    annotation_level: "failure" as const,
    message: "m",
  }));

test.each<[number, number, readonly number[], number | undefined]>([
  [0, 0, [], undefined],
  [1, 0, [], 1],
  [50, 0, [], 50],
  [51, 0, [50], 1],
  [100, 0, [50], 50],
  [120, 0, [50, 50], 20],
  [120, 50, [50], 20],
  [120, 120, [], undefined],
])(
  "of %i annotations, %i of them sent before, batches go first and the rest concludes",
  async (all, before, batches, last) => {
    const hash = "f".repeat(64);
    const { services, github, calls } = fakeServices({ store: { readAuditHead: async () => ({ sequence: 9, hash }) } });
    const run = { ...storedRun({ annotated: before }), runId: 11 };
    const end = {
      name: "portcullis: stable",
      conclusion: "success" as const,
      externalId: "e",
      output: { title: "t", summary: "s" },
      annotations: annotations(all),
      judged: { base: "b", policies: "p1", tree: "t" },
    };
    await publishConclusion(services, github, place, run, end);
    const sent = askedOf(calls, "annotate").map(
      ([, , output]) => (output as { annotations: readonly Annotation[] }).annotations,
    );
    expect(sent.map(({ length }) => length)).toEqual(batches);
    expect(sent[0]?.[0]?.start_line ?? before + 1).toBe(before + 1);
    const counts = batches.map((_one, at) => ["job-1", before + 50 * (at + 1)]);
    expect(askedOf(calls, "recordAnnotationCount")).toEqual(counts);
    const [[, id, concluded] = []] = askedOf(calls, "concludeRun");
    expect(id).toBe(11);
    expect(concluded).toEqual({
      name: "portcullis: stable",
      conclusion: "success",
      externalId: "e",
      output: {
        title: "t",
        summary: "s",
        text: `Audit log when this was concluded: row 9, \`${hash}\``,
        ...(last === undefined ? {} : { annotations: annotations(all).slice(all - last) }),
      },
    });
    // Without a report it is no verdict.
    expect(calls.at(-1)).toEqual(["recordRunConclusion", "job-1", "success", "e", []]);
  },
);
