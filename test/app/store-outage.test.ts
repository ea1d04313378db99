import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checkpoint } from "../../src/app/services.ts";
import { concluded, startApp, type TestApp } from "../support/app.ts";
import { compared } from "../support/compared.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { until } from "../support/until.ts";
import { installedPostgres, startPostgres, type Postgres } from "../support/postgres.ts";

const installed = installedPostgres();
const whereInstalled = installed === undefined ? test.skip : test;

let github: SimulatedGitHub;
let directory: string;
let postgres: Postgres;
let app: TestApp;
let at: Checkpoint | undefined;
let ended: Promise<void> | undefined;

beforeAll(async () => {
  if (installed === undefined) return;
  github = await startGitHub();
  directory = await mkdtemp(join(tmpdir(), "portcullis-outage-"));
  postgres = await startPostgres(installed, join(directory, "postgres"));
  app = await startApp(github, {
    stateDir: directory,
    settings: { databaseUrl: postgres.url },
    leaseSeconds: 10,
    checkpoint: async (checkpoint) => {
      if (checkpoint !== at) return;
      at = undefined;
      ended = postgres.crash();
      await ended;
    },
  });
});
afterAll(async () => {
  if (installed === undefined) return;
  await app.stop();
  await postgres.stop();
  await github.close();
  await rm(directory, { recursive: true, force: true });
});
afterEach(() => {
  if (installed !== undefined) expect(github.violations).toEqual([]);
});

whereInstalled.each<Checkpoint>(["run created", "judged", "concluded"])(
  "a store that ends at the checkpoint “%s” and comes back loses no verdict and doubles none",
  async (checkpoint) => {
    const repository = await github.createRepository({
      fullName: `acme/${checkpoint.replaceAll(" ", "-")}`,
      files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
    });
    await app.idle();
    at = checkpoint;
    const during = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:latest") });
    await until(() => ended !== undefined, "the store to end");
    await ended;
    ended = undefined;
    const missed = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:1.28") });
    await github.settle();
    expect(github.deliveries.filter(({ statusCode }) => statusCode === 503)).not.toEqual([]);
    await postgres.start();
    // GitHub delivers again what was refused, as the sweep asks it to.
    await app.server.reconcile();
    await compared(app);

    expect(await concluded(github, during)).toMatchObject({ conclusion: "failure" });
    expect(await concluded(github, missed)).toMatchObject({ conclusion: "success" });
    await app.idle();
    expect(github.runsOf(during, "portcullis")).toHaveLength(1);
    expect(github.runsOf(missed, "portcullis")).toHaveLength(1);
    expect(during.reviewComments).toHaveLength(1);
  },
);
