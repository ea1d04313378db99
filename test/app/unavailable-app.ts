import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QUERY_PAUSE, startApp, type TestApp } from "../support/app.ts";
import type { Checkpoint } from "../../src/app/services.ts";
import { sweep } from "../../src/app/jobs/sweep.ts";
import { compared } from "../support/compared.ts";
import { deployment, rules } from "../support/fleet.ts";
import type { SimulatedGitHub } from "../support/github/server.ts";
import { startGitHub } from "../support/github/server.ts";
import type { Installation, PullRequest, Repository } from "../support/github/state.ts";
import { until } from "../support/until.ts";

const GOOD = deployment("nginx:1.27");
export const BETTER = deployment("nginx:1.28");

/** A line of the log that an operator sees: without those of level debug. */
export type Line = { readonly [field: string]: unknown };

/** What happened since a moment. */
export interface Since {
  readonly requests: number;
  readonly runs: number;
  readonly lines: readonly Line[];
}

/** One simulated GitHub and one App for tests that are about what is unavailable, and time that passes when they say so. */
export interface UnavailableApp {
  readonly github: SimulatedGitHub;
  readonly app: TestApp;
  readonly stateDir: string;
  /** Does this when a job next comes to that point, before it goes on. */
  once(checkpoint: Checkpoint, then: () => Promise<void> | void): void;
  repository(): Promise<Repository>;
  installationOf(repository: Repository): Installation;
  /** Counts from now on; the repository is that whose check runs count. */
  mark(repository: Repository): () => Since;
  /** Sweeps, as every five minutes, and waits for what that leads to. */
  sweeps(times: number): Promise<void>;
  /** Lets the pauses of all states pass, and sweeps. */
  attempt(): Promise<void>;
  /** Lets the time until the deadline of a piece of work pass, while it waits for its next attempt because of `what`. */
  deadlinePasses(pull: PullRequest, because: string): Promise<void>;
  /** The states in the metrics, such as `repository archived 1`. */
  states(): Promise<readonly string[]>;
  /** Removes what a test made, so that the next one starts with nothing. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function startUnavailableApp(): Promise<UnavailableApp> {
  const github = await startGitHub();
  const stateDir = await mkdtemp(join(tmpdir(), "portcullis-unavailable-"));
  const planned = new Map<Checkpoint, () => Promise<void> | void>();
  const app = await startApp(github, {
    stateDir,
    sweepSeconds: 100_000,
    checkpoint: async (checkpoint) => {
      const then = planned.get(checkpoint);
      planned.delete(checkpoint);
      await then?.();
    },
  });
  const { database, services } = app.server;
  // Time passes when a test says so: no comparison with GitHub, which tells what webhooks did not, is due in between.
  await compared(app);
  await database.query("update portcullis.reconciliations set finished_at = 'infinity'");
  let count = 0;
  /** Waits until nothing runs and nothing is due. What failed may wait for its next attempt. */
  const rest = (): Promise<void> =>
    until(
      async () => {
        const [row] = await database.query<{ busy: boolean }>(
          `select exists (select 1 from portcullis.deliveries where handled_at is null)
           or exists (select 1 from portcullis.work w where wanted > done and (lease is not null or run_at <= now() and not exists (
             select 1 from portcullis.unavailable u where next_at > now() and u.scope in (
               'installation:' || (w.subject->>'installation'), 'repository:' || (w.subject->'repository'->>'id'))))) as busy`,
        );
        return row?.busy === false;
      },
      "nothing to be due",
      QUERY_PAUSE,
    );
  const sweeps = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) {
      await sweep(services, 0);
      await rest();
    }
  };
  return {
    github,
    app,
    stateDir,
    sweeps,
    once: (checkpoint, then) => void planned.set(checkpoint, then),
    repository: async () => {
      const made = await github.createRepository({
        fullName: `owner-${++count}/shop`,
        files: { ...rules(), "apps/web.yaml": GOOD },
      });
      await app.idle();
      return made;
    },
    installationOf: (repository) => {
      const found = github.world.installations.find(({ account }) => account === repository.owner);
      if (found === undefined) throw new Error("the App is not installed there");
      return found;
    },
    mark: (repository) => {
      const [calls, runs, lines] = [github.calls.length, repository.runs.length, app.log.length];
      return () => ({
        requests: github.calls.length - calls,
        runs: repository.runs.length - runs,
        lines: app.log
          .slice(lines)
          .map((line) => JSON.parse(line) as Line)
          .filter((line) => Number(line["level"]) >= 30),
      });
    },
    attempt: async () => {
      await database.query("update portcullis.unavailable set next_at = now()");
      await database.query("update portcullis.work set run_at = now() where wanted > done and lease is null");
      await sweeps(1);
    },
    deadlinePasses: async ({ number }, because) => {
      const key = `%:${number}`;
      await until(async () => {
        const rows = await database.query(
          `update portcullis.work set since = now() - interval '1 hour', run_at = now()
           where key like $1 and key like 'pull:%' and because = $2 and lease is null and wanted > done returning key`,
          [key, because],
        );
        services.queue.wake();
        return rows.length > 0;
      }, `#${number} to wait for its next attempt`);
      await app.idle();
    },
    states: async () => {
      const text = await (await fetch(`${app.url}/metrics`)).text();
      return [...text.matchAll(/^portcullis_unavailable\{kind="(\w+)",reason="(\w+)"\} (\d+)$/gm)].map(
        ([, kind, reason, value]) => `${kind} ${reason} ${value}`,
      );
    },
    clear: async () => {
      planned.clear();
      github.delivery.drop = () => false;
      for (const fault of github.world.faults) fault.times = 0;
      for (const installation of github.world.installations.slice()) github.uninstall(installation);
      await app.idle();
    },
    stop: async () => {
      await app.stop();
      await github.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
