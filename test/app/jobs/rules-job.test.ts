import { expect, test } from "@jest/globals";
import type { RepositoryClient } from "../../../src/github/repository-client.ts";
import type { JobOutcome } from "../../../src/app/jobs/job-outcome.ts";
import { JudgeInterrupted, type HeldThread } from "../../../src/app/judge/pool.ts";
import { runRulesJob } from "../../../src/app/jobs/rules-job.ts";
import type { FetchOutcome } from "../../../src/app/mirror/mirror.ts";
import type { Head } from "../../../src/store/heads.ts";
import type { Repository } from "../../../src/store/repositories.ts";
import {
  fakeServices,
  inForce,
  leasedWork,
  storedHead,
  pullRequest,
  pullSubject,
  storedRepository,
} from "../../support/fakes/app.ts";
import { askedOf, type Calls } from "../../support/fakes/fake.ts";

interface Asked {
  readonly before?: Partial<Repository>;
  readonly after?: Partial<Repository> | undefined;
  readonly fetch?: FetchOutcome;
  readonly pinned?: string;
  /** The commit at the tip that the webhook told of, and the milliseconds since the first attempt. */
  readonly pushed?: string;
  readonly age?: number;
  readonly forced?: boolean;
  readonly open?: Awaited<ReturnType<RepositoryClient["readOpenPullRequests"]>>;
  readonly tracked?: readonly number[];
  readonly head?: Partial<Head> | undefined;
  /** The keys of the works whose check is red. */
  readonly red?: readonly string[];
  readonly trusted?: string | undefined;
  readonly authorities?: string;
  /** What judging ahead does on a spare thread; absent: no thread is spare. */
  readonly ahead?: HeldThread["judgeAhead"];
  /** Whether work waits that no worker runs. */
  readonly due?: boolean;
}

async function run(asked: Asked): Promise<{ readonly outcome: JobOutcome; readonly calls: Calls }> {
  const { services, calls } = fakeServices({
    store: {
      upsertRepository: async () => storedRepository(asked.before),
      findRepository: async () =>
        "after" in asked && asked.after === undefined ? undefined : storedRepository(asked.after),
      findHead: async (work) => {
        if ("head" in asked && asked.head === undefined) return undefined;
        const conclusion = asked.red?.includes(work) === true ? "failure" : "success";
        return storedHead({ conclusion, published: conclusion, ...asked.head });
      },
      findIdleVersion: async () => 0,
      listTrackedPulls: async () => asked.tracked ?? [],
      isWorkDue: async () => asked.due ?? false,
      enqueueWorkIfIdle: async () => true,
    },
    github: {
      readRepository: async () => pullRequest().repository,
      readOpenPullRequests: async () => asked.open ?? [],
      readRuns: async () => [],
      readMergeBase: async () => "tip",
    },
    mirror: {
      fetch: async () => asked.fetch ?? { kind: "fetched" },
      commit: async () => ("trusted" in asked ? undefined : { id: "tip", tree: "t", parents: [] }),
      pinned: async () => asked.pinned ?? "older",
    },
    thread: { prepare: async () => inForce, ...(asked.ahead === undefined ? {} : { judgeAhead: asked.ahead }) },
    ...(asked.ahead === undefined ? {} : { wanted: new AbortController() }),
    ...(asked.authorities === undefined ? {} : { authorities: asked.authorities }),
  });
  const subject = {
    kind: "rules" as const,
    installation: 1,
    repository: pullSubject.repository,
    ...(asked.pushed === undefined ? {} : { after: asked.pushed }),
  };
  const outcome = await runRulesJob(
    services,
    leasedWork({ subject, age: asked.age ?? 0, forced: asked.forced ?? false }),
    new AbortController().signal,
  );
  return { outcome, calls };
}

const methods = (calls: Calls): readonly string[] => calls.map(([name]) => name);
const enqueued = (calls: Calls): readonly unknown[] =>
  askedOf(calls, "enqueueWorkIfIdle").map(([subject]) => (subject as { number: number }).number);

