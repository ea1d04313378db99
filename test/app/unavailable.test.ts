import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { deleteMirrors } from "../../src/app/unavailable.ts";
import { until } from "../support/until.ts";
import { BETTER, startUnavailableApp, type Line, type Since, type UnavailableApp } from "./unavailable-app.ts";

let on: UnavailableApp;
beforeAll(async () => {
  on = await startUnavailableApp();
});
afterAll(() => on.stop());
afterEach(async () => {
  await on.clear();
  expect(on.github.violations).toEqual([]);
});

const NOTHING: Since = { requests: 0, runs: 0, lines: [] };
const messages = (lines: readonly Line[]): readonly string[] => lines.map((line) => String(line["msg"]));
const loseWebhooks = (): void => {
  on.github.delivery.drop = () => true;
};

async function proposed(repository: Repository): Promise<PullRequest> {
  return on.github.proposeFiles(repository, { "apps/web.yaml": BETTER });
}

/** Sweeps do nothing while it lasts, and the attempts after each pause are few and silent. */
async function expectQuiet(repository: Repository, mostRequests: number): Promise<void> {
  const swept = on.mark(repository);
  await on.sweeps(4);
  expect(swept()).toEqual(NOTHING);
  for (let n = 0; n < 3; n++) {
    const tried = on.mark(repository);
    await on.attempt();
    const { requests, ...rest } = tried();
    expect(rest).toEqual({ runs: 0, lines: [] });
    expect(requests).toBeGreaterThan(0);
    expect(requests).toBeLessThanOrEqual(mostRequests);
  }
}

const INSTALLATION = expect.stringMatching(/^an installation is unavailable/);
const INSTALLATION_AGAIN = "an installation is available again";
const REPOSITORY = expect.stringMatching(/^a repository is unavailable/);
const REPOSITORY_AGAIN = "a repository is available again";

test.each([true, false])("an archived repository waits until it is unarchived; webhooks arrive: %s", async (arrive) => {
  const repository = await on.repository();
  if (!arrive) loseWebhooks();
  const began = on.mark(repository);
  on.github.archive(repository);
  await on.app.idle();
  if (!arrive) await on.sweeps(1);
  await on.app.idle();
  expect(messages(began().lines)).toEqual([REPOSITORY]);
  expect(began().lines[0]).toMatchObject({ repository: repository.id, reason: "archived" });
  expect(await on.states()).toEqual(["repository archived 1"]);
  // A webhook that was on its way.
  on.github.delivery.drop = () => false;
  const pull = await proposed(repository);
  await on.app.idle();
  await expectQuiet(repository, 2);
  expect(on.github.runsOf(pull)).toEqual([]);

  if (!arrive) loseWebhooks();
  const ended = on.mark(repository);
  on.github.unarchive(repository);
  await on.app.idle();
  if (!arrive) await on.attempt();
  await on.app.idle();
  expect((await on.app.concluded(pull)).conclusion).toBe("success");
  expect(messages(ended().lines)).toContain(REPOSITORY_AGAIN);
  expect(ended().runs).toBe(1);
  expect(await on.states()).toEqual([]);
});

test("a repository that is archived while it is judged keeps its run, which gets the verdict afterwards", async () => {
  const repository = await on.repository();
  on.once("judged", () => {
    loseWebhooks();
    on.github.archive(repository);
  });
  const pull = await proposed(repository);
  await on.app.idle();
  expect(on.github.runsOf(pull).map(({ status }) => status)).toEqual(["in_progress"]);
  expect(await on.states()).toEqual(["repository archived 1"]);
  await expectQuiet(repository, 4);
  expect(await (await fetch(`${on.app.url}/metrics`)).text()).toMatch(/^portcullis_check_runs_stuck 0$/m);
  on.github.unarchive(repository);
  await on.attempt();
  expect((await on.app.concluded(pull)).conclusion).toBe("success");
  expect(on.github.runsOf(pull)).toHaveLength(1);
});

test.each([true, false])("a suspended installation waits until it is not; webhooks arrive: %s", async (arrive) => {
  const repository = await on.repository();
  const installation = on.installationOf(repository);
  const pull = await proposed(repository);
  await on.app.idle();
  if (!arrive) loseWebhooks();
  const began = on.mark(repository);
  on.github.suspend(installation);
  await on.app.idle();
  if (!arrive) await on.sweeps(1);
  await on.app.idle();
  expect(messages(began().lines)).toContainEqual(INSTALLATION);
  expect(await on.states()).toEqual(["installation suspended 1"]);
  await expectQuiet(repository, 2);

  await on.github.pushToPull(pull, { "apps/web.yaml": BETTER.replace("1.28", "latest") });
  const ended = on.mark(repository);
  on.github.unsuspend(installation);
  await on.app.idle();
  if (!arrive) await on.attempt();
  await on.app.idle();
  // Its webhooks were never sent: what changed meanwhile is found by comparing.
  expect((await on.app.concluded(pull)).conclusion).toBe("failure");
  expect(messages(ended().lines)).toContain(INSTALLATION_AGAIN);
  expect(ended().runs).toBe(1);
  expect(await on.states()).toEqual([]);
});

async function rowsOf(repository: Repository): Promise<number> {
  let rows = 0;
  for (const [table, column] of [
    ["repositories", "id"],
    ["heads", "repository"],
    ["runs", "repository"],
    ["said", "repository"],
    ["unavailable", "repository"],
  ] as const) {
    const found = await on.app.server.database.query(`select 1 from portcullis.${table} where ${column} = $1`, [
      repository.id,
    ]);
    rows += found.length;
  }
  const work = await on.app.server.database.query("select 1 from portcullis.work where key like $1", [
    `%:${repository.id}:%`,
  ]);
  return rows + work.length;
}

