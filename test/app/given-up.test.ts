import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { deleteRef, setRef } from "../support/github/git/refs.ts";
import type { FaultRequest } from "../support/github/faults.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import type { Fault } from "../support/github/traffic.ts";
import { rules } from "../support/fleet.ts";
import { BETTER, startUnavailableApp, type Line, type UnavailableApp } from "./unavailable-app.ts";

let on: UnavailableApp;
beforeAll(async () => {
  on = await startUnavailableApp();
});
afterAll(() => on.stop());
afterEach(async () => {
  await on.clear();
  expect(on.github.violations).toEqual([]);
});

const BEGINS = expect.stringMatching(/^a head could not be judged:/);
const ENDS = "a head that could not be judged was judged";
const ofHeads = (lines: readonly Line[]): readonly unknown[] =>
  lines.map(({ msg }) => msg).filter((msg) => String(msg).startsWith("a head "));
const conclusions = (pull: PullRequest): readonly (string | null)[] =>
  on.github.runsOf(pull).map(({ conclusion }) => conclusion);

/** What keeps a head from being judged, and what ends that. */
interface Case {
  readonly reason: string;
  /** What the check says. */
  readonly says: string;
  readonly begin: (repository: Repository, pull: { readonly number: number }) => Promise<void>;
  readonly end: (repository: Repository, pull: PullRequest) => Promise<void>;
}

function faulty(fault: Fault, onRequests: FaultRequest): Pick<Case, "begin" | "end"> {
  let planned: { lift(): void } | undefined;
  return {
    begin: async () => {
      planned = on.github.fault(fault, { ...onRequests, times: 10_000 });
    },
    end: async () => planned?.lift(),
  };
}

const CASES: readonly [string, Case][] = [
  [
    "whose ref GitHub does not have",
    {
      reason: "unfetchable",
      says: "Git could not fetch its commits",
      begin: async ({ directory }, { number }) => deleteRef(directory, `refs/pull/${number}/head`),
      end: async ({ directory }, { number, headSha }) => setRef(directory, `refs/pull/${number}/head`, headSha),
    },
  ],
  [
    "while Git's server fails",
    {
      reason: "unfetchable",
      says: "returned error: 500",
      ...faulty({ kind: "status", status: 500 }, { operation: "git/*" }),
    },
  ],
  [
    "whose merge base GitHub does not tell",
    {
      reason: "gone",
      says: "No common ancestor",
      ...faulty({ kind: "status", status: 404, message: "No common ancestor" }, { operation: "repos/compare*" }),
    },
  ],
];

test.each(CASES)(
  "a head %s fails once, waits, and gets its verdict in the end",
  async (_, { reason, says, begin, end }) => {
    const repository = await on.repository();
    // In conflict, so that there is no test merge, and the merge base is asked for.
    const pull = await on.github.proposeFiles(repository, { "apps/web.yaml": BETTER }, { draft: true });
    await on.github.pushCommit(repository, "main", { "apps/web.yaml": BETTER.replace("1.28", "1.30") });
    await on.app.idle();
    const began = on.mark(repository);
    on.once("target read", () => begin(repository, pull));
    await on.github.pushToPull(pull, { "apps/web.yaml": BETTER.replace("1.28", "1.29") });
    await on.deadlinePasses(pull, reason);
    const run = await on.app.concluded(pull);
    expect(run).toMatchObject({ conclusion: "failure", title: "Gate could not evaluate" });
    expect(run.summary).toContain(says);
    expect(run.summary).toContain("tried again by itself");
    expect(ofHeads(began().lines)).toEqual([BEGINS]);
    expect(await on.states()).toEqual([`work ${reason} 1`]);

    const waits = on.mark(repository);
    await on.sweeps(4);
    for (let n = 0; n < 3; n++) await on.attempt();
    expect(conclusions(pull)).toEqual(["failure"]);
    expect(waits().runs).toBe(0);
    expect(ofHeads(waits().lines)).toEqual([]);

    await end(repository, pull);
    on.github.testMerges.delay = 0;
    await on.github.refreshTestMerge(pull);
    const ended = on.mark(repository);
    await on.attempt();
    await on.app.idle();
    expect(conclusions(pull)).toEqual(["failure", "success"]);
    expect(ofHeads(ended().lines)).toEqual([ENDS]);
    expect(await on.states()).toEqual([]);
  },
);

test("a run that GitHub refuses to create is asked for after growing pauses, and made when there is a verdict", async () => {
  const repository = await on.repository();
  const message = "No commit found for SHA: 0123456789012345678901234567890123456789";
  const fault = on.github.fault(
    { kind: "status", status: 422, message },
    { operation: "checks/create", times: 10_000 },
  );
  const began = on.mark(repository);
  const pull = await on.github.proposeFiles(repository, { "apps/web.yaml": BETTER });
  await on.deadlinePasses(pull, "refused");
  expect(ofHeads(began().lines)).toEqual([BEGINS]);
  expect(await on.states()).toEqual(["work refused 1"]);
  const [before, waits] = [fault.hits, on.mark(repository)];
  await on.sweeps(4);
  for (let n = 0; n < 3; n++) await on.attempt();
  expect(fault.hits - before).toBe(3);
  expect(ofHeads(waits().lines)).toEqual([]);
  fault.lift();
  await on.attempt();
  await on.app.idle();
  expect(conclusions(pull)).toEqual(["success"]);
  expect(await on.states()).toEqual([]);
});

test("other rules have what could not be judged tried at once; a push starts afresh", async () => {
  const repository = await on.repository();
  const fault = on.github.fault(
    { kind: "status", status: 422, message: "No" },
    { operation: "checks/create", times: 10_000 },
  );
  const pull = await on.github.proposeFiles(repository, { "apps/web.yaml": BETTER });
  await on.deadlinePasses(pull, "refused");
  expect(await on.states()).toEqual(["work refused 1"]);
  fault.lift();
  await on.github.pushCommit(repository, "main", rules("mode: report\n"));
  await on.app.idle();
  expect(conclusions(pull)).toEqual(["success"]);
  expect(await on.states()).toEqual([]);

  on.github.fault({ kind: "status", status: 404, message: "Not Found" }, { operation: "pulls/get", times: 10_000 });
  await on.github.pushToPull(pull, { "apps/web.yaml": BETTER.replace("1.28", "1.29") });
  await on.deadlinePasses(pull, "gone");
  expect(await on.states()).toEqual(["work gone 1"]);
  for (const planned of on.github.world.faults) planned.times = 0;
  await on.github.pushToPull(pull, { "apps/web.yaml": BETTER.replace("1.28", "1.30") });
  await on.app.idle();
  expect(conclusions(pull)).toEqual(["success"]);
  expect(await on.states()).toEqual([]);
});
