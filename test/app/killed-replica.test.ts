import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concluded, settingsFor } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { installedPostgres, startPostgres, type Postgres } from "../support/postgres.ts";

const installed = installedPostgres();
const whereInstalled = installed === undefined ? test.skip : test;

let github: SimulatedGitHub;
let postgres: Postgres | undefined;
let directory: string;
const replicas: ChildProcess[] = [];

beforeAll(async () => {
  github = await startGitHub();
  directory = await mkdtemp(join(tmpdir(), "portcullis-replicas-"));
  if (installed !== undefined) postgres = await startPostgres(installed, join(directory, "postgres"));
});
afterAll(async () => {
  for (const replica of replicas) replica.kill("SIGKILL");
  await postgres?.stop();
  await github.close();
  await rm(directory, { recursive: true, force: true });
});

async function startReplica(name: string): Promise<ChildProcess> {
  const stateDir = join(directory, name);
  await mkdir(stateDir);
  const settings = { ...settingsFor(github, stateDir), databaseUrl: postgres?.url };
  const started = fork(new URL("../support/killed-app.js", import.meta.url), {
    env: {
      ...process.env,
      TEST_SETTINGS: JSON.stringify(settings),
      // No sweep comes to the rescue.
      TEST_OPTIONS: JSON.stringify({ leaseSeconds: 15, sweepSeconds: 3_600 }),
    },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  replicas.push(started);
  const [{ url }] = (await once(started, "message")) as [{ url: string }];
  github.setWebhookUrl(`${url}/api/github/webhooks`);
  return started;
}

/** Has a replica end itself when it has judged something, once older work is done. */
async function arm(replica: ChildProcess): Promise<void> {
  replica.send({ armed: "judged" });
  await once(replica, "message");
}

whereInstalled("what a replica had leased when it was killed, another one takes up and concludes", async () => {
  const [first, second] = [await startReplica("first"), await startReplica("second")];
  const repository = await github.createRepository({
    fullName: "acme/replicas",
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
  });
  await github.settle();
  // Whichever takes the pull request is killed.
  await Promise.all([arm(first), arm(second)]);
  const ends = [first, second].map(async (one) => {
    const [, signal] = await once(one, "exit");
    return { signal, other: one === first ? second : first };
  });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:latest") });
  const { signal, other } = await Promise.race(ends);
  other.send({ disarm: true });
  expect(signal).toBe("SIGKILL");
  expect(github.runsOf(pull, "portcullis")).toMatchObject([{ status: "in_progress" }]);

  expect(await concluded(github, pull)).toMatchObject({ conclusion: "failure" });
  expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
  expect(github.violations).toEqual([]);
});
