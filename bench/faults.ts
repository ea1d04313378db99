// What is lost and what is doubled when something fails under load: `node dist/bench/faults.js [FAULT…] [--scale N]
// [--real-time] [--old DIR]`. Prints a table; exit code 1 unless nothing was lost, doubled or wrong. Outages are shortened
// unless `--real-time` is given. Everything runs on loopback; nothing is left behind.
import { loadavg, availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { clockJumps, storeClockJumps } from "./faults/clock.ts";
import { startCluster } from "./faults/cluster.ts";
import { diskFull, storeDiskFull } from "./faults/disk.ts";
import type { Extent, Fault } from "./faults/fault.ts";
import { githubDown } from "./faults/github-down.ts";
import { kills } from "./faults/kills.ts";
import { mirrorDamaged } from "./faults/mirror.ts";
import { storeDown, storeFrozen } from "./faults/store.ts";
import { allRight, startTraffic, tally, type Tally } from "./faults/traffic.ts";
import { upgrade } from "./faults/upgrade.ts";

const FAULTS: Readonly<Record<string, Fault>> = {
  kills,
  upgrade,
  "store-down": storeDown,
  "store-frozen": storeFrozen,
  disk: diskFull,
  "store-disk": storeDiskFull,
  mirror: mirrorDamaged,
  "github-down": githubDown,
  clock: clockJumps,
  "store-clock": storeClockJumps,
};
/** Longer than every pause between attempts that may follow a fault. */
const PATIENCE_SECONDS = 400;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: "string", default: "1" },
    "real-time": { type: "boolean", default: false },
    old: { type: "string" },
  },
});
const extent: Extent = {
  scale: Number(values.scale),
  realTime: values["real-time"],
  ...(values.old === undefined ? {} : { old: values.old }),
};
const wanted = positionals.length === 0 ? Object.keys(FAULTS) : positionals;
for (const name of wanted)
  if (FAULTS[name] === undefined) throw new Error(`no fault ${name}: ${Object.keys(FAULTS).join(", ")}`);

interface Row extends Tally {
  readonly title: string;
  readonly seconds: number;
}

async function play(fault: Fault): Promise<Row> {
  const prepared = await fault.prepare?.(extent);
  const cluster = await startCluster({ realTime: extent.realTime, ...prepared?.options });
  try {
    const traffic = startTraffic(cluster);
    await fault.run(cluster, traffic, extent);
    const over = performance.now();
    const rightAfter = async (): Promise<number> => {
      while (!allRight(cluster, traffic) && performance.now() - over < PATIENCE_SECONDS * 1_000) await sleep(100);
      return (performance.now() - over) / 1_000;
    };
    const seconds = await rightAfter();
    // What would come twice comes now, and what another version judges again.
    await sleep(10_000);
    await cluster.github.settle();
    await rightAfter();
    if (!allRight(cluster, traffic)) await cluster.printState();
    for (const violation of cluster.github.violations.slice(0, 5))
      console.error(`violation: ${JSON.stringify(violation)}`);
    return { title: fault.title, seconds, ...tally(cluster, traffic) };
  } finally {
    await cluster.close();
    await prepared?.undo();
  }
}

console.log(
  `load ${loadavg()[0]?.toFixed(1)}, ${availableParallelism()} cores, Node.js ${process.version}; outages ${extent.realTime ? "last as long as they say" : "are shortened"}`,
);
console.log(
  "| fault | deliveries | heads | verdicts lost | doubled | wrong | refused for a while | recovered after |\n|---|--:|--:|--:|--:|--:|--:|--:|",
);
for (const name of wanted) {
  const fault = FAULTS[name];
  const reason = fault?.unavailable?.(extent);
  if (fault === undefined || reason !== undefined) {
    console.log(`| ${fault?.title} | not run: ${reason} |`);
    continue;
  }
  const { title, deliveries, heads, lost, doubled, wrong, refused, seconds } = await play(fault);
  console.log(
    `| ${title} | ${deliveries} | ${heads} | ${lost.length} | ${doubled.length} | ${wrong.length} | ${refused} | ${seconds.toFixed(0)} s |`,
  );
  for (const line of [...lost, ...doubled, ...wrong].slice(0, 20)) console.error(`  ${name}: ${line}`);
  if (lost.length + doubled.length + wrong.length > 0) process.exitCode = 1;
}
