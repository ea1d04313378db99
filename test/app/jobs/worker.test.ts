import { expect, test } from "@jest/globals";
import type { JobOutcome } from "../../../src/app/jobs/job-outcome.ts";
import { work, type Jobs } from "../../../src/app/jobs/worker.ts";
import { MirrorDamaged } from "../../../src/app/mirror/mirror-damaged.ts";
import { JudgeInterrupted } from "../../../src/app/judge/pool.ts";
import { HeldBack } from "../../../src/github/failure.ts";
import type { LeasedWork, Trouble } from "../../../src/store/work.ts";
import { fakeServices, leasedWork, pullSubject, storedRepository } from "../../support/fakes/app.ts";
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
      deleteWork: async () => asked.more !== true,
      recordUnavailable: async () => ({ began: true, seconds: 120 }),
      deleteUnavailable: async () => ({ reason: "archived", seconds: 60 }),
      listEnrolledRepositories: async () => [storedRepository(), storedRepository({ id: 8 })],
    },
  });
  const jobs = fake<Jobs>(
    {
      judge: async () => ({ kind: "done" }),
      rules: async () => ({ kind: "done" }),
      command: async () => ({ kind: "closed" }),
      giveUp: async () => ({ kind: "done" }),
      ...asked.jobs,
    },
    calls,
  );
  expect(await work(services, jobs, asked.stopping ?? new AbortController().signal)).toBe(true);
  expect(services.running.size).toBe(0);
  return calls;
}

const without = (calls: Calls, ...names: readonly string[]): readonly string[] =>
  calls.map(([name]) => name).filter((name) => !names.includes(name));
const command: LeasedWork["subject"] = {
  kind: "command",
  command: "recheck",
  installation: 1,
  repository: pullSubject.repository,
  number: 3,
  comment: 21,
};
const rules: LeasedWork["subject"] = { kind: "rules", installation: 1, repository: pullSubject.repository };

test("work is not leased for installations whose requests are used up", async () => {
  const usedUp = { all: [1], background: [2] };
  const { services, calls } = fakeServices();
  const clients = { ...services.clients, usedUp: () => usedUp };
  await work({ ...services, clients }, fake<Jobs>({}, calls), new AbortController().signal);
  expect(askedOf(calls, "leaseWork")).toEqual([[expect.any(String), 60, usedUp]]);
});

test("work that is not there to lease is left alone", async () => {
  const { services, calls } = fakeServices();
  expect(await work(services, fake<Jobs>({}, calls), new AbortController().signal)).toBe(false);
  expect(calls.map(([name]) => name)).toEqual(["usedUp", "leaseWork"]);
});

test.each<[string, Partial<LeasedWork>, string, string | undefined]>([
  ["a pull request is judged", {}, "judge", undefined],
  ["a default branch has its rules read", { subject: rules }, "rules", undefined],
  ["a command is carried out", { subject: command }, "command", undefined],
  ["work that waited too long is given up", { age: 600_000 }, "giveUp", "it was not judged within 600 s"],
  [
    "why the last attempt ended is told",
    { age: 600_000, reason: "no connection" },
    "giveUp",
    "it was not judged within 600 s; the last attempt ended with: no connection",
  ],
  ["work in its last moment is still judged", { age: 590_000 }, "judge", undefined],
  ["work that failed five times is given up", { attempts: 6 }, "giveUp", "judging it failed 5 times"],
  ["work in its fifth attempt is still judged", { attempts: 5 }, "judge", undefined],
])("%s", async (_, leased, job, reason) => {
  const calls = await worked({ leased });
  const ran = calls.filter(([name]) => ["judge", "rules", "command", "giveUp"].includes(name));
  expect(ran.map(([name, , why]) => (name === "giveUp" ? [name, (why as Trouble).message] : [name]))).toEqual([
    reason === undefined ? [job] : [job, reason],
  ]);
});

const outcome = (one: JobOutcome): Partial<Jobs> => ({ judge: async () => one });

