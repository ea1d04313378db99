import { expect, test } from "@jest/globals";
import { backOff, judgeTarget, recordRules, type TargetJudgement } from "../../../src/app/jobs/judge-target.ts";
import type { JudgeAnswer, PrepareAnswer } from "../../../src/app/judge/protocol.ts";
import type { BranchList, FetchOutcome } from "../../../src/app/mirror/mirror.ts";
import type { PullRequest } from "../../../src/github/pulls.ts";
import type { Repository } from "../../../src/store/repositories.ts";
import { finding, report } from "../../report/sample-reports.ts";
import { fakeServices, inForce as rulesInForce, pullTarget, storedRepository } from "../../support/fakes/app.ts";
import { askedOf, type Calls } from "../../support/fakes/fake.ts";

const inForce: PrepareAnswer = { ...rulesInForce, notes: ["from the rules"] };
const noneCompiles: PrepareAnswer = { kind: "none compiles", digest: "p0", problems: [] };
const remote = { url: "https://github.example/acme/shop.git", token: "t" };
const { signal } = new AbortController();

interface Asked {
  readonly pull?: Partial<PullRequest>;
  readonly repository?: Partial<Repository>;
  readonly prepared?: PrepareAnswer;
  /** What fetches of these names give; all others succeed. */
  readonly fetches?: { readonly [name: string]: FetchOutcome };
  readonly pinned?: string;
  /** Commits by the name they are fetched under; undefined: not in the mirror. */
  readonly commits?: {
    readonly [name: string]: { readonly id: string; readonly parents: readonly string[] } | undefined;
  };
  /** Which of the configuration the change edits, one path a line. */
  readonly changed?: string;
  readonly branches?: BranchList;
  readonly age?: number;
  readonly unanswered?: JudgeAnswer["unanswered"];
  readonly judge?: () => Promise<never>;
}

async function judged(asked: Asked): Promise<{ readonly judgement: TargetJudgement; readonly calls: Calls }> {
  const commits: Asked["commits"] = {
    head: { id: "head", parents: ["old"] },
    base: { id: "base", parents: [] },
    trusted: { id: "tip", parents: [] },
    merge: { id: "merge", parents: ["base", "head"] },
    ...asked.commits,
  };
  const { services, github, mirror, calls } = fakeServices({
    github: { readMergeBase: async () => "fork" },
    mirror: {
      fetch: async (_remote, _job, sources) =>
        Object.keys(sources)
          .map((name) => asked.fetches?.[name])
          .find((outcome) => outcome !== undefined) ?? { kind: "fetched" },
      commit: async (_job, name) => {
        const commit = commits[name];
        return commit === undefined ? undefined : { ...commit, tree: `tree of ${commit.id}` };
      },
      pinned: async () => asked.pinned,
      read: async (args) => (args.includes("portcullis.yaml") ? (asked.changed ?? "") : ""),
      listBranches: async () => asked.branches ?? { kind: "branches", names: ["main", "stable"] },
    },
    thread: {
      prepare: async () => asked.prepared ?? inForce,
      judge:
        asked.judge ??
        (async () => ({
          kind: "judged",
          report: report({ verdict: "fail", findings: [finding()] }),
          block: "introduced",
          notes: ["from the change"],
          unanswered: asked.unanswered ?? [],
        })),
    },
  });
  const judgement = await judgeTarget(services, {
    github,
    mirror,
    remote,
    job: "job",
    target: pullTarget(asked.pull),
    repository: storedRepository(asked.repository),
    age: asked.age ?? 0,
    signal,
  });
  return { judgement, calls };
}

const methods = (calls: Calls): readonly string[] => calls.map(([name]) => name);
const failed = { kind: "failed", reason: "no route" } as const;
const missing: FetchOutcome = { kind: "missing" };

test("a pull request is judged by its test merge with the rules in force", async () => {
  const { judgement, calls } = await judged({});
  expect(judgement).toMatchObject({ kind: "judged", base: "base", policies: "p1", tree: "tree of merge" });
  if (judgement.kind !== "judged") return;
  expect(judgement.body.conclusion).toBe("failure");
  expect(judgement.body.output.summary).toContain("from the rules");
  expect(judgement.body.output.summary).toContain("from the change");
  expect(judgement.findings).toMatchObject({ comments: "on", report: { verdict: "fail" } });
  const [[request] = []] = askedOf(calls, "judge");
  expect(request).toMatchObject({
    mirror: "/mirror",
    after: "merge",
    before: "base",
    how: "test merge",
    branch: "main",
    repositories: ["https://github.example/acme/shop.git"],
    rules: { kind: "in force", commit: "tip" },
  });
  const [[prepare] = []] = askedOf(calls, "prepare");
  expect(prepare).toMatchObject({ mirror: "/mirror", trusted: "tip", branch: "main", enrolled: true });
  expect((prepare as { now: string }).now).toBe((request as { now: string }).now);
  expect(methods(calls).at(-1)).toBe("release");
});

