import { expect, test } from "@jest/globals";
import type { JobOutcome } from "../../../src/app/jobs/job-outcome.ts";
import { work, type Jobs } from "../../../src/app/jobs/worker.ts";
import { JudgeInterrupted } from "../../../src/app/judge/pool.ts";
import type { LeasedWork } from "../../../src/store/work.ts";
import { fakeServices, leasedWork, pullSubject } from "../../support/fakes/app.ts";
import { askedOf, fake, type Calls } from "../../support/fakes/fake.ts";
import { httpError, limited, rejectWith } from "../../support/fakes/github-errors.ts";

interface Asked {
  readonly leased?: Partial<LeasedWork>;
  readonly jobs?: Partial<Jobs>;
  /** More was enqueued while the job ran. */
  readonly more?: boolean;
  readonly stopping?: AbortSignal;
}

async function worked(asked: Asked): Promise<Calls> {
  const { services, calls } = fakeServices({
    store: {
      leaseWork: async () => leasedWork(asked.leased),
      renewLease: async () => true,
      finishWork: async () => asked.more === true,
      deleteWork: async () => asked.more !== true,
    },
  });
  const jobs = fake<Jobs>(
    {
      judge: async () => ({ kind: "done" }),
      rules: async () => ({ kind: "done" }),
      giveUp: async () => ({ kind: "done" }),
      ...asked.jobs,
    },
    calls,
  );
  await work(services, jobs, "pull:7:3", asked.stopping ?? new AbortController().signal);
  expect(services.running.size).toBe(0);
  return calls;
}

const without = (calls: Calls, ...names: readonly string[]): readonly string[] =>
  calls.map(([name]) => name).filter((name) => !names.includes(name));
const rules: LeasedWork["subject"] = { kind: "rules", installation: 1, repository: pullSubject.repository };

test("work that is not there to lease is left alone", async () => {
  const { services, calls } = fakeServices();
  await work(services, fake<Jobs>({}, calls), "key", new AbortController().signal);
  expect(calls.map(([name]) => name)).toEqual(["leaseWork"]);
});

test.each<[string, Partial<LeasedWork>, string, string | undefined]>([
  ["a pull request is judged", {}, "judge", undefined],
  ["a default branch has its rules read", { subject: rules }, "rules", undefined],
  ["work that waited too long is given up", { age: 600_000 }, "giveUp", "it was not judged within 600 s"],
  ["work in its last moment is still judged", { age: 590_000 }, "judge", undefined],
  ["work that failed five times is given up", { attempts: 6 }, "giveUp", "judging it failed 5 times"],
  ["work in its fifth attempt is still judged", { attempts: 5 }, "judge", undefined],
])("%s", async (_, leased, job, reason) => {
  const calls = await worked({ leased });
  const ran = calls.filter(([name]) => ["judge", "rules", "giveUp"].includes(name));
  expect(ran.map(([name, , why]) => (name === "giveUp" ? [name, why] : [name]))).toEqual([
    reason === undefined ? [job] : [job, reason],
  ]);
});

const key = { key: "pull:7:3" };
const outcome = (one: JobOutcome): Partial<Jobs> => ({ judge: async () => one });

test.each<[string, Asked, readonly (readonly unknown[])[]]>([
  ["done is finished", { jobs: outcome({ kind: "done" }) }, [["finishWork"]]],
  [
    "done, with more enqueued, calls a worker",
    { jobs: outcome({ kind: "done" }), more: true },
    [["finishWork"], ["send", "work", key]],
  ],
  ["closed is deleted", { jobs: outcome({ kind: "closed" }) }, [["deleteWork"]]],
  [
    "closed, and enqueued again, comes back at once",
    { jobs: outcome({ kind: "closed" }), more: true },
    [["deleteWork"], ["postponeWork", expect.anything(), 0], ["send", "work", key]],
  ],
  [
    "to be tried later is postponed",
    { jobs: outcome({ kind: "later", seconds: 9, reason: "r" }) },
    [
      ["postponeWork", expect.anything(), 9],
      ["send", "work", key, 9],
    ],
  ],
  [
    "broken by a bug waits twice as long with every attempt",
    { jobs: { judge: rejectWith(new TypeError("ours")) }, leased: { attempts: 3 } },
    [
      ["releaseCrashedWork", expect.anything(), 8],
      ["send", "work", key, 8],
    ],
  ],
  [
    "that met a rate limit waits at least as long as GitHub asks",
    { jobs: { judge: rejectWith(limited(30)) } },
    [
      ["postponeWork", expect.anything(), expect.any(Number)],
      ["send", "work", key, expect.any(Number)],
    ],
  ],
])("a job that is %s", async (_, asked, expected) => {
  const calls = await worked(asked);
  const settled = calls.filter(([name]) => /Work$|^send$/.test(name) && name !== "leaseWork");
  expect(settled.map((call, at) => call.slice(0, expected[at]?.length))).toEqual(expected);
});