test.each<[string, Asked, readonly (readonly unknown[])[]]>([
  ["done is finished", { jobs: outcome({ kind: "done" }) }, [["finishWork"]]],
  ["closed is deleted", { jobs: outcome({ kind: "closed" }) }, [["deleteWork"]]],
  [
    "closed, and enqueued again, comes back at once",
    { jobs: outcome({ kind: "closed" }), more: true },
    [["deleteWork"], ["postponeWork", expect.anything(), 0]],
  ],
  [
    "to be tried later is postponed",
    { jobs: outcome({ kind: "later", seconds: 9, reason: "r" }) },
    [["postponeWork", expect.anything(), 9]],
  ],
  [
    "broken by a bug waits twice as long with every attempt",
    { jobs: { judge: rejectWith(new TypeError("ours")) }, leased: { attempts: 3 } },
    [["releaseCrashedWork", expect.anything(), 8]],
  ],
  [
    "unavailable waits for the pause of that state",
    { jobs: outcome({ kind: "unavailable", scope: "repository", reason: "archived", message: "m" }) },
    [["pauseWork", expect.anything(), 120]],
  ],
  [
    "that met a rate limit waits at least as long as GitHub asks",
    { jobs: { judge: rejectWith(limited(30)) } },
    [["postponeWork", expect.anything(), expect.any(Number)]],
  ],
])("a job that is %s", async (_, asked, expected) => {
  const calls = await worked(asked);
  const settled = calls.filter(([name]) => name.endsWith("Work") && name !== "leaseWork");
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
    const [[, seconds, why] = []] = askedOf(calls, "postponeWork");
    expect((why as { held?: boolean }).held).toBe(error instanceof HeldBack ? true : undefined);
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

test("a job that finds a damaged mirror has it made anew and is tried again, in terms that do not name our directories", async () => {
  const damaged = new MirrorDamaged("/state/mirrors/7.git", "fatal: /state/mirrors/7.git/objects is gone");
  const calls = await worked({ jobs: { judge: rejectWith(damaged) }, leased: { attempts: 3 } });
  expect(askedOf(calls, "doubt")).toEqual([["/state/mirrors/7.git"]]);
  const [[, seconds, why] = []] = askedOf(calls, "postponeWork");
  expect(seconds).toBeLessThanOrEqual(2);
  expect(why).toEqual({
    because: "unfetchable",
    reason: "the mirror could not be used and is made anew: fatal: the mirror/objects is gone",
  });
});

test("a judgement that is interrupted at its deadline is given up", async () => {
  const calls = await worked({ jobs: { judge: rejectWith(new JudgeInterrupted("late")) } });
  expect(askedOf(calls, "giveUp")).toMatchObject([
    [{ key: "pull:7:3" }, { reason: "late", message: "judging it took longer than 600 s" }],
  ]);
});

test("a job whose deadline passes is given up", async () => {
  const judge: Jobs["judge"] = (_work, signal) =>
    new Promise((_, fail) => signal.addEventListener("abort", () => fail(new Error("aborted"))));
  const calls = await worked({ leased: { age: 599_990 }, jobs: { judge } });
  expect(without(calls, "info", "usedUp")).toEqual(["leaseWork", "judge", "giveUp", "finishWork"]);
});

test("a job that the server ends, or a newer event, is tried again at once and not given up", async () => {
  const stopping = new AbortController();
  const judge: Jobs["judge"] = async () => {
    stopping.abort();
    throw new JudgeInterrupted("ended");
  };
  const calls = await worked({ jobs: { judge }, stopping: stopping.signal });
  expect(askedOf(calls, "postponeWork")).toMatchObject([
    [expect.anything(), 0, { reason: "a newer state is waiting" }],
  ]);
  expect(askedOf(calls, "giveUp")).toEqual([]);

  const { services, calls: others } = fakeServices({ store: { leaseWork: async () => leasedWork() } });
  const superseded = fake<Jobs>({
    judge: async () => {
      services.running.get("pull:7:3")?.abort();
      throw new Error("whatever an aborted request rejects with");
    },
  });
  await work(services, superseded, new AbortController().signal);
  expect(askedOf(others, "postponeWork")).toMatchObject([[expect.anything(), 0, {}]]);
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
  await work(services, jobs, new AbortController().signal);
  expect(services.running.get("pull:7:3")).toBe(newer);
});

test("a job that comes to an end ends the states that its work was in, and calls what waited for them", async () => {
  const calls = await worked({
    leased: {
      unavailable: [
        { kind: "repository", reason: "archived" },
        { kind: "work", reason: "late", head: "h" },
      ],
    },
  });
  expect(askedOf(calls, "deleteUnavailable")).toEqual([
    [{ kind: "repository", installation: 1, repository: 7 }],
    [{ kind: "work", installation: 1, repository: 7, work: "pull:7:3" }],
  ]);
  expect(askedOf(calls, "wake").length).toBeGreaterThan(0);
  expect(askedOf(calls, "enqueueWorkIfIdle")).toEqual([
    [{ kind: "rules", installation: 1, repository: { id: 7, owner: "acme", name: "shop" } }, false],
  ]);
  const later = await worked({
    leased: { unavailable: [{ kind: "repository", reason: "archived" }] },
    jobs: outcome({ kind: "later", seconds: 1, reason: "r" }),
  });
  expect(askedOf(later, "deleteUnavailable")).toEqual([]);
});

test("what is unavailable is logged when that begins, and then at level debug only", async () => {
  const jobs = outcome({ kind: "unavailable", scope: "installation", reason: "suspended", message: "m" });
  const calls = await worked({ jobs });
  const [[about] = []] = askedOf(calls, "warn");
  expect(about).toEqual({ installation: 1, reason: "suspended", cause: "m" });
  expect(askedOf(calls, "info")).toEqual([]);
});

test("what was forgotten while its job ran gets no state", async () => {
  const { services, calls } = fakeServices({
    store: { leaseWork: async () => leasedWork(), renewLease: async () => false },
  });
  const jobs = fake<Jobs>(outcome({ kind: "unavailable", scope: "installation", reason: "uninstalled", message: "m" }));
  await work(services, jobs, new AbortController().signal);
  expect(askedOf(calls, "recordUnavailable")).toEqual([]);
});
