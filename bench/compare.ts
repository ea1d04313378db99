import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, relative, resolve } from "node:path";
import { spawnSync } from "node:child_process";
import { type Command, median, timeOf } from "./measure.ts";
import { writeCorpus } from "./write-corpus.ts";
import { writeOverlays } from "./write-overlays.ts";

// node dist/bench/compare.js BASE [--runs N] [--limit RATIO]: this build beside the one in the directory BASE, in turns, on
// the same manifests and policies. Prints JSON; exit code 1 where a case takes more than RATIO times as long (default 1.1).

interface Case {
  readonly name: string;
  readonly args: (build: Build) => readonly string[];
  /** What is deleted from the cache before each run. */
  readonly forgets?: readonly string[];
}

interface Build {
  readonly name: string;
  readonly directory: string;
  readonly cache: string;
}

const { base, runs, limit } = options(process.argv.slice(2));
const scratch = mkdtempSync(join(tmpdir(), "portcullis-compare-"));
const policies = join(import.meta.dirname, "../../bench/policies");
const directory = (name: string): string => {
  mkdirSync(join(scratch, name), { recursive: true });
  return join(scratch, name);
};
const corpora = new Map([10, 1_000].map((count) => [count, directory(`corpus-${count}`)]));
for (const [count, at] of corpora) writeCorpus(at, count);
const overlays = writeOverlays(directory("overlays"));

const check = (at: string) => (): readonly string[] => ["check", relative(scratch, at), "-p", policies];
const cases: readonly Case[] = [
  { name: "version", args: () => ["--version"] },
  ...[...corpora].flatMap(([count, at]): readonly Case[] => [
    { name: `check ${count} manifests`, args: check(at), forgets: ["judged"] },
    { name: `check ${count} manifests again`, args: check(at) },
  ]),
  { name: "check 65 Kustomize roots", args: check(overlays), forgets: ["judged", "rendered"] },
  { name: "check 65 Kustomize roots again", args: check(overlays) },
];

const builds = {
  base: { name: "base", directory: base, cache: directory("cache-base") },
  head: { name: "head", directory: resolve(import.meta.dirname, "../.."), cache: directory("cache-head") },
};
const results = cases.map((one) => {
  const times = { base: [] as number[], head: [] as number[] };
  const ratios: number[] = [];
  for (let run = -1; run < runs; run++) {
    const [before, after] = [timeIn(builds.base, one), timeIn(builds.head, one)];
    // The first pair compiles policies and unpacks modules.
    if (run < 0) continue;
    times.base.push(before);
    times.head.push(after);
    ratios.push(after / before);
  }
  return {
    case: one.name,
    baseMs: Math.round(median(times.base)),
    headMs: Math.round(median(times.head)),
    ratio: Number(median(ratios).toFixed(3)),
  };
});
rmSync(scratch, { recursive: true });
const slower = results.filter(({ ratio }) => ratio > limit).map((result) => result.case);
const machine = {
  node: process.version,
  processor: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  load: loadavg()[0],
};
process.stdout.write(
  `${JSON.stringify({ machine, commits: { base: commitOf(base), head: commitOf(builds.head.directory) }, runs, limit, results, slower }, null, 2)}\n`,
);
process.exitCode = slower.length > 0 ? 1 : 0;

function timeIn(build: Build, { args, forgets = [] }: Case): number {
  for (const name of forgets) rmSync(join(build.cache, name), { recursive: true, force: true });
  const command: Command = {
    name: build.name,
    program: process.execPath,
    args: [join(build.directory, "dist/src/cli/main.cjs"), ...args(build)],
    exits: [0, 1],
    cwd: scratch,
  };
  process.env["PORTCULLIS_CACHE_DIR"] = build.cache;
  return timeOf(command);
}

function commitOf(at: string): string {
  return spawnSync("git", ["-C", at, "rev-parse", "HEAD"], { encoding: "utf8" }).stdout.trim();
}

function options(args: readonly string[]) {
  const named = (name: string, preset: number): number => {
    const at = args.indexOf(name);
    return at === -1 ? preset : Number(args[at + 1]);
  };
  const result = { base: resolve(args[0] ?? ""), runs: named("--runs", 9), limit: named("--limit", 1.1) };
  if (args[0] === undefined || args[0].startsWith("-") || !(result.runs >= 1) || !(result.limit > 0)) {
    process.stderr.write("usage: node dist/bench/compare.js BASE [--runs N] [--limit RATIO]\n");
    process.exit(2);
  }
  return result;
}
