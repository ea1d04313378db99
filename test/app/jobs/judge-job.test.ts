import { expect, test } from "@jest/globals";
import { runJudgeJob } from "../../../src/app/jobs/judge-job.ts";
import type { JobOutcome } from "../../../src/app/jobs/job-outcome.ts";
import type { PrepareAnswer } from "../../../src/app/judge/protocol.ts";
import type { PullRequest } from "../../../src/github/pulls.ts";
import type { Report } from "../../../src/model/report.ts";
import type { Head } from "../../../src/store/heads.ts";
import type { Run } from "../../../src/store/runs.ts";
import type { LeasedWork } from "../../../src/store/work.ts";
import { finding, report } from "../../report/sample-reports.ts";
import {
  fakeServices,
  inForce,
  leasedWork,
  storedHead,
  place,
  pullRequest,
  pullSubject,
  storedRepository,
  storedRun,
} from "../../support/fakes/app.ts";
import { askedOf, type Calls } from "../../support/fakes/fake.ts";

interface Asked {
  readonly work?: Partial<LeasedWork>;
  /** The pull request, reading after reading; the last one again and again. */
  readonly pulls?: readonly Partial<PullRequest>[];
  readonly runs?: readonly Run[];
  readonly head?: Partial<Head> | undefined;
  /** Other pull requests with the same head. */
  readonly others?: readonly Head[];
  readonly policies?: string | undefined;
  readonly enrolled?: boolean;
  readonly prepared?: PrepareAnswer;
  readonly report?: Report;
  readonly diff?: string;
}

const shown = "--- apps/web/deployment.yaml\n+++ apps/web/deployment.yaml\n@@ -8,3 +8,3 @@\n a\n-b\n+c\n d\n";

async function run(asked: Asked): Promise<{ readonly outcome: JobOutcome; readonly calls: Calls }> {
  const pulls = (asked.pulls ?? [{}]).map((over) => pullRequest(over));
  let reading = 0;
  const { services, calls } = fakeServices({
    store: {
      upsertRepository: async () => {
        const { policies: _, ...bare } = storedRepository({
          trusted: "tip",
          enrolled: asked.enrolled ?? true,
        });
        const policies = "policies" in asked ? asked.policies : "p1";
        return { ...bare, ...(policies === undefined ? {} : { policies }) };
      },
      findRuns: async () => asked.runs ?? [],
      findHead: async () => ("head" in asked && asked.head === undefined ? undefined : storedHead(asked.head)),
      otherPullsWithHead: async (_repository, head) => (head === "head" ? (asked.others ?? []) : []),
      enqueueWork: async (subject) => (subject.kind === "pull" ? `pull:7:${subject.number}` : subject.kind),
      findClaims: async () => new Map(),
      claimUnposted: async (_review, fingerprints) => new Set(fingerprints),
    },
    github: {
      readPullRequest: async () => pulls[Math.min(reading++, pulls.length - 1)] ?? pullRequest(),
      createRun: async () => 12,
      readRun: async () => ({ annotations: 0 }),
      findRun: async () => undefined,
      readMergeBase: async () => "base",
    },
    mirror: {
      fetch: async () => ({ kind: "fetched" }),
      commit: async (_, name) => {
        if (name === "trusted" || name === "base") return { id: "base", tree: "t", parents: [] };
        if (name === "merge") return { id: "merge", tree: "tree of merge", parents: ["base", pulls[0]?.head ?? ""] };
        return { id: pulls[0]?.head ?? "", tree: "t", parents: ["base"] };
      },
      pinned: async () => "tip",
      read: async (args) => (args.includes("-U3") ? (asked.diff ?? shown) : ""),
    },
    thread: {
      prepare: async () => asked.prepared ?? inForce,
      judge: async () => ({
        kind: "judged",
        report:
          asked.report ??
          report({
            verdict: "fail",
            findings: [finding({ location: { path: "apps/web/deployment.yaml", line: 9, precision: "value" } })],
          }),
        block: "introduced",
        notes: [],
        unanswered: [],
      }),
    },
  });
  const outcome = await runJudgeJob(services, leasedWork(asked.work), new AbortController().signal);
  return { outcome, calls };
}

const methods = (calls: Calls): readonly string[] => calls.map(([name]) => name);
const conclusions = (calls: Calls): readonly unknown[] =>
  askedOf(calls, "concludeRun").map(([, id, end]) => [id, (end as { conclusion: string }).conclusion]);

const concluded = storedRun({ conclusion: "failure", reviewed: true });

test.each<[string, number, string, boolean]>([
  ["is read again before a check is made", 0, "later", false],
  ["is judged as it is after a minute", 60_000, "done", true],
])("a pull request that is older than its webhook announced %s", async (_, age, kind, judged) => {
  const subject = { ...pullSubject, updatedAt: "2027-01-15T10:00:01Z" };
  const { outcome, calls } = await run({ work: { subject, age }, pulls: [{ updatedAt: "2027-01-15T10:00:00Z" }] });
  expect(outcome.kind).toBe(kind);
  expect(methods(calls).includes("createRun")).toBe(judged);
});