test.each<[string, Asked, object]>([
  ["a branch that is not there", { fetches: { head: missing } }, { kind: "later", seconds: 2 }],
  ["a way to GitHub that fails", { fetches: { head: failed } }, { kind: "later", reason: "no route" }],
  ["a head that moved on", { commits: { head: { id: "newer", parents: [] } } }, { kind: "moved" }],
  ["a head that is not in the mirror", { commits: { head: undefined } }, { kind: "moved" }],
  ["a test merge that is to come", { commits: { merge: undefined } }, { kind: "later", seconds: 1 }],
  [
    "a merge base that is not there",
    { pull: { mergeable: false }, fetches: { before: missing } },
    { kind: "later", seconds: 2 },
  ],
  [
    "a merge base that cannot be fetched",
    { pull: { mergeable: false }, fetches: { before: failed } },
    { kind: "later", reason: "no route" },
  ],
  [
    "rules in force that cannot be fetched",
    { repository: { trusted: "older" }, fetches: { "in-force": failed } },
    { kind: "later", reason: "no route" },
  ],
])("nothing is judged yet for %s", async (_, asked, expected) => {
  const { judgement, calls } = await judged(asked);
  expect(judgement).toMatchObject(expected);
  expect(methods(calls)).not.toContain("judge");
  expect(methods(calls).filter((name) => name === "release")).toHaveLength(methods(calls).includes("prepare") ? 1 : 0);
});

test("a default branch that was fetched and is not in the mirror is a bug", async () => {
  await expect(judged({ commits: { trusted: undefined } })).rejects.toThrow("missing from the mirror");
});

test("servers that do not answer are waited for, at least as long as they want, and the check says which", async () => {
  const silent = { message: "chart *web*: charts.example.com gave no answer", after: 0 };
  const busy = { message: "registry.example.com answered 429", after: 45_000 };
  const { judgement, calls } = await judged({ unanswered: [silent, busy, silent] });
  expect(judgement).toMatchObject({
    kind: "later",
    seconds: 45,
    reason: `servers that do not answer: ${silent.message}`,
    waitsFor: { title: "Waiting for servers" },
  });
  const { summary = "" } = (judgement.kind === "later" && judgement.waitsFor) || {};
  expect(summary).toContain("until 600 s after");
  expect(summary.match(/^- .*/gm)).toEqual([
    "- chart \\*web\\*: charts.example.com gave no answer",
    "- registry.example.com answered 429",
  ]);
  expect(methods(calls).at(-1)).toBe("release");
});

test.each([
  ["the deadline is near", 595_000, 0],
  ["a server wants more time than is left", 0, 3_600_000],
])("servers that do not answer are a part of the verdict where %s", async (_, age, after) => {
  const { judgement } = await judged({ age, unanswered: [{ message: "it is silent", after }] });
  expect(judgement).toMatchObject({ kind: "judged", body: { conclusion: "failure" } });
});

test("a thread is released where judging fails", async () => {
  const calls: string[] = [];
  const judge = async (): Promise<never> => {
    calls.push("judge");
    throw new Error("ours");
  };
  await expect(judged({ judge })).rejects.toThrow("ours");
  expect(calls).toEqual(["judge"]);
});

test.each<[string, Asked, unknown, readonly unknown[]]>([
  ["none where none ever were", { repository: {} }, undefined, []],
  ["those that are pinned", { repository: { trusted: "older" }, pinned: "older" }, "older", []],
  ["those that are fetched, and are pinned", { repository: { trusted: "older" }, pinned: "other" }, "older", ["older"]],
  [
    "none where they are gone from GitHub",
    { repository: { trusted: "older" }, fetches: { "in-force": missing } },
    undefined,
    [],
  ],
])("the rules that were in force last: %s", async (_, asked, expected, pinned) => {
  const { calls } = await judged({ ...asked, prepared: { kind: "not enrolled" } });
  const [[request] = []] = askedOf(calls, "prepare");
  expect((request as { inForce?: string }).inForce).toBe(expected);
  expect(askedOf(calls, "pin")).toEqual([["trusted", "tip"], ...pinned.map((commit) => ["in-force", commit])]);
});

