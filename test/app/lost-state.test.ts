import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp, type TestApp } from "../support/app.ts";
import { compared } from "../support/compared.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest } from "../support/github/state.ts";
import { until } from "../support/until.ts";

let github: SimulatedGitHub;
let stateDir: string;
let app: TestApp | undefined;

beforeAll(async () => {
  github = await startGitHub();
});
afterAll(() => github.close());
afterEach(async () => {
  await app?.stop();
  app = undefined;
  await rm(stateDir, { recursive: true, force: true });
  expect(github.violations).toEqual([]);
});

/** Starts the App with a state directory that is empty but for a migrated database. */
async function startAnew(options: Parameters<typeof startApp>[1] = {}): Promise<TestApp> {
  stateDir = await mkdtemp(join(tmpdir(), "portcullis-lost-"));
  return startApp(github, { stateDir, ...options });
}

/** Ends the App, whatever it does, and removes all that it knows. */
async function lose(lost: TestApp): Promise<void> {
  github.setWebhookUrl(undefined);
  await lost.server.stop(0);
  await rm(stateDir, { recursive: true, force: true });
}

/** What the check runs on the head say, oldest first. */
const shown = (pull: PullRequest): readonly unknown[] =>
  github.runsOf(pull, "portcullis").map(({ status, conclusion, title }) => [status, conclusion, title]);

test("without its state the App comes to one verdict on every open pull request by itself", async () => {
  let held: Promise<void> | undefined;
  let release = (): void => undefined;
  app = await startAnew({ checkpoint: (checkpoint) => (checkpoint === "run created" ? held : undefined) });
  const repository = await github.createRepository({
    fullName: "acme/fleet",
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
  });
  await app.idle();
  const propose = (name: string, image: string): Promise<PullRequest> =>
    github.proposeFiles(repository, { [`apps/${name}.yaml`]: deployment(image, name) });
  const good = await propose("good", "nginx:1.28");
  const bad = await propose("bad", "nginx:latest");
  const moved = await propose("moved", "nginx:latest");
  for (const pull of [good, bad, moved]) await app.concluded(pull);
  await app.idle();
  const judged = [shown(good), shown(bad)];
  expect(bad.reviewComments).toHaveLength(1);
  held = new Promise((done) => (release = done));
  const interrupted = await propose("interrupted", "nginx:1.28");
  await until(() => github.runsOf(interrupted, "portcullis").length === 1, "a run in progress");
  await lose(app);
  release();

  const opened = await propose("opened", "nginx:latest");
  await github.pushToPull(moved, { "apps/more.yaml": deployment("nginx:1.28", "more") });
  await github.settle();
  app = await startAnew();
  await compared(app);

  expect([shown(good), shown(bad)]).toEqual(judged);
  expect(shown(interrupted)).toEqual([["completed", "success", expect.any(String)]]);
  expect(shown(opened)).toEqual([["completed", "failure", expect.stringContaining("1 finding blocks")]]);
  expect(shown(moved)).toEqual([["completed", "failure", expect.stringContaining("1 finding blocks")]]);
  // A verdict that is adopted is not commented on again.
  expect(bad.reviewComments).toHaveLength(1);
  const runs = repository.runs.length;
  await app.server.reconcile();
  await compared(app);
  expect(repository.runs).toHaveLength(runs);
  for (const pull of [good, bad]) {
    await github.pushToPull(pull, { "apps/later.yaml": deployment("nginx:1.28", "later") });
    await app.concluded(pull);
  }
});

test("a repository whose portcullis.yaml was removed stays enrolled when its enrolment is forgotten", async () => {
  app = await startAnew();
  const repository = await github.createRepository({
    fullName: "acme/removed",
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
  });
  const other = await github.createRepository({
    fullName: "acme/never",
    files: { "apps/web.yaml": deployment("nginx:1.27") },
  });
  await app.idle();
  await github.pushCommit(repository, "main", { "portcullis.yaml": null });
  await app.idle();
  await lose(app);
  const lost = { "apps/web.yaml": deployment("nginx:latest") };
  const pull = await github.proposeFiles(repository, lost);
  const free = await github.proposeFiles(other, lost);
  app = await startAnew();
  expect(await app.concluded(pull)).toMatchObject({ conclusion: "failure" });
  expect(await app.concluded(free)).toMatchObject({ conclusion: "success" });
  expect(github.runsOf(pull, "portcullis").at(-1)?.summary).toContain("portcullis.yaml was removed from main");
  await compared(app);
});
