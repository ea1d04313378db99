import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Command, median, peakOf, timeOf } from "./measure.ts";
import { writeCorpus } from "./write-corpus.ts";
import { writePolicies } from "./write-policies.ts";

// node dist/bench/cli.js [--runs N] [--policies N] [--threads N] [--no-schemas] [--json] [COUNT…]: whole processes, ours and
// conftest in turns, on the same policies and manifests. "Anew" judges with --no-cache, "again" finds the judgements of the
// run before. Both compile no policies: ours has them compiled by the run that warms up.

const root = join(import.meta.dirname, "../..");
const { values, positionals } = readOptions();
const runs = values.runs === undefined ? undefined : Number(values.runs);
const asked = positionals.map(Number);
const policyCount = Number(values.policies);
if ([...asked, runs ?? 1, policyCount].some((value) => !(value >= 1))) usage();
const scratch = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
const policies = join(scratch, "policies");
writePolicies(policies, policyCount);
const counts = [10, 100, 1_000, 10_000];
const rows: object[] = [];

const conftest = versionOf("conftest", ["--version"], /Conftest: \S+\s+(OPA: \S+)/);
const load = loadavg()[0]?.toFixed(1);
say(`Node.js ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown"}, load ${load}`);
say(conftest === undefined ? "conftest was not found: no comparison" : `conftest with ${conftest}`);
const node = { name: "node", program: process.execPath, args: ["-e", "0"], exits: [0] };
say(`Node.js alone: ${ms(median(Array.from({ length: 11 }, () => timeOf(node))))}\n`);
say(`${policyCount} policies, ${values["no-schemas"] ? "without" : "with"} schemas\n`);
say(
  "| manifests | anew | again | conftest | conftest / anew | conftest / again | peak anew | again | conftest's | pairs |",
);
say("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
try {
  for (const count of asked.length > 0 ? asked : counts) await compare(count);
} finally {
  rmSync(scratch, { recursive: true });
}
if (values.json) {
  const machine = {
    node: process.version,
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    load,
  };
  const setting = { policies: policyCount, schemas: !values["no-schemas"], threads: values.threads ?? "default" };
  process.stdout.write(`${JSON.stringify({ machine, conftest, setting, rows }, null, 2)}\n`);
}

async function compare(count: number): Promise<void> {
  const directory = join(scratch, `corpus-${count}`);
  writeCorpus(directory, count);
  const commands = { anew: portcullis(directory, "--no-cache"), again: portcullis(directory) };
  const theirs = conftest === undefined ? undefined : conftestOn(directory);
  const all = [...Object.values(commands), ...(theirs === undefined ? [] : [theirs])];
  for (const one of all) timeOf(one);
  const pairs = runs ?? (count >= 10_000 ? 5 : count >= 1_000 ? 9 : 15);
  // In turns, so that whatever else the machine does falls on all.
  const times = Array.from({ length: pairs }, () => ({
    anew: timeOf(commands.anew),
    again: timeOf(commands.again),
    theirs: theirs === undefined ? Number.NaN : timeOf(theirs),
  }));
  const row = {
    manifests: count,
    anewMs: median(times.map(({ anew }) => anew)),
    againMs: median(times.map(({ again }) => again)),
    conftestMs: median(times.map((one) => one.theirs)),
    conftestToAnew: median(times.map((one) => one.theirs / one.anew)),
    conftestToAgain: median(times.map((one) => one.theirs / one.again)),
    anewMib: await peakOf(commands.anew),
    againMib: await peakOf(commands.again),
    conftestMib: theirs === undefined ? undefined : await peakOf(theirs),
    pairs,
  };
  rows.push(row);
  const cells = [
    count.toLocaleString("en"),
    ms(row.anewMs),
    ms(row.againMs),
    ms(row.conftestMs),
    row.conftestToAnew.toFixed(2),
    row.conftestToAgain.toFixed(2),
    mib(row.anewMib),
    mib(row.againMib),
    mib(row.conftestMib),
    pairs,
  ];
  say(`| ${cells.join(" | ")} |`);
  rmSync(directory, { recursive: true });
}

function portcullis(directory: string, ...options: readonly string[]): Command {
  const main = join(root, "dist/src/cli/main.cjs");
  const others = [
    ...(values.threads === undefined ? [] : ["--threads", values.threads]),
    ...(values["no-schemas"] ? ["--no-schemas"] : []),
  ];
  return {
    name: "portcullis",
    program: process.execPath,
    args: [main, "check", directory, "-p", policies, ...options, ...others],
    exits: [0, 1],
  };
}

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        runs: { type: "string" },
        policies: { type: "string", default: "20" },
        threads: { type: "string" },
        "no-schemas": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
  } catch {
    return usage();
  }
}

function usage(): never {
  process.stderr.write(
    "usage: node dist/bench/cli.js [--runs N] [--policies N] [--threads N] [--no-schemas] [--json] [COUNT…]\n",
  );
  process.exit(2);
}

function conftestOn(directory: string): Command {
  return { name: "conftest", program: "conftest", args: ["test", directory, "-p", policies], exits: [0, 1] };
}

function versionOf(program: string, options: readonly string[], pattern: RegExp): string | undefined {
  const { stdout } = spawnSync(program, options, { encoding: "utf8" });
  return pattern.exec(stdout ?? "")?.[1];
}

function ms(value: number): string {
  if (Number.isNaN(value)) return "";
  return value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(2)} s`;
}

function mib(value: number | undefined): string {
  return value === undefined ? "" : `${value.toFixed(0)} MiB`;
}

function say(line: string): void {
  (values.json ? process.stderr : process.stdout).write(`${line}\n`);
}
