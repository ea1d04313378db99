import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, median, peakOf, timeOf } from "./measure.ts";
import { writeCorpus } from "./write-corpus.ts";

// node dist/bench/cli.js [--runs N] [COUNT…]: whole processes, ours and conftest in turns, on the same policies and
// manifests. Both compile nothing twice: ours has its policies compiled by the run that warms up.

const root = join(import.meta.dirname, "../..");
const policies = join(root, "bench/policies");
const counts = [10, 100, 1_000, 10_000];

const args = process.argv.slice(2);
const runsAt = args.indexOf("--runs");
const runs = runsAt === -1 ? undefined : Number(args[runsAt + 1]);
const asked = args.filter((_, i) => runsAt === -1 || (i !== runsAt && i !== runsAt + 1)).map(Number);
if ([...asked, runs ?? 1].some((value) => !(value >= 1))) {
  process.stderr.write("usage: node dist/bench/cli.js [--runs N] [COUNT…]\n");
  process.exit(2);
}

const conftest = versionOf("conftest", ["--version"], /Conftest: \S+\s+(OPA: \S+)/);
const load = loadavg()[0]?.toFixed(1);
say(`Node.js ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown"}, load ${load}`);
say(conftest === undefined ? "conftest was not found: no comparison" : `conftest with ${conftest}`);
const node = { name: "node", program: process.execPath, args: ["-e", "0"], exits: [0] };
say(`Node.js alone: ${ms(median(Array.from({ length: 11 }, () => timeOf(node))))}\n`);
say("| manifests | portcullis | conftest | ratio (median of pairs) | peak memory | conftest's | pairs |");
say("|--:|--:|--:|--:|--:|--:|--:|");
for (const count of asked.length > 0 ? asked : counts) await compare(count);

async function compare(count: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
  try {
    writeCorpus(directory, count);
    const ours = portcullis(directory);
    const theirs = conftest === undefined ? undefined : conftestOn(directory);
    timeOf(ours);
    if (theirs !== undefined) timeOf(theirs);
    const pairs = runs ?? (count >= 10_000 ? 5 : count >= 1_000 ? 9 : 15);
    const times: { readonly ours: number; readonly theirs: number }[] = [];
    // In turns, so that whatever else the machine does falls on both.
    for (let pair = 0; pair < pairs; pair++)
      times.push({ ours: timeOf(ours), theirs: theirs === undefined ? Number.NaN : timeOf(theirs) });
    const ratio = median(times.map((pair) => pair.ours / pair.theirs));
    const cells = [
      count.toLocaleString("en"),
      ms(median(times.map((pair) => pair.ours))),
      theirs === undefined ? "" : ms(median(times.map((pair) => pair.theirs))),
      theirs === undefined ? "" : ratio < 1 ? `${(1 / ratio).toFixed(2)}× faster` : `${ratio.toFixed(2)}× slower`,
      mib(await peakOf(ours)),
      theirs === undefined ? "" : mib(await peakOf(theirs)),
      pairs,
    ];
    say(`| ${cells.join(" | ")} |`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function portcullis(directory: string): Command {
  const main = join(root, "dist/src/cli/main.cjs");
  return {
    name: "portcullis",
    program: process.execPath,
    args: [main, "check", directory, "-p", policies],
    exits: [0, 1],
  };
}

function conftestOn(directory: string): Command {
  return { name: "conftest", program: "conftest", args: ["test", directory, "-p", policies], exits: [0, 1] };
}

function versionOf(program: string, options: readonly string[], pattern: RegExp): string | undefined {
  const { stdout } = spawnSync(program, options, { encoding: "utf8" });
  return pattern.exec(stdout ?? "")?.[1];
}

function ms(value: number): string {
  return value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(2)} s`;
}

function mib(value: number | undefined): string {
  return value === undefined ? "" : `${value.toFixed(0)} MiB`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
