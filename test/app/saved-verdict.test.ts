import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checkpoint } from "../../src/app/services.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { until } from "../support/until.ts";

const PUBLIC = "https://gate.example";

let github: SimulatedGitHub;
let app: TestApp;
let stateDir: string;
let count = 0;
/** What was judged since the quota was to go at the next conclusion, and whether that is still to come. */
let judged = 0;
let armed = false;

function checkpoint(name: Checkpoint): void {
  if (name === "judged") judged++;
  if (!armed || name !== "verdict recorded") return;
  armed = false;
  github.world.rate.used = github.world.rate.limit;
  github.world.rate.resetAt = Math.ceil(Date.now() / 1_000) + 3_600;
}

const start = (): Promise<TestApp> => startApp(github, { stateDir, settings: { publicUrl: PUBLIC }, checkpoint });

beforeAll(async () => {
  github = await startGitHub();
  stateDir = await mkdtemp(join(tmpdir(), "portcullis-saved-"));
  app = await start();
});
afterAll(async () => {
  await app.stop();
  await github.close();
  await rm(stateDir, { recursive: true, force: true });
});
afterEach(() => {
  github.delivery.drop = () => false;
  expect(github.violations).toEqual([]);
});

/** A pull request whose verdict is stored and could not be published, since the quota was gone at that moment. */
async function heldVerdict(image: string): Promise<{ repository: Repository; pull: PullRequest }> {
  const repository = await github.createRepository({
    fullName: `acme/held-${++count}`,
    files: {
      ...rules(),
      "portcullis.yaml": `${rules()["portcullis.yaml"]}comments: off\n`,
      "apps/web.yaml": deployment("nginx:1.27"),
    },
  });
  await app.idle();
  judged = 0;
  armed = true;
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment(image) });
  await until(async () => (await stored(pull)).length > 0, "a stored verdict", 40);
  expect(github.runsOf(pull, "portcullis")).toMatchObject([{ status: "in_progress" }]);
  return { repository, pull };
}

const stored = ({ headSha }: PullRequest): Promise<readonly unknown[]> =>
  app.server.database.query("select job from portcullis.runs where head = $1 and verdict is not null", [headSha]);

/** The hour is over: GitHub answers again, and the App has waited. */
async function hourPasses(): Promise<void> {
  github.world.rate.used = 0;
  await app.stop();
  app = await start();
  await app.server.database.query("update portcullis.budgets set held_until = now()");
  await app.server.database.query("update portcullis.work set run_at = now() where wanted > done");
}

test("a verdict that GitHub's quota kept from its check is published later as it was judged, also after a restart", async () => {
  const { pull } = await heldVerdict("nginx:latest");
  await hourPasses();
  const run = await app.concluded(pull);
  await app.idle();
  expect(judged).toBe(1);
  expect(run).toMatchObject({ conclusion: "failure", summary: expect.stringContaining("uses a tag that moves") });
  expect(run.annotations).toMatchObject([{ path: "apps/web.yaml", start_line: 14 }]);
  expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
  const page = await (await fetch(`${app.url}${(run.detailsUrl ?? "").slice(PUBLIC.length)}`)).text();
  expect(page).toContain(`> ${run.title}</h1>`);
  expect(page).toContain(`/blob/${pull.headSha}/apps/web.yaml#L14"`);
});

test.each([
  ["and the App heard of it", false],
  ["and the App did not hear of it", true],
])("a stored verdict is not published where the head moved on meanwhile %s", async (_, unheard) => {
  const { repository, pull } = await heldVerdict("nginx:1.28");
  const held = pull.headSha;
  github.delivery.drop = () => unheard;
  await github.pushToPull(pull, { "apps/web.yaml": deployment("nginx:latest") });
  await github.settle();
  await hourPasses();
  expect((await app.concluded(pull)).conclusion).toBe("failure");
  await app.idle();
  expect(repository.runs.filter((run) => run.headSha === held)).toMatchObject([
    { conclusion: "failure", title: "Superseded" },
  ]);
});

test("a stored verdict is not published by rules that were replaced meanwhile", async () => {
  const { repository, pull } = await heldVerdict("nginx:1.28");
  await github.pushCommit(repository, "main", { "policies/tag.rego": NO_LATEST.replace(":latest", ":1.28") });
  await github.settle();
  await hourPasses();
  expect((await app.concluded(pull)).conclusion).toBe("failure");
  await app.idle();
  expect(github.runsOf(pull, "portcullis")).toMatchObject([{ conclusion: "failure" }]);
});