const mirrorOf = (repository: Repository): string => join(on.stateDir, "mirrors", `${repository.id}.git`);

type Removal = readonly [string, (repository: Repository) => void, string];
const REMOVALS: readonly Removal[] = [
  ["deleted", (repository) => on.github.deleteRepository(repository), "repository gone 1"],
  [
    "without its installation",
    (repository) => on.github.uninstall(on.installationOf(repository)),
    "installation uninstalled 1",
  ],
];

test.each(REMOVALS)("a repository that is %s is forgotten, with its mirror on disk", async (_, remove) => {
  const repository = await on.repository();
  await proposed(repository);
  await on.app.idle();
  expect(await rowsOf(repository)).toBeGreaterThan(4);
  expect(existsSync(mirrorOf(repository))).toBe(true);
  const forgotten = on.mark(repository);
  remove(repository);
  await on.app.idle();
  expect(await rowsOf(repository)).toBe(0);
  await deleteMirrors(on.app.server.services);
  expect(existsSync(mirrorOf(repository))).toBe(false);
  expect(messages(forgotten().lines)).toEqual([expect.stringMatching(/forgotten/)]);
  expect(await on.states()).toEqual([]);
});

test.each(REMOVALS)(
  "a repository that is %s waits where the webhook is lost, and is forgotten after a day",
  async (_, remove, state) => {
    const repository = await on.repository();
    await proposed(repository);
    await on.app.idle();
    loseWebhooks();
    remove(repository);
    await on.sweeps(1);
    await on.app.idle();
    expect(await on.states()).toEqual([state]);
    await expectQuiet(repository, 2);
    expect(await rowsOf(repository)).toBeGreaterThan(4);
    await on.app.server.database.query("update portcullis.unavailable set since = now() - interval '25 hours'");
    await on.sweeps(1);
    expect(await rowsOf(repository)).toBe(0);
    expect(await on.states()).toEqual([]);
  },
);

test("a repository that is renamed is judged on under its new name", async () => {
  const repository = await on.repository();
  loseWebhooks();
  on.github.rename(repository, "store");
  on.github.delivery.drop = () => false;
  await on.sweeps(1);
  const pull = await proposed(repository);
  await on.app.idle();
  expect((await on.app.concluded(pull)).conclusion).toBe("success");
  on.github.rename(repository, "market");
  await on.app.idle();
  const rows = await on.app.server.database.query("select name from portcullis.repositories where id = $1", [
    repository.id,
  ]);
  expect(rows).toEqual([{ name: "market" }]);
});

test("a repository that is transferred is judged on by the installation of its new owner", async () => {
  const [repository, other] = [await on.repository(), await on.repository()];
  on.github.transfer(repository, other.owner);
  await on.app.idle();
  const pull = await proposed(repository);
  await on.app.idle();
  expect((await on.app.concluded(pull)).conclusion).toBe("success");
  expect(await on.states()).toEqual([]);
});

test("without the permission for checks nothing can be shown: it waits until that is granted", async () => {
  const repository = await on.repository();
  const installation = on.installationOf(repository);
  const { checks: _, ...others } = on.github.world.app.permissions;
  const began = on.mark(repository);
  on.github.grant(installation, others);
  const pull = await proposed(repository);
  await on.app.idle();
  expect(began().lines.filter((line) => String(line["msg"]).includes("unavailable"))).toMatchObject([
    { reason: "permission", cause: expect.stringContaining("checks: write") },
  ]);
  expect(await on.states()).toEqual(["installation permission 1"]);
  await expectQuiet(repository, 4);
  on.github.grant(installation, on.github.world.app.permissions);
  await on.app.idle();
  expect((await on.app.concluded(pull)).conclusion).toBe("success");
  expect(on.github.runsOf(pull)).toHaveLength(1);
  expect(await on.states()).toEqual([]);
});

test("without the permission for contents the check says so once, and is replaced when it is granted", async () => {
  const repository = await on.repository();
  const installation = on.installationOf(repository);
  const { contents: _, ...others } = on.github.world.app.permissions;
  on.github.grant(installation, others);
  const pull = await proposed(repository);
  await on.app.idle();
  const run = await on.app.concluded(pull);
  expect(run).toMatchObject({ conclusion: "failure", title: "Gate could not evaluate" });
  expect(run.summary).toContain("Portcullis lacks a permission");
  expect(run.summary).toContain("contents: read");
  expect(run.summary).toContain(`settings/installations/${installation.id}`);
  await on.sweeps(1);
  await expectQuiet(repository, 6);
  on.github.grant(installation, on.github.world.app.permissions);
  await on.app.idle();
  await until(() => on.github.runsOf(pull).length === 2, "a second run");
  await on.app.idle();
  expect((await on.app.concluded(pull)).conclusion).toBe("success");
  expect(on.github.runsOf(pull)).toHaveLength(2);
  expect(await on.states()).toEqual([]);
});

test("without the permission to write comments everything is judged", async () => {
  const repository = await on.repository();
  on.github.grant(on.installationOf(repository), { ...on.github.world.app.permissions, pull_requests: "read" });
  const pull = await on.github.proposeFiles(repository, { "apps/web.yaml": BETTER.replace("1.28", "latest") });
  await on.app.idle();
  expect((await on.app.concluded(pull)).conclusion).toBe("failure");
  expect(on.github.runsOf(pull)).toHaveLength(1);
  expect(pull.reviewComments).toEqual([]);
  expect(await on.states()).toEqual([]);
  await on.sweeps(2);
  expect(on.github.runsOf(pull)).toHaveLength(1);
});