test.each<[string, Error, number, number, boolean]>([
  ["a rate limit", limited(30), 30, 35, false],
  ["a server that fails", httpError(502), 0, 60, false],
  ["a token that lost its power", httpError(401), 0, 60, true],
  ["a refusal", httpError(403), 0, 60, true],
  ["a repository that is gone", httpError(404), 0, 60, true],
])(
  "after %s a job is tried again, with another token where that may help",
  async (_, error, least, most, forgotten) => {
    const calls = await worked({ jobs: { judge: rejectWith(error) } });
    const [[, seconds] = []] = askedOf(calls, "postponeWork");
    expect(seconds).toBeGreaterThanOrEqual(least);
    expect(seconds).toBeLessThanOrEqual(most);
    expect(askedOf(calls, "forget")).toEqual(forgotten ? [[1, 7]] : []);
  },
);

test("close to its deadline a job is tried again just after it, to be given up then", async () => {
  const calls = await worked({ leased: { age: 599_000 }, jobs: { judge: rejectWith(httpError(502)) } });
  const [[, seconds] = []] = askedOf(calls, "postponeWork");
  expect(seconds).toBeLessThanOrEqual(2);
});

test("a judgement that is interrupted at its deadline is given up", async () => {
  const calls = await worked({ jobs: { judge: rejectWith(new JudgeInterrupted("late")) } });
  expect(askedOf(calls, "giveUp")).toMatchObject([[{ key: "pull:7:3" }, "judging it took longer than 600 s"]]);
});

test("a job whose deadline passes is given up", async () => {
  const judge: Jobs["judge"] = (_work, signal) =>
    new Promise((_, fail) => signal.addEventListener("abort", () => fail(new Error("aborted"))));
  const calls = await worked({ leased: { age: 599_990 }, jobs: { judge } });
  expect(without(calls, "info")).toEqual(["leaseWork", "judge", "giveUp", "finishWork"]);
});

test("a job that the server ends, or a newer event, is tried again at once and not given up", async () => {
  const stopping = new AbortController();
  const judge: Jobs["judge"] = async () => {
    stopping.abort();
    throw new JudgeInterrupted("ended");
  };
  const calls = await worked({ jobs: { judge }, stopping: stopping.signal });
  expect(askedOf(calls, "postponeWork")).toEqual([[expect.anything(), 0]]);
  expect(askedOf(calls, "giveUp")).toEqual([]);

  const { services, calls: others } = fakeServices({ store: { leaseWork: async () => leasedWork() } });
  const superseded = fake<Jobs>({
    judge: async () => {
      services.running.get("pull:7:3")?.abort();
      throw new Error("whatever an aborted request rejects with");
    },
  });
  await work(services, superseded, "pull:7:3", new AbortController().signal);
  expect(askedOf(others, "postponeWork")).toEqual([[expect.anything(), 0]]);
  expect(services.running.size).toBe(0);
});

test("a job that a newer one has replaced leaves that one running", async () => {
  const { services } = fakeServices({ store: { leaseWork: async () => leasedWork() } });
  const newer = new AbortController();
  const jobs = fake<Jobs>({
    judge: async () => {
      services.running.set("pull:7:3", newer);
      return { kind: "done" };
    },
  });
  await work(services, jobs, "pull:7:3", new AbortController().signal);
  expect(services.running.get("pull:7:3")).toBe(newer);
});
