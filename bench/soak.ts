// Two replicas on one PostgreSQL for an hour: `node dist/bench/soak.js [PULLS] [MINUTES]`, default 5000 and 60. Opens PULLS
// pull requests evenly over MINUTES, or as fast as the replicas keep up. Prints every tenth of the time how long a
// verdict took, what the replicas hold, and what lies in the database and on disk; fails where a verdict is missing or wrong.
// Needs PostgreSQL's programs, and /proc.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openServer } from "../src/store/server.ts";
import { startAppProcess, type AppProcess } from "../test/support/app-process.ts";
import { deployment, rules } from "../test/support/fleet.ts";
import { startGitHub } from "../test/support/github/server.ts";
import type { PullRequest, Repository } from "../test/support/github/state.ts";
import { installedPostgres, startPostgres } from "../test/support/postgres.ts";
import { until } from "../test/support/until.ts";
import { rowsOf } from "./day/tally.ts";
import { startBalancer } from "./load/balancer.ts";
import { memoryOf } from "./load/memory.ts";

const pulls = Number(process.argv[2] ?? 5_000);
const minutes = Number(process.argv[3] ?? 60);
const OWNERS = 25;
const FILES = 10;
/** More than this at once is no load that a team makes: the next pull request waits. */
const MOST_IN_FLIGHT = 30;
/** So many are open, with their verdicts, at any time. */
const OPEN_WHEN_READ = 60;
const WINDOWS = Math.max(1, Math.round(minutes / 10));
const LOOK_MILLISECONDS = 20;

const bin = installedPostgres();
if (bin === undefined) throw new Error("PostgreSQL is not installed");
const directory = await mkdtemp(join(tmpdir(), "portcullis-soak-"));
const postgres = await startPostgres(bin, join(directory, "postgres"));
const github = await startGitHub();
github.world.rate.limit = Number.MAX_SAFE_INTEGER;
const balancer = await startBalancer();
const replicas: AppProcess[] = [];
for (const name of ["first", "second"]) {
  const stateDirectory = join(directory, name);
  await mkdir(stateDirectory);
  const environment = { DATABASE_URL: postgres.url, MALLOC_ARENA_MAX: "2" };
  replicas.push(await startAppProcess(github, { stateDirectory, environment }));
}
balancer.setTargets(replicas.map(({ url }) => url));
github.setWebhookUrl(`${balancer.url}/api/github/webhooks`);
const database = await openServer(postgres.url);

const files = Object.fromEntries(
  Array.from({ length: FILES }, (_, n) => [`apps/a${n}.yaml`, deployment("nginx:1.27", `a${n}`)]),
);
const repositories: Repository[] = [];
for (let n = 0; n < OWNERS; n++)
  repositories.push(await github.createRepository({ fullName: `acme-${n}/gitops`, files: { ...rules(), ...files } }));

const percentile = (values: readonly number[], share: number): string => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
};
const mib = (place: string): string => execFileSync("du", ["-sm", place], { encoding: "utf8" }).split("\t")[0] ?? "";

const all: number[] = [];
let inWindow: number[] = [];
const wrong: string[] = [];
let comments = 0;

async function printFigures(minute: number): Promise<void> {
  console.log(
    `${minute.toFixed(0).padStart(3)} min: ${all.length} pull requests, of which ${inWindow.length} since: p50 ${percentile(inWindow, 0.5)} ms, p99 ${percentile(inWindow, 0.99)} ms; load ${loadavg()[0]?.toFixed(1)}`,
  );
  inWindow = [];
  for (const [n, replica] of replicas.entries()) {
    const { own, all: tree } = memoryOf(replica.pid);
    const state = ["first", "second"][n] ?? "";
    const disk = ["mirrors", "compiled"]
      .filter((name) => existsSync(join(directory, state, name)))
      .map((name) => `${name} ${mib(join(directory, state, name))} MiB`);
    console.log(
      `  replica ${n + 1}: ${tree.toFixed(0)} MiB, of it the server ${own.toFixed(0)} MiB; ${disk.join(", ")}`,
    );
  }
  const [size] = await database.query<{ size: string }>("select pg_database_size(current_database()) as size");
  console.log(`  database: ${(Number(size?.size ?? 0) / 2 ** 20).toFixed(1)} MiB`);
  const rows = [...(await rowsOf(database))].toSorted((a, b) => b[1] - a[1]);
  console.log(`  rows: ${rows.map(([name, count]) => `${name.replace("portcullis.", "")} ${count}`).join(", ")}`);
}

