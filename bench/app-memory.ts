// Memory and start of `portcullis serve` in a process of its own, on loopback against the simulated GitHub:
// `node dist/bench/app-memory.js [PULLS] [SECONDS]`. Reads /proc, so Linux only. PULLS pull requests one after another,
// then SECONDS without work; threads and processes that are let go by then are counted no more.
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { concluded } from "../test/support/app.ts";
import { startAppProcess, type AppProcess } from "../test/support/app-process.ts";
import { deployment, rules } from "../test/support/fleet.ts";
import { startGitHub } from "../test/support/github/server.ts";
import type { Repository } from "../test/support/github/state.ts";
import { memoryOf, processTree } from "./load/memory.ts";

const pulls = Number(process.argv[2] ?? 50);
const idleSeconds = Number(process.argv[3] ?? 150);
/** Of the server, from that of the bench: the image sets MALLOC_ARENA_MAX=2. */
const environment = Object.fromEntries(
  ["DATABASE_URL", "MALLOC_ARENA_MAX"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  }),
);
const pullsBetweenFigures = 50;
const pullsOfAnOwner = 250;

const watchMilliseconds = 200;

function print(label: string, app: AppProcess): void {
  const { own, all } = memoryOf(app.pid);
  const processes = processTree(app.pid).length;
  console.log(`  ${label.padEnd(48)} ${all.toFixed(0).padStart(5)} MiB in ${processes} (server ${own.toFixed(0)} MiB)`);
}

console.log(
  `load ${loadavg()[0]?.toFixed(1)}, Node.js ${process.version}, set: ${Object.keys(environment).join(", ") || "nothing"}`,
);
const github = await startGitHub();
const stateDirectory = await mkdtemp(join(tmpdir(), "portcullis-app-"));
const start = async (what: string): Promise<AppProcess> => {
  const began = performance.now();
  const app = await startAppProcess(github, { stateDirectory, environment });
  console.log(`  ${what}: ready after ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  return app;
};

const fresh = await start("an empty state directory");
await sleep(5_000);
print("idle after a first start", fresh);
await fresh.stop();

const app = await start("a state directory that exists");
await sleep(5_000);
print("idle after a start", app);

let most = 0;
const watching = setInterval(() => (most = Math.max(most, memoryOf(app.pid).all)), watchMilliseconds);
const files = Object.fromEntries(
  Array.from({ length: 10 }, (_, n) => [`apps/a${n}.yaml`, deployment("nginx:1.27", `a${n}`)]),
);
// GitHub lets one installation create 500 things an hour, so another one takes over in time.
const owned = (n: number): Promise<Repository> =>
  github.createRepository({ fullName: `acme-${n}/gitops`, files: { ...rules(), ...files } });
let repository = await owned(0);
for (let n = 0; n < pulls; n++) {
  if (n > 0 && n % pullsOfAnOwner === 0) repository = await owned(n / pullsOfAnOwner);
  const pull = await github.proposeFiles(repository, {
    [`apps/a${n % 10}.yaml`]: deployment(n % 10 === 0 ? "nginx:latest" : `nginx:1.${n + 28}`, `a${n % 10}`),
  });
  await concluded(github, pull);
  await github.settle();
  await github.closePull(pull);
  if (n === 0 || (n + 1) % pullsBetweenFigures === 0) {
    await sleep(5_000);
    print(`5 s after ${n + 1} pull requests`, app);
  }
}
clearInterval(watching);
console.log(`  ${"most until then".padEnd(48)} ${most.toFixed(0).padStart(5)} MiB`);
await sleep(idleSeconds * 1_000);
print(`${idleSeconds} s later`, app);
const exit = await app.stop();
await rm(stateDirectory, { recursive: true, force: true });
await github.close();
if (exit !== 0) throw new Error(`portcullis serve ended with ${exit}`);
