import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";

let github: SimulatedGitHub;
let app: TestApp;
let repository: Repository;
let pull: PullRequest;
/** The state of each run when GitHub had created it, and how many Git requests the job had made by then. */
let created: { status: string; fetches: number }[];
/** Git requests that are no job's of a pull request's. */
let settled: number;

beforeAll(async () => {
  github = await startGitHub();
  created = [];
  settled = 0;
  const fetches = (): number => github.calls.filter(({ operation }) => operation.startsWith("git/")).length;
  app = await startApp(github, {
    checkpoint(checkpoint) {
      if (checkpoint !== "run created") return;
      const status = repository.runs.at(-1)?.status ?? "none";
      created.push({ status, fetches: fetches() - settled });
    },
  });
  repository = await github.createRepository({ files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") } });
  await app.idle();
  settled = fetches();
  pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:latest") });
  await app.concluded(pull);
  await app.idle();
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

test("the check is in progress before anything is fetched", () => {
  expect(created).toEqual([{ status: "in_progress", fetches: 0 }]);
});

test.each<[string, () => Promise<unknown>]>([
  ["the check's re-run button", async () => github.rerequestCheck(firstRun())],
  ["the suite's re-run button", async () => github.rerequestSuite(repository, firstRun().suite)],
  [
    "a pipeline's event for one",
    async () => github.dispatch(repository, "portcullis-recheck", { pull_request: pull.number }),
  ],
  ["a pipeline's event for all", async () => github.dispatch(repository, "portcullis-recheck")],
  ["a comment", async () => github.comment(pull, "/portcullis recheck", repository.owner)],
])("%s gives a new run with a verdict of its own", async (_way, ask) => {
  const before = github.runsOf(pull, "portcullis").map(({ externalId }) => externalId);
  await ask();
  await app.idle();
  const runs = github.runsOf(pull, "portcullis");
  expect(runs).toHaveLength(before.length + 1);
  expect(runs.at(-1)).toMatchObject({ status: "completed", conclusion: "failure" });
  expect(before).not.toContain(runs.at(-1)?.externalId);
});

test("a new run whose comments GitHub did not take at first stays the only one", async () => {
  const before = github.runsOf(pull, "portcullis").length;
  const failing = github.fault({ kind: "status", status: 502 }, { operation: "pulls/list-review-comments" });
  github.comment(pull, "/portcullis recheck", repository.owner);
  await app.idle();
  expect(failing.hits).toBe(1);
  expect(github.runsOf(pull, "portcullis")).toHaveLength(before + 1);
});

test("a pipeline's event of another kind is none of ours", async () => {
  const before = github.runsOf(pull, "portcullis").length;
  github.dispatch(repository, "deploy");
  await app.idle();
  expect(github.runsOf(pull, "portcullis")).toHaveLength(before);
  expect(github.violations).toEqual([]);
});

function firstRun(): ReturnType<SimulatedGitHub["runsOf"]>[number] {
  const run = github.runsOf(pull, "portcullis")[0];
  if (run === undefined) throw new Error("no run");
  return run;
}