/** The simulated GitHub remembers all; an hour of it is more than it needs. */
function forget(): void {
  const { calls, deliveries } = github.world;
  calls.splice(0, Math.max(0, calls.length - 1_000));
  deliveries.splice(0, Math.max(0, deliveries.length - 2_000));
}

interface InFlight {
  readonly pull: PullRequest;
  readonly bad: boolean;
  readonly began: number;
}
const inFlight = new Set<InFlight>();

/** What people do with a verdict, once it is read: they merge some, and close the others. */
async function end({ pull, bad }: InFlight, n: number): Promise<void> {
  const runs = github.runsOf(pull, "portcullis").filter(({ title }) => title !== "Superseded").length;
  if (runs !== 1 || pull.reviewComments.length > 1)
    wrong.push(`#${pull.number}: ${runs} runs, ${pull.reviewComments.length} comments`);
  comments += pull.reviewComments.length;
  if (!bad && n % 10 === 1) await github.merge(pull);
  else if (n % 20 !== 2) await github.closePull(pull);
}

const judged: InFlight[] = [];
let ended = 0;
let watching = true;
const watcher = (async () => {
  while (watching || inFlight.size > 0) {
    for (const one of inFlight) {
      const run = github.runsOf(one.pull, "portcullis").at(-1);
      if (run?.status !== "completed") continue;
      inFlight.delete(one);
      const took = performance.now() - one.began;
      all.push(took);
      inWindow.push(took);
      if ((run.conclusion === "failure") !== one.bad)
        wrong.push(`${run.headSha.slice(0, 8)}: ${run.conclusion}: ${run.title}`);
      judged.push(one);
    }
    while (judged.length > OPEN_WHEN_READ) {
      const [oldest] = judged.splice(0, 1);
      if (oldest !== undefined) await end(oldest, ended++);
    }
    await sleep(LOOK_MILLISECONDS);
  }
})();

console.log(
  `${pulls} pull requests in ${minutes} minutes, ${OWNERS} repositories of as many owners, load ${loadavg()[0]?.toFixed(1)}, ${availableParallelism()} cores, Node.js ${process.version}`,
);
await printFigures(0);
const began = performance.now();
const length = minutes * 60_000;
let window = 1;
let behind = 0;
for (let n = 0; n < pulls && performance.now() - began < length; n++) {
  const due = (n * length) / pulls;
  const early = due - (performance.now() - began);
  if (early > 0) await sleep(early);
  if (inFlight.size >= MOST_IN_FLIGHT) {
    behind++;
    while (inFlight.size >= MOST_IN_FLIGHT) await sleep(LOOK_MILLISECONDS);
  }
  const repository = repositories[n % OWNERS];
  if (repository === undefined) throw new Error("no repository");
  const bad = n % 10 === 0;
  const file = Math.floor(n / OWNERS) % FILES;
  const pull = await github.proposeFiles(repository, {
    [`apps/a${file}.yaml`]: deployment(bad ? "nginx:latest" : `nginx:1.${n + 28}`, `a${file}`),
  });
  inFlight.add({ pull, bad, began: performance.now() });
  if (n % 100 === 0) forget();
  if (performance.now() - began >= (window * length) / WINDOWS) await printFigures((window++ * minutes) / WINDOWS);
}
watching = false;
await watcher;
await github.settle();
const took = (performance.now() - began) / 60_000;
await until(
  async () =>
    (await database.query("select from portcullis.work where wanted > done and run_at <= now()")).length === 0,
  "the last work to be done",
  500,
);
await printFigures(took);
console.log(
  `${all.length} pull requests in ${took.toFixed(1)} minutes: p50 ${percentile(all, 0.5)} ms, p99 ${percentile(all, 0.99)} ms; ${behind} waited because ${MOST_IN_FLIGHT} were in flight; ${comments} comments`,
);
for (const line of wrong.slice(0, 20)) console.log(`wrong: ${line}`);
for (const violation of github.violations.slice(0, 10)) console.log(`violation: ${JSON.stringify(violation)}`);
if (wrong.length + github.violations.length > 0) process.exitCode = 1;
await database.close();
github.setWebhookUrl(undefined);
for (const replica of replicas) await replica.stop();
await balancer.close();
await github.close();
await postgres.stop();
await rm(directory, { recursive: true, force: true });
