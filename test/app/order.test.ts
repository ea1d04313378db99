import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { JOBS_AT_ONCE } from "../../src/app/server.ts";
import { QUERY_PAUSE, startApp, type TestApp } from "../support/app.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { until } from "../support/until.ts";

const MANY = 8;

let github: SimulatedGitHub;
let app: TestApp;
/** While it is set, jobs wait for it before they create a check run. */
let gate: Promise<void> | undefined;
let open: () => void = () => undefined;

beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github, {
    checkpoint: async (checkpoint) => {
      if (checkpoint === "run intended") await gate;
    },
  });
});
afterAll(async () => {
  open();
  await app.stop();
  await github.close();
});
afterEach(() => expect(github.violations).toEqual([]));

function close(): void {
  gate = new Promise((done) => (open = done));
}

function repositoryOf(fullName: string): Promise<Repository> {
  return github.createRepository({ fullName, files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") } });
}

const propose = (repository: Repository, name: string): Promise<PullRequest> =>
  github.proposeFiles(repository, { [`apps/${name}.yaml`]: deployment("nginx:1.28", name) });

/** Waits until so much work is there, of which workers have taken what they can. */
async function taken(count: number): Promise<void> {
  await until(
    async () => {
      await github.settle();
      const [row] = await app.server.database.query<{ waiting: number | string; leased: number | string }>(
        `select count(*) as waiting, count(lease) as leased from portcullis.work where wanted > done and key like 'pull:%'`,
      );
      return Number(row?.waiting) === count && Number(row?.leased) === JOBS_AT_ONCE;
    },
    `${count} pieces of work`,
    QUERY_PAUSE,
  );
}

/** The pull requests whose checks were created since then, in order. */
function createdSince(calls: number): readonly string[] {
  return github.calls
    .slice(calls)
    .filter(({ operation }) => operation === "checks/create")
    .map(({ repository, pulls }) => `${repository}#${pulls[0]}`);
}

test("while one installation floods the queue, another one waits for no more than what runs already", async () => {
  const [flood, other] = [await repositoryOf("flood/fleet"), await repositoryOf("other/fleet")];
  await app.idle();
  close();
  const calls = github.calls.length;
  for (let n = 0; n < MANY; n++) await propose(flood, `web-${n}`);
  await taken(MANY);
  const pull = await propose(other, "web");
  await taken(MANY + 1);
  open();
  await app.concluded(pull);
  await app.idle();
  // What ran already, and what other workers took after it and were quicker with.
  expect(createdSince(calls).indexOf(`other/fleet#${pull.number}`)).toBeLessThan(2 * JOBS_AT_ONCE);
});

test("a push goes before what is judged again by new rules, of which the newest goes first", async () => {
  const repository = await repositoryOf("acme/fleet");
  const pulls: PullRequest[] = [];
  for (let n = 0; n < MANY; n++) pulls.push(await propose(repository, `web-${n}`));
  await app.idle();
  pulls[3]!.updatedAt = new Date(Date.now() + 60_000).toISOString();
  close();
  const calls = github.calls.length;
  await github.pushCommit(repository, "main", { "policies/tag.rego": NO_LATEST.replace(":latest", ":1.28") });
  await taken(MANY);
  const fresh = await propose(repository, "fresh");
  await taken(MANY + 1);
  open();
  await app.idle();
  const created = createdSince(calls);
  expect(created).toHaveLength(MANY + 1);
  expect(created.indexOf(`acme/fleet#${fresh.number}`)).toBeLessThan(2 * JOBS_AT_ONCE);
  expect(created.slice(0, JOBS_AT_ONCE)).toContain(`acme/fleet#${pulls[3]!.number}`);
});

test("what is done ahead on a spare thread gives way to work that no worker is free for", async () => {
  const repository = await repositoryOf("acme/spare");
  await app.idle();
  const spare = app.server.services.pool.takeSpare();
  if (spare === undefined) throw new Error("no thread is spare");
  close();
  for (let n = 0; n < MANY; n++) await propose(repository, `web-${n}`);
  await taken(MANY);
  await until(() => spare.wanted.aborted, "the spare thread to be called back");
  spare.thread.release();
  open();
  await app.idle();
});
