import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweep } from "../../../src/app/jobs/sweep.ts";
import { startApp, type TestApp } from "../../support/app.ts";
import { deployment, rules } from "../../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../../support/github/server.ts";
import { installedPostgres, startPostgres, type Postgres } from "../../support/postgres.ts";

const installed = installedPostgres();
const whereInstalled = installed === undefined ? test.skip : test;
let github: SimulatedGitHub;
let directory: string;
let postgres: Postgres | undefined;

beforeAll(async () => {
  github = await startGitHub();
  directory = await mkdtemp(join(tmpdir(), "portcullis-nightly-"));
  if (installed !== undefined) postgres = await startPostgres(installed, join(directory, "postgres"));
});
afterAll(async () => {
  await postgres?.stop();
  await github.close();
  await rm(directory, { recursive: true, force: true });
});

const NOON = Date.parse(`${new Date().toISOString().slice(0, 10)}T12:00:00Z`);
const files = { ...rules(), "apps/web.yaml": deployment("nginx:1.27") };

/** How many standings of each of these repositories are stored. */
async function standingsOf({ server }: TestApp, ids: readonly number[]): Promise<readonly number[]> {
  const rows = await server.database.query<{ repository: string | number }>(
    "select repository from portcullis.standings",
  );
  return ids.map((id) => rows.filter(({ repository }) => Number(repository) === id).length);
}

whereInstalled("two replicas judge each repository once a night", async () => {
  let now = NOON;
  const settings = { databaseUrl: postgres?.url ?? "" };
  const start = (): Promise<TestApp> => startApp(github, { sweepSeconds: 100_000, now: () => new Date(now), settings });
  const [first, second] = [await start(), await start()];
  try {
    const ids: number[] = [];
    for (const name of ["one", "two"]) {
      const repository = await github.createRepository({ fullName: `replica-${name}/shop`, files });
      ids.push(repository.id);
    }
    await second.idle();
    await sweep(first.server.services, 100_000);
    now += 86_400_000;
    await Promise.all([first, second].map(({ server }) => sweep(server.services, 100_000)));
    await first.idle();
    await second.idle();
    expect(await standingsOf(first, ids)).toEqual([1, 1]);
  } finally {
    await first.stop();
    await second.stop();
  }
});

test("a judgement that ended before its work was done, and a restart, are not counted twice", async () => {
  const stateDir = join(directory, "restarted");
  let now = NOON;
  let armed = false;
  const start = (): Promise<TestApp> =>
    startApp(github, {
      stateDir,
      sweepSeconds: 100_000,
      now: () => new Date(now),
      checkpoint: (checkpoint) => {
        if (checkpoint !== "standing recorded" || !armed) return;
        armed = false;
        throw new Error("the process ends");
      },
    });
  await mkdir(stateDir);
  let app = await start();
  try {
    const { id } = await github.createRepository({ fullName: "restarted/shop", files });
    await app.idle();
    await sweep(app.server.services, 100_000);
    now += 86_400_000;
    armed = true;
    await sweep(app.server.services, 100_000);
    await app.idle();
    expect(armed).toBe(false);
    expect(await standingsOf(app, [id])).toEqual([1]);
    await app.stop();
    app = await start();
    await sweep(app.server.services, 100_000);
    await app.idle();
    expect(await standingsOf(app, [id])).toEqual([1]);
  } finally {
    await app.stop();
  }
});