test("a pull request that a lagging read has as closed is not closed before the read is as new as the webhook", async () => {
  const subject = { ...pullSubject, updatedAt: "2027-01-15T10:00:01Z" };
  const closed = { open: false, updatedAt: "2027-01-15T10:00:00Z" };
  const { outcome, calls } = await run({ work: { subject }, pulls: [closed] });
  expect(outcome.kind).toBe("later");
  expect(methods(calls)).not.toContain("deleteHead");
});

test("no verdict is published where the last read is older than the webhook", async () => {
  const subject = { ...pullSubject, updatedAt: "2027-01-15T10:00:00Z" };
  const { outcome, calls } = await run({ work: { subject }, pulls: [{}, { updatedAt: "2027-01-15T09:59:59Z" }] });
  expect(outcome.kind).toBe("later");
  expect(methods(calls)).not.toContain("concludeRun");
});

test.each<[string, Asked, "nothing" | "comments" | "judged"]>([
  ["the state that its check shows already", { runs: [concluded] }, "nothing"],
  ["such a state whose comments are missing", { runs: [storedRun({ conclusion: "failure" })] }, "comments"],
  ["nothing that was judged before", {}, "judged"],
  [
    "another base branch: the pull request was retargeted",
    { runs: [concluded], pulls: [{ baseRef: "release" }] },
    "judged",
  ],
  ["a check of another base branch", { runs: [{ ...concluded, baseRef: "release" }] }, "judged"],
  ["another head", { runs: [concluded], pulls: [{ head: "newer" }] }, "judged"],
  ["a check of another head", { runs: [{ ...concluded, head: "older" }] }, "judged"],
  ["a head that was stored for another commit", { runs: [concluded], head: { head: "older" } }, "judged"],
  ["a head of which nothing is stored", { runs: [concluded], head: undefined }, "judged"],
  ["other policies", { runs: [concluded], policies: "p2" }, "judged"],
  ["policies that have come into force", { runs: [concluded], head: { policies: "none" } }, "judged"],
  [
    "a repository without policies, judged without them",
    { runs: [concluded], policies: undefined, enrolled: false, head: { policies: "none" } },
    "nothing",
  ],
  [
    "a repository whose rules do not compile, judged before it had any",
    { runs: [concluded], policies: undefined, head: { policies: "none" } },
    "judged",
  ],
  ["a re-run", { runs: [concluded], work: { forced: true } }, "judged"],
  ["a check that is still open", { runs: [concluded, storedRun({ job: "job-2", runId: 12 })] }, "judged"],
  ["a check that was superseded", { runs: [{ ...concluded, conclusion: "superseded" }] }, "judged"],
])("of %s is done: %s", async (_, asked, expected) => {
  const { outcome, calls } = await run(asked);
  expect(outcome).toEqual({ kind: "done" });
  const done = methods(calls);
  expect({
    judged: done.includes("judge"),
    published: done.includes("recordPublishedConclusion"),
    reviewed: done.includes("markRunReviewed"),
  }).toEqual({ judged: expected !== "nothing", published: expected === "judged", reviewed: expected !== "nothing" });
});

test("a head without a published conclusion is judged", async () => {
  const { published: _, ...head } = storedHead();
  const { services, calls } = fakeServices({
    store: {
      upsertRepository: async () => storedRepository(),
      findRuns: async () => [concluded],
      findHead: async () => head as Head,
    },
    github: { readPullRequest: async () => pullRequest(), createRun: async () => 12 },
    mirror: { fetch: async () => ({ kind: "missing" }) },
  });
  expect(await runJudgeJob(services, leasedWork(), new AbortController().signal)).toMatchObject({ kind: "later" });
  expect(methods(calls)).toContain("createRun");
});

test("a verdict is stored, then published, then stored as published; the mirror is released", async () => {
  const { calls } = await run({});
  const order = [
    "recordIntendedRun",
    "createRun",
    "recordRunId",
    "recordPendingHead",
    "prepare",
    "judge",
    "recordHeadConclusion",
    "concludeRun",
    "recordRunConclusion",
    "recordPublishedConclusion",
    "createReview",
    "markRunReviewed",
  ];
  expect(methods(calls).filter((name) => order.includes(name))).toEqual(order);
  expect(methods(calls).at(-1)).toBe("release");
  expect(askedOf(calls, "recordHeadConclusion")).toEqual([["pull:7:3", "failure", "p1", "portcullis", {}]]);
  expect(askedOf(calls, "recordPublishedConclusion")).toEqual([["pull:7:3", "failure"]]);
  const [[where, id, end] = []] = askedOf(calls, "concludeRun");
  expect([where, id]).toEqual([place, 12]);
  expect((end as { externalId: string }).externalId).toMatch(
    /^pull\/3 head\/head base\/base into\/main policies\/p1 job\/\S+ tree\/tree of merge$/,
  );
});