test("the rules of the default branch come into force, and the mirror is released", async () => {
  const { outcome, calls } = await run({});
  expect(outcome).toEqual({ kind: "done" });
  const remote = { url: "https://github.example/acme/shop.git", token: "token" };
  expect(askedOf(calls, "fetch").map((asked) => asked.slice(0, 3))).toEqual([
    [remote, "rules-lease", { trusted: "refs/heads/main" }],
  ]);
  expect(askedOf(calls, "recordRulesInForce")).toEqual([[7, "tip", "p1", []]]);
  expect(methods(calls).filter((name) => name === "release")).toHaveLength(2);
  expect(askedOf(calls, "upsertRepository")).toMatchObject([[{ id: 7, installation: 1 }]]);
});

test("certificates of the settings go with the fetch", async () => {
  const { calls } = await run({ authorities: "/certificates.pem" });
  expect(askedOf(calls, "fetch")[0]?.[0]).toMatchObject({ authorities: "/certificates.pem" });
});

test.each<[string, Asked, object]>([
  ["an empty repository", { fetch: { kind: "missing" } }, { kind: "done" }],
  [
    "a way to GitHub that fails",
    { fetch: { kind: "failed", reason: "no route" } },
    { kind: "later", reason: "no route" },
  ],
])("of %s no rules are read", async (_, asked, expected) => {
  const { outcome, calls } = await run(asked);
  expect(outcome).toMatchObject(expected);
  expect(methods(calls)).not.toContain("prepare");
  expect(methods(calls).at(-1)).toBe("release");
});

test.each<[string, Asked, string, boolean]>([
  ["is read again", { pushed: "pushed" }, "later", false],
  ["is taken as it is after a minute", { pushed: "pushed", age: 60_000 }, "done", true],
])("a tip that is older than the push that was announced %s", async (_, asked, kind, prepared) => {
  const { outcome, calls } = await run(asked);
  expect(outcome.kind).toBe(kind);
  expect(methods(calls).includes("prepare")).toBe(prepared);
  expect(methods(calls)).toContain("release");
});

test("a default branch that was fetched and is not in the mirror is a bug", async () => {
  await expect(run({ trusted: undefined })).rejects.toThrow("missing from the mirror");
});

test.each<[string, Asked, string | undefined]>([
  ["rules that were in force before", { before: { trusted: "older" } }, "older"],
  ["no rules where none were in force", {}, undefined],
])("the judge is told of %s", async (_, asked, expected) => {
  const [[request] = []] = askedOf((await run(asked)).calls, "prepare");
  expect(request).toMatchObject({ trusted: "tip", branch: "main", enrolled: true });
  expect((request as { inForce?: string }).inForce).toBe(expected);
});

const open = [{ number: 3, head: "head", baseRef: "main" }];

test.each<[string, Asked, readonly number[]]>([
  ["none that was judged by them", { open }, []],
  ["one with another head", { open, head: { head: "older" } }, [3]],
  ["one that was judged by other rules", { open, head: { policies: "p0" } }, [3]],
  ["one of which nothing is known", { open, head: undefined }, [3]],
  ["one that is not open any more", { open, tracked: [3, 4] }, [4]],
  [
    "none of a repository that is not enrolled",
    { open, head: undefined, after: { enrolled: false }, tracked: [4] },
    [],
  ],
  ["none of a repository that is gone", { open, head: undefined, after: undefined }, []],
])("of the pull requests is enqueued: %s", async (_, asked, expected) => {
  expect(enqueued((await run(asked)).calls)).toEqual(expected);
});

test("of those that were judged by other rules, those that are green come first, each in the order of GitHub", async () => {
  const several = [5, 4, 3, 2].map((number) => ({ number, head: "head", baseRef: "main" }));
  const asked = { open: several, red: ["pull:7:5", "pull:7:3"] };
  expect(enqueued((await run({ ...asked, head: { policies: "p0" } })).calls)).toEqual([4, 2, 5, 3]);
});

