import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { DOCUMENTED } from "../../src/github/budget.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import type { Call } from "../support/github/traffic.ts";
import { until } from "../support/until.ts";

const MANY = 30;

/** As much as a minute of GitHub's holds, in a few seconds. */
const TIGHT = { points: { most: 300, seconds: 12 }, creations: [{ most: 20, seconds: 12 }] };

/** What the App takes for GitHub's limits. */
const limits = { ...DOCUMENTED };

let github: SimulatedGitHub;
let app: TestApp;
let repository: Repository;
const pulls: PullRequest[] = [];

beforeAll(async () => {
  github = await startGitHub();
  Object.assign(limits, { points: { most: 1e6, seconds: 60 }, creations: [] });
  app = await startApp(github, { limits });
  repository = await github.createRepository({
    fullName: "acme/fleet",
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
  });
  for (let n = 0; n < MANY; n++) {
    const name = `web-${n}`;
    pulls.push(await github.proposeFiles(repository, { [`apps/${name}.yaml`]: deployment("nginx:1.28", name) }));
  }
  await app.idle();
});
afterAll(async () => {
  await app.stop();
  await github.close();
});
afterEach(() => expect(github.violations).toEqual([]));

const forbid = (tag: string): Promise<string> =>
  github.pushCommit(repository, "main", { "policies/tag.rego": NO_LATEST.replace(":latest", tag) });

function expectJudged(runs: number, conclusion: string): void {
  for (const pull of pulls) {
    const all = github.runsOf(pull, "portcullis");
    expect([pull.number, all.length, all.at(-1)?.conclusion, all.at(-1)?.title]).toEqual([
      pull.number,
      runs,
      conclusion,
      expect.not.stringContaining("could not evaluate"),
    ]);
  }
}

const refused = (calls: readonly Call[]): readonly Call[] => calls.filter(({ status }) => status === 403);

test("what GitHub refuses because of a secondary limit is judged later, and nothing is red without a verdict", async () => {
  const before = github.calls.length;
  github.world.secondary = { points: { most: 100, seconds: 4 }, creations: [{ most: 6, seconds: 4 }] };
  await forbid(":1.28");
  await app.idle();
  expectJudged(2, "failure");
  expect(refused(github.calls.slice(before)).length).toBeGreaterThan(0);
  delete github.world.secondary;
});

test("the documented limits are kept while many pull requests are judged again, and a push goes first", async () => {
  Object.assign(limits, TIGHT);
  github.world.secondary = TIGHT;
  const before = github.calls.length;
  await forbid(":latest");
  const created = (): number =>
    github.calls.slice(before).filter(({ operation }) => operation === "checks/create").length;
  // As many as may be created for work that is not urgent.
  await until(() => created() >= 13, "the first of them to be judged again", 50);
  const fresh = await github.proposeFiles(repository, { "apps/fresh.yaml": deployment("nginx:1.28", "fresh") });
  await app.concluded(fresh);
  expect(created()).toBeLessThan(MANY);
  await app.idle();
  expectJudged(3, "success");
  expect(refused(github.calls.slice(before))).toEqual([]);
  const text = await (await fetch(`${app.url}/metrics`)).text();
  expect(text).toMatch(/^portcullis_github_held_seconds_total [1-9]/m);
});