test.each<[string, readonly Partial<PullRequest>[], JobOutcome["kind"]]>([
  ["the head moved on", [{}, { head: "newer" }], "later"],
  ["the base branch changed", [{}, { baseRef: "release" }], "later"],
  ["the pull request was closed", [{}, { open: false }], "closed"],
])("a verdict is not published where %s while it was judged", async (_, pulls, kind) => {
  const { outcome, calls } = await run({ pulls });
  expect(outcome.kind).toBe(kind);
  if (outcome.kind === "later") expect(outcome.seconds).toBe(0);
  expect(methods(calls)).not.toContain("recordHeadConclusion");
  expect(methods(calls)).not.toContain("concludeRun");
  expect(methods(calls)).not.toContain("createReview");
  expect(methods(calls).at(-1)).toBe("release");
});

test("a closed pull request is not judged; its open check is ended", async () => {
  const { outcome, calls } = await run({ pulls: [{ open: false }], runs: [storedRun()] });
  expect(outcome).toEqual({ kind: "closed" });
  expect(conclusions(calls)).toEqual([[11, "failure"]]);
  expect(methods(calls)).toContain("deleteHead");
  expect(methods(calls)).not.toContain("prepare");
});

const other = (over: Partial<Head>): Head => ({ work: "pull:7:4", pull: 4, head: "head", ...over });
const pass = report({ verdict: "pass" });

test.each<[string, Asked, JobOutcome["kind"], readonly unknown[], readonly unknown[]]>([
  ["passes alone", { report: pass }, "done", [[12, "success"]], []],
  ["fails alone", {}, "done", [[12, "failure"]], []],
  ["waits to pass while another is judged", { report: pass, others: [other({})] }, "later", [], []],
  ["fails while another is judged", { others: [other({})] }, "done", [[12, "failure"]], []],
  [
    "fails where another fails",
    { report: pass, others: [other({ conclusion: "failure", published: "failure" })] },
    "done",
    [[12, "failure"]],
    [],
  ],
  [
    "passes where another passes",
    { report: pass, others: [other({ conclusion: "success", published: "success" })] },
    "done",
    [[12, "success"]],
    [],
  ],
  [
    "fails and has another judged again that showed a pass",
    { others: [other({ conclusion: "success", published: "success" })] },
    "done",
    [[12, "failure"]],
    [[4, true]],
  ],
  [
    "fails and leaves a group alone that showed a pass",
    { others: [{ work: "group:7:head", head: "head", conclusion: "success", published: "success" }] },
    "done",
    [[12, "failure"]],
    [],
  ],
  [
    "passes and has another go on that waited for it",
    { report: pass, others: [other({ conclusion: "success" })] },
    "done",
    [[12, "success"]],
    [[4, false]],
  ],
])("a pull request that shares its head %s", async (_, asked, kind, expected, enqueued) => {
  const { outcome, calls } = await run(asked);
  expect(outcome.kind).toBe(kind);
  expect(conclusions(calls)).toEqual(expected);
  const asks = askedOf(calls, "enqueueWork").map(([subject, forced]) => [
    (subject as { number: number }).number,
    forced,
  ]);
  expect(asks).toEqual(enqueued);
});

test("what is published is the worst of all, what is stored is its own", async () => {
  const { calls } = await run({ report: pass, others: [other({ conclusion: "failure", published: "failure" })] });
  expect(askedOf(calls, "recordHeadConclusion")).toEqual([["pull:7:3", "success", "p1", "portcullis", {}]]);
  expect(askedOf(calls, "recordPublishedConclusion")).toEqual([["pull:7:3", "failure"]]);
});

test.each<[string, Asked, boolean, boolean]>([
  ["where the rules ask for it", {}, true, true],
  ["not where the rules turn comments off", { prepared: { ...inForce, comments: "off" } }, false, true],
  ["not on a draft, whose comments come when it is ready", { pulls: [{ draft: true }] }, false, false],
  ["not where nothing is judged", { prepared: { kind: "not enrolled" } }, false, true],
])("findings are posted as comments %s", async (_, asked, posted, reviewed) => {
  const { calls } = await run(asked);
  expect(methods(calls).includes("createReview")).toBe(posted);
  expect(methods(calls).includes("markRunReviewed")).toBe(reviewed);
});

test.each<[string, Asked, readonly unknown[]]>([
  ["has those judged again that shared its old head", { head: { head: "older" } }, [["older"]]],
  ["leaves all alone where the head is the same", {}, []],
  ["leaves all alone where no head was stored", { head: undefined }, []],
])("a new head %s", async (_, asked, expected) => {
  const { calls } = await run(asked);
  const looked = askedOf(calls, "otherPullsWithHead").map(([, head]) => [head]);
  expect(looked.filter(([head]) => head !== "head")).toEqual(expected);
  expect(askedOf(calls, "recordPendingHead")).toEqual([
    [{ work: "pull:7:3", repository: 7, head: "head", check: "portcullis", pull: 3 }],
  ]);
});

test("a run of a repository without rules in force names no policies until it is judged", async () => {
  const { calls } = await run({ policies: undefined });
  const [[stored] = []] = askedOf(calls, "recordIntendedRun");
  expect((stored as { externalId: string }).externalId).toContain(" policies/unknown ");
});