test.each<[string, Asked, readonly unknown[]]>([
  ["one whose head was never judged", { head: { head: "older" } }, [true]],
  ["one of which nothing is known", { head: undefined }, [true]],
  ["one that was judged by other rules", { head: { policies: "p0" } }, [false]],
])("urgent or not: %s", async (_, asked, expected) => {
  const calls = (await run({ open, ...asked })).calls;
  expect(askedOf(calls, "enqueueWorkIfIdle").map(([, urgent]) => urgent)).toEqual(expected);
});

test.each<[string, Asked]>([
  ["judged by the rules in force", {}],
  ["of a repository that is not enrolled", { after: { enrolled: false } }],
])("where all are asked for, one is judged again that is %s", async (_, asked) => {
  const calls = (await run({ open, forced: true, ...asked })).calls;
  const subject = { kind: "pull", installation: 1, repository: pullSubject.repository, number: 3 };
  expect(askedOf(calls, "enqueueWork")).toEqual([[subject, true, false]]);
});

test("a pull request without a published verdict is enqueued", async () => {
  const { services, calls } = fakeServices({
    store: {
      upsertRepository: async () => storedRepository(),
      findRepository: async () => storedRepository(),
      findHead: async () => ({ work: "pull:7:3", head: "head", policies: "p1" }),
      findIdleVersion: async () => 0,
      listTrackedPulls: async () => [],
    },
    github: {
      readRepository: async () => pullRequest().repository,
      readOpenPullRequests: async () => open,
      readRuns: async () => [],
    },
    mirror: { fetch: async () => ({ kind: "fetched" }), commit: async () => ({ id: "tip", tree: "t", parents: [] }) },
    thread: { prepare: async () => inForce },
  });
  const subject = { kind: "rules" as const, installation: 1, repository: pullSubject.repository };
  await runRulesJob(services, leasedWork({ subject }), new AbortController().signal);
  expect(enqueued(calls)).toEqual([3]);
  // It waited or ran already: no worker is called.
  expect(askedOf(calls, "send")).toEqual([]);
});

test("the default branch is judged ahead on a spare thread, once the open pull requests wait for theirs", async () => {
  const { outcome, calls } = await run({ open: [{ number: 4, head: "new", baseRef: "main" }], ahead: async () => {} });
  expect(outcome).toEqual({ kind: "done" });
  expect(askedOf(calls, "judgeAhead")[0]?.[0]).toMatchObject({ commit: "tip", rules: "tip", branch: "main" });
  expect(methods(calls).indexOf("enqueueWorkIfIdle")).toBeLessThan(methods(calls).indexOf("judgeAhead"));
  expect(methods(calls).filter((name) => name === "release")).toHaveLength(3);
});

test("nothing is judged ahead while every thread works", async () => {
  const { outcome, calls } = await run({});
  expect(outcome).toEqual({ kind: "done" });
  expect(methods(calls)).not.toContain("judgeAhead");
});

test("nothing is judged ahead while work waits that no worker runs, and the thread goes back", async () => {
  const { outcome, calls } = await run({ ahead: async () => {}, due: true });
  expect(outcome).toEqual({ kind: "done" });
  expect(methods(calls)).not.toContain("judgeAhead");
  expect(methods(calls).filter((name) => name === "release")).toHaveLength(3);
});

test.each([
  ["is interrupted, without a word", new JudgeInterrupted("wanted"), 0],
  ["fails, with a warning", new Error("broken"), 1],
])("the rules are in force even where judging ahead %s", async (_, error, warnings) => {
  const { outcome, calls } = await run({ ahead: () => Promise.reject(error) });
  expect(outcome).toEqual({ kind: "done" });
  expect(methods(calls).filter((name) => name === "warn")).toHaveLength(warnings);
  expect(methods(calls).filter((name) => name === "release")).toHaveLength(3);
});
