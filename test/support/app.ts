import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../../src/app/log.ts";
import type { Checkpoint } from "../../src/app/services.ts";
import type { Limits } from "../../src/github/budget.ts";
import { startServer, type RunningServer } from "../../src/app/server.ts";
import type { Settings } from "../../src/app/settings.ts";
import type { SimulatedGitHub } from "./github/server.ts";
import type { CheckRun, PullRequest } from "./github/state.ts";
import { prepareStateDirectory } from "./state-directory.ts";
import { until } from "./until.ts";

/** The real App on loopback, in this process, with its state in a directory of its own. */
export interface TestApp {
  readonly server: RunningServer;
  readonly url: string;
  /** Lines of the log, as JSON texts. */
  readonly log: readonly string[];
  /** Waits until the newest run of a name on the pull request's head is concluded and answers it. */
  concluded(pull: PullRequest, name?: string): Promise<CheckRun>;
  /** Waits until nothing is left to do. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds between questions to the database: each takes one or two. */
export const QUERY_PAUSE = 40;

/** Whether every delivery is handled and all work is done, or waits until something is available again. */
export async function nothingLeft(server: RunningServer): Promise<boolean> {
  const [row] = await server.database.query<{ busy: boolean }>(
    `select exists (select 1 from portcullis.deliveries where handled_at is null)
     or exists (select 1 from portcullis.work w where wanted > done and (lease is not null or not exists (
       select 1 from portcullis.unavailable u where case when u.kind = 'work' then u.scope = 'work:' || w.key and run_at > now()
         else next_at > now() and u.scope in (
           'installation:' || (w.subject->>'installation'), 'repository:' || (w.subject->'repository'->>'id')) end
     ))) as busy`,
  );
  return row?.busy === false;
}

/**
 * Waits until the comparison with GitHub that a start may ask for is over, or goes on later: what a test does next is then
 * told by webhooks alone.
 */
async function comparedAtStart(server: RunningServer): Promise<void> {
  await until(
    async () => {
      const rows = await server.database.query(
        "select part from portcullis.reconciliations where lease is not null or started_at is null or wanted_at > started_at",
      );
      return rows.length === 0;
    },
    "the comparison with GitHub at the start",
    QUERY_PAUSE,
  );
}

/** Starts the App for a simulated GitHub, and tells that where it listens. */
export async function startApp(
  github: SimulatedGitHub,
  options: {
    readonly stateDir?: string;
    readonly settings?: Partial<Settings>;
    readonly checkpoint?: (checkpoint: Checkpoint) => Promise<void> | void;
    readonly sweepSeconds?: number;
    readonly leaseSeconds?: number;
    readonly idleMilliseconds?: number;
    readonly limits?: Limits;
    readonly now?: () => Date;
  } = {},
): Promise<TestApp> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), "portcullis-app-")));
  if (!existsSync(join(stateDir, "store"))) await prepareStateDirectory(stateDir);
  const log: string[] = [];
  const server = await startServer(
    { ...settingsFor(github, stateDir), ...options.settings },
    {
      log: createLog("debug", [github.webhookSecret], { write: (line) => log.push(line) }),
      ...(options.checkpoint === undefined ? {} : { checkpoint: options.checkpoint }),
      ...(options.sweepSeconds === undefined ? {} : { sweepSeconds: options.sweepSeconds }),
      ...(options.leaseSeconds === undefined ? {} : { leaseSeconds: options.leaseSeconds }),
      limits: options.limits,
      // Else a night that begins during a test would have its branches judged.
      now: options.now ?? noonOf(new Date()),
      ...(options.idleMilliseconds === undefined ? {} : { idleMilliseconds: options.idleMilliseconds }),
    },
  );
  github.setWebhookUrl(`${server.url}/api/github/webhooks`);
  await comparedAtStart(server);
  const idle = async (): Promise<void> => {
    await until(
      async () => {
        await github.settle();
        return nothingLeft(server);
      },
      "the App to have nothing left to do",
      QUERY_PAUSE,
    );
  };
  return {
    server,
    url: server.url,
    log,
    idle,
    concluded: (pull, name) => concluded(github, pull, name),
    async stop() {
      github.setWebhookUrl(undefined);
      await server.stop(5_000);
      if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** A clock that stands at noon, UTC. */
export function noonOf(day: Date): () => Date {
  const noon = new Date(`${day.toISOString().slice(0, 10)}T12:00:00Z`);
  return () => noon;
}

export function settingsFor(github: SimulatedGitHub, stateDir: string): Settings {
  return {
    appId: github.appId,
    privateKey: github.privateKey,
    webhookSecrets: [github.webhookSecret],
    apiUrl: github.apiUrl,
    hosts: [],
    host: "127.0.0.1",
    port: 0,
    stateDir,
    judgeDeadline: 600,
    logLevel: "debug",
  };
}

/** Waits until the newest run of the gate on the head of a pull request is concluded. */
export async function concluded(github: SimulatedGitHub, pull: PullRequest, name = "portcullis"): Promise<CheckRun> {
  let run: CheckRun | undefined;
  await until(() => {
    run = github.runsOf(pull, name).at(-1);
    return run?.status === "completed" && run.headSha === pull.headSha;
  }, `a concluded check on #${pull.number}`);
  if (run === undefined) throw new Error("no run");
  return run;
}
