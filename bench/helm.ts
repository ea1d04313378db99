// Renders charts with the module that ships and with native Helm, side by side:
//   node dist/bench/helm.js HELM ORACLE CHART...
// HELM: Helm's own program; ORACLE: toolchain/helm-oracle built with Go; CHART: a directory.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import type { HelmRequest } from "../src/model/renderer.ts";
import { createRenderer } from "../src/renderers/create-renderer.ts";
import { median, timeOf } from "./measure.ts";

const [helm = "", oracle = "", ...charts] = process.argv.slice(2);
const rounds = 5;
const times = 10;

function requestOf(chart: string): HelmRequest {
  const files = readdirSync(chart, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return {
    chart: new Map(files.map((file) => [relative(chart, file), readFileSync(file)])),
    releaseName: "web",
    namespace: "default",
    values: [],
    includeCrds: true,
  };
}

/** Milliseconds of one render, where `processes` render at once. */
async function oursOf(request: HelmRequest, renderer: ReturnType<typeof createRenderer>): Promise<number> {
  const start = performance.now();
  const outcomes = await Promise.all(Array.from({ length: times }, () => renderer.helm(request)));
  const failed = outcomes.find(({ kind }) => kind !== "rendered");
  if (failed !== undefined) throw new Error("message" in failed ? failed.message : "not rendered");
  return (performance.now() - start) / times;
}

function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) / 1024;
}

const cacheDir = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
const one = createRenderer({ cacheDir, processes: 1 });
const two = createRenderer({ cacheDir, processes: 2 });
console.log(
  "| chart | ours, ms | two processes | `helm template` | Helm in a loop | our memory, MiB |\n|---|---|---|---|---|---|",
);
for (const chart of charts) {
  const request = requestOf(chart);
  const runs = { one: [] as number[], two: [] as number[], exec: [] as number[], loop: [] as number[] };
  await Promise.all([one.helm(request), ...Array.from({ length: 4 }, () => two.helm(request))]);
  for (let round = 0; round < rounds; round++) {
    runs.one.push(await oursOf(request, one));
    runs.two.push(await oursOf(request, two));
    const args = ["template", "web", chart, "--namespace", "default", "--include-crds"];
    runs.exec.push(timeOf({ name: "helm", program: helm, args, exits: [0] }));
    runs.loop.push(Number(spawnSync(oracle, [String(times), chart], { encoding: "utf8" }).stdout) / times);
  }
  const shown = Object.values(runs).map((run) => median(run).toFixed(1));
  const memory = Math.max(...one.pids().map(residentMiB)).toFixed(0);
  console.log(`| ${basename(chart)} | ${shown.join(" | ")} | ${memory} |`);
}
one.close();
two.close();
rmSync(cacheDir, { recursive: true, force: true });