test("a repository that is not enrolled passes without being judged", async () => {
  const { judgement, calls } = await judged({ prepared: { kind: "not enrolled" }, repository: { enrolled: false } });
  expect(judgement).toMatchObject({ kind: "judged", body: { conclusion: "success" }, base: "tip", policies: "none" });
  expect(judgement).not.toHaveProperty("findings");
  expect(judgement).not.toHaveProperty("tree");
  expect(methods(calls)).not.toContain("judge");
  expect(methods(calls)).not.toContain("markEnrolled");
});

test("where no rules compile, a change is judged by the default branch and no comments are posted", async () => {
  const { judgement, calls } = await judged({ prepared: noneCompiles });
  expect(judgement).toMatchObject({ kind: "judged", policies: "p0", findings: { comments: "off" } });
  expect(askedOf(calls, "judge")[0]?.[0]).toMatchObject({ rules: { kind: "none compiles", trusted: "tip" } });
});

test.each<[string, string, readonly string[], string, string]>([
  ["the default branch, though the rules name others", "main", ["release/*"], "test merge", "main"],
  ["the default branch where they name none", "main", [], "test merge", "main"],
  ["one that a pattern matches", "release/2", ["release/*"], "test merge", "release/2"],
])("gated is %s", async (_, baseRef, names, how, into) => {
  const branches = names.map((branch) => ({ branch }));
  const { calls } = await judged({ prepared: { ...inForce, branches }, pull: { baseRef } });
  expect(askedOf(calls, "judge")[0]?.[0]).toMatchObject({ how, into });
});

test("a branch that no entry matches is not gated", async () => {
  const { calls } = await judged({
    prepared: { ...inForce, branches: [{ branch: "release/*" }] },
    pull: { baseRef: "releases" },
  });
  expect(askedOf(calls, "judge")[0]?.[0]).toMatchObject({ how: "head against main", into: "main" });
});

test.each<[string, Asked, boolean]>([
  ["where no entry may match none, and the change leaves them as they are", {}, false],
  ["where an entry in force may match none", { prepared: { ...rulesInForce, branches: [{ branch: "stable" }] } }, true],
  ["where the change edits the configuration", { changed: "portcullis.yaml\n" }, true],
])("the branches of the repository are listed %s: %#", async (_, asked, listed) => {
  const { calls } = await judged(asked);
  expect(methods(calls).includes("listBranches")).toBe(listed);
  const [[request] = []] = askedOf(calls, "judge");
  expect((request as { branches?: readonly string[] }).branches).toEqual(listed ? ["main", "stable"] : undefined);
});

test("branches that cannot be listed are listed later", async () => {
  const { judgement } = await judged({ changed: "portcullis.yaml\n", branches: failed });
  expect(judgement).toMatchObject({ kind: "later", reason: "no route" });
});

test.each<[string, PrepareAnswer, Partial<Repository>, readonly (readonly unknown[])[]]>([
  ["nothing of a repository that is not enrolled", { kind: "not enrolled" }, { enrolled: false }, []],
  ["that it is enrolled, where no rules compile", noneCompiles, { enrolled: false }, [["markEnrolled", 7]]],
  ["nothing again, where no rules compile", noneCompiles, {}, []],
  [
    "rules that come into force first",
    inForce,
    { enrolled: false },
    [
      ["markEnrolled", 7],
      ["pin", "in-force", "tip"],
      ["recordRulesInForce", 7, "tip", "p1", []],
    ],
  ],
  ["rules that are in force already once", inForce, { trusted: "tip", policies: "p1" }, [["pin", "in-force", "tip"]]],
  [
    "rules of a newer commit",
    inForce,
    { trusted: "older", policies: "p1" },
    [
      ["pin", "in-force", "tip"],
      ["recordRulesInForce", 7, "tip", "p1", []],
    ],
  ],
  [
    "rules that read otherwise",
    inForce,
    { trusted: "tip", policies: "p0" },
    [
      ["pin", "in-force", "tip"],
      ["recordRulesInForce", 7, "tip", "p1", []],
      ["wakeWork", { kind: "repository", installation: 1, repository: 7 }],
      ["wake"],
    ],
  ],
])("is stored: %s", async (_, prepared, repository, expected) => {
  const { services, mirror, calls } = fakeServices();
  await recordRules(services, storedRepository(repository), mirror, prepared);
  expect(calls).toEqual(expected);
});

test.each<[number, number]>([
  [0, 1],
  [2_000, 1],
  [20_000, 10],
  [120_000, 60],
  [10_000_000, 60],
])("after %i ms the next try comes in about %i s", (age, seconds) => {
  const tries = Array.from({ length: 50 }, () => backOff(age));
  expect(Math.min(...tries)).toBeGreaterThanOrEqual(0.75 * seconds);
  expect(Math.max(...tries)).toBeLessThanOrEqual(1.25 * seconds);
  expect(new Set(tries).size).toBeGreaterThan(1);
});
