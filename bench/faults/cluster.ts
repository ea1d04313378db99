// Replicas of the App, each a process, on one PostgreSQL or each on its embedded store, behind a balancer.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openServer } from "../../src/store/server.ts";
import { settingsFor } from "../../test/support/app.ts";
import { deployment, rules } from "../../test/support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../../test/support/github/server.ts";
import type { Repository } from "../../test/support/github/state.ts";
import { installedPostgres, startPostgres, type Postgres } from "../../test/support/postgres.ts";
import { startBalancer } from "../load/balancer.ts";

/** A replica that runs. */
export interface Replica {
  readonly name: string;
  readonly pid: number;
  readonly stateDir: string;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
  /** SIGTERM, and until it has drained. */
  stop(): Promise<void>;
}

/** What a cluster is started with. */
export interface ClusterOptions {
  /** Without one, each replica has an embedded store: then there is one replica. */
  readonly postgres?: boolean;
  /** Variables of the environment of replicas and of PostgreSQL, and of that alone. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly storeEnvironment?: Readonly<Record<string, string>>;
  /** Where the state directories are; default: beside the rest. */
  readonly states?: string;
  /** Seconds until a judgement that could not finish is given up. */
  readonly judgeDeadline?: number;
  /** As in production: leases of 60 s and sweeps every five minutes. */
  readonly realTime: boolean;
}

/** Everything that a fault is done to. */
export interface Cluster {
  readonly github: SimulatedGitHub;
  readonly postgres: Postgres | undefined;
  readonly repositories: readonly Repository[];
  /** Where logs and state directories are. */
  readonly directory: string;
  readonly replicas: ReadonlyMap<string, Replica>;
  /** Starts a replica; one of that name that ended goes on with its state directory. */
  start(name: string): Promise<Replica>;
  /** Lets a process that serves elsewhere take webhooks too. */
  serveAt(name: string, url: string | undefined): void;
  /** Prints what waits, and keeps the logs, for whoever looks for the cause. */
  printState(): Promise<void>;
  /** Called when the cluster is closed. */
  atEnd(step: () => Promise<void>): void;
  close(): Promise<void>;
}

const OWNERS = 8;
const FILES = 10;
/** Leases and sweeps while time is compressed, in seconds. */
const COMPRESSED = { leaseSeconds: 10, sweepSeconds: 10 };

/** The files of each repository. */
function filesOf(): Readonly<Record<string, string>> {
  const names = Array.from({ length: FILES }, (_, n) => `a${n}`);
  return {
    ...rules(),
    ...Object.fromEntries(names.map((name) => [`apps/${name}.yaml`, deployment("nginx:1.27", name)])),
  };
}

/** Starts a simulated GitHub with repositories, a store and no replica yet. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), "portcullis-faults-"));
  const states = options.states ?? directory;
  const bin = installedPostgres();
  if (options.postgres !== false && bin === undefined) throw new Error("PostgreSQL is not installed");
  const postgres =
    options.postgres === false || bin === undefined
      ? undefined
      : await startPostgres(bin, join(directory, "postgres"), { ...options.environment, ...options.storeEnvironment });
  const github = await startGitHub();
  github.world.rate.limit = Number.MAX_SAFE_INTEGER;
  const balancer = await startBalancer();
  github.setWebhookUrl(`${balancer.url}/api/github/webhooks`);
  const replicas = new Map<string, Replica>();
  const urls = new Map<string, string>();
  const children = new Set<ChildProcess>();
  const steps: (() => Promise<void>)[] = [];
  let keeps = false;
  const balance = (): void => balancer.setTargets([...urls.values()]);
  const serveAt = (name: string, url: string | undefined): void => {
    if (url === undefined) urls.delete(name);
    else urls.set(name, url);
    balance();
  };

  const start = async (name: string): Promise<Replica> => {
    const stateDir = join(states, name);
    await mkdir(stateDir, { recursive: true });
    const settings = {
      ...settingsFor(github, stateDir),
      ...(postgres === undefined ? {} : { databaseUrl: postgres.url }),
      ...(options.judgeDeadline === undefined ? {} : { judgeDeadline: options.judgeDeadline }),
    };
    const child = fork(new URL("./replica.js", import.meta.url), {
      env: {
        ...process.env,
        ...options.environment,
        REPLICA_SETTINGS: JSON.stringify(settings),
        REPLICA_OPTIONS: JSON.stringify(options.realTime ? {} : COMPRESSED),
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    children.add(child);
    const log = createWriteStream(join(directory, `${name}.log`), { flags: "a" });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    const gone = once(child, "exit");
    const started = await Promise.race([once(child, "message"), gone.then(() => undefined)]);
    if (started === undefined) throw new Error(`the replica ${name} did not start; see ${directory}/${name}.log`);
    const [{ url }] = started as [{ readonly url: string }];
    const end = async (signal: NodeJS.Signals): Promise<void> => {
      child.kill(signal);
      await gone;
    };
    const replica: Replica = {
      name,
      pid: child.pid ?? 0,
      stateDir,
      kill: () => end("SIGKILL"),
      stop: () => end("SIGTERM"),
    };
    replicas.set(name, replica);
    serveAt(name, url);
    void gone.then(() => {
      if (replicas.get(name) !== replica) return;
      replicas.delete(name);
      serveAt(name, undefined);
    });
    return replica;
  };

  const repositories: Repository[] = [];
  for (let n = 0; n < OWNERS; n++)
    repositories.push(await github.createRepository({ fullName: `acme-${n}/gitops`, files: filesOf() }));

  return {
    github,
    postgres,
    repositories,
    directory,
    replicas,
    start,
    serveAt,
    async printState() {
      keeps = true;
      console.error(`logs: ${directory}; replicas: ${[...replicas.keys()].join(", ")}`);
      if (postgres === undefined) return;
      const database = await openServer(postgres.url);
      const queries = [
        "select key, wanted, done, attempts, run_at - now() as due, lease_until - now() as leased, reason from portcullis.work where wanted > done",
        "select guid, event, attempts, run_at - now() as due from portcullis.deliveries where handled_at is null",
        "select scope, reason, message, next_at - now() as due from portcullis.unavailable",
        "select * from portcullis.redeliveries limit 10",
      ];
      for (const query of queries)
        for (const row of await database.query(query)) console.error(`  ${JSON.stringify(row)}`);
      await database.close();
    },
    atEnd: (step) => void steps.push(step),
    async close() {
      github.setWebhookUrl(undefined);
      for (const step of steps) await step();
      for (const replica of replicas.values()) await replica.stop();
      for (const child of children) child.kill("SIGKILL");
      await balancer.close();
      await github.close();
      await postgres?.stop();
      if (!keeps) await rm(directory, { recursive: true, force: true });
    },
  };
}
