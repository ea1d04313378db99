import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ImportGraph, type Reaching, filesBelow } from "./mutation/import-graph.ts";
import { type Mutant, mutantsOf } from "./mutation/mutants.ts";
import { type Outcome, runTests } from "./mutation/run-tests.ts";
import { Sandbox } from "./mutation/sandbox.ts";

// node dist/bench/mutation.js ROOM: puts small faults into the built modules of a room, one at a time, and tells which
// of them the tests miss. Each mutant meets the tests that reach its module through imports, nearest first, until one
// fails. Those that start the command line run its bundle, made anew with the mutant in it.

const usage = `usage: node dist/bench/mutation.js ROOM [options]

Put small faults into the built modules of a room (src/ROOM), one at a time, and list those that no test catches.
ROOM may name a folder or a module below it: gate/placing, manifest/compose.

  --count N     mutants to try (default 30)
  --seed N      picks the mutants (default 1); the same tree and seed pick the same
  --tests N     test files per mutant, nearest first (default 8)
  --limit S     seconds that a mutant's tests may take; a timeout counts as caught (default 240)
  --only N,…    of the mutants picked, only those with these numbers
  --except RE   leave out test files whose path matches
  --unchecked   do not run the tests without a mutant first
  --list        print the mutants and their tests, run nothing

Runs in a build of its own; the tree and its dist/ stay as they are. A failing test without a mutant ends the run with
exit code 2. Survivors: exit code 1.
`;

const firstBatch = 3;
/** Tests that build the tree anew, without the mutant. */
const rebuilding = /^dist\/test\/package\//;
const words = { failed: "caught", timeout: "timeout", passed: "SURVIVED" };
const say = (text: string): void => void process.stdout.write(`${text}\n`);

process.exitCode = await main();

async function main(): Promise<number> {
  const asked = readArguments();
  if (typeof asked === "number") return asked;
  const sandbox = new Sandbox(join(import.meta.dirname, "../.."));
  process.once("exit", () => sandbox.remove());
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(2));

  const room = join(sandbox.dist, "src", asked.room);
  const modules = filesBelow(join(sandbox.dist, "src")).filter(
    (file) => file.endsWith(".js") && (file.startsWith(`${room}/`) || file === `${room}.js`),
  );
  const mutants = modules.flatMap((file) => mutantsOf(file, readFileSync(file, "utf8")));
  if (mutants.length === 0) {
    process.stderr.write(`no mutants in src/${asked.room}\n`);
    return 2;
  }
  const picked = pick(mutants, asked.count, asked.seed);
  const graph = new ImportGraph(sandbox.dist, sandbox.bundles);
  const testsFor = ({ file }: Mutant): readonly Reaching[] =>
    graph
      .testsReaching(file)
      .filter(({ test }) => !rebuilding.test(sandbox.relative(test)))
      .filter(({ test }) => asked.except?.test(sandbox.relative(test)) !== true)
      .slice(0, asked.tests);
  const planned = picked
    .map((mutant, i) => ({ number: i + 1, mutant, tests: testsFor(mutant) }))
    .filter(({ number }) => asked.only.length === 0 || asked.only.includes(number));
  say(`${mutants.length} mutants in ${modules.length} modules of src/${asked.room}; trying ${planned.length}`);
  if (asked.list) {
    for (const { number, mutant, tests } of planned) {
      say(`${number}. ${describe(sandbox, mutant)}`);
      for (const { test, distance } of tests) say(`     ${distance}  ${sandbox.relative(test)}`);
    }
    return 0;
  }

  await sandbox.bundle();
  const needed = new Set(planned.flatMap(({ tests }) => tests.map(({ test }) => test)));
  say(`${needed.size} test files${asked.unchecked ? "" : "; first without a mutant"}`);
  const clean = asked.unchecked ? undefined : await runTests(sandbox.root, [...needed], asked.limit * 10);
  if (clean !== undefined && clean.kind !== "passed") {
    process.stderr.write(`${clean.kind === "failed" ? clean.output : "timeout"}\nthe tests fail without a mutant\n`);
    return 2;
  }

  const counts = { failed: 0, timeout: 0, passed: 0 };
  const survivors: string[] = [];
  for (const { number, mutant, tests } of planned) {
    const line = `${number}. ${describe(sandbox, mutant)}`;
    const outcome = await attempt(sandbox, mutant, tests, asked.limit);
    counts[outcome.kind]++;
    say(
      `${words[outcome.kind].padEnd(8)}  ${line}${outcome.kind === "failed" ? `\n            by: ${outcome.first}` : ""}`,
    );
    if (outcome.kind === "passed") survivors.push(line);
  }
  const caught = counts.failed + counts.timeout;
  say(`\n| room | mutants | caught | of these by timeout | survived | caught of all |\n|---|--:|--:|--:|--:|--:|`);
  const share = `${Math.round((caught / planned.length) * 100)} %`;
  say(`| ${[asked.room, planned.length, caught, counts.timeout, counts.passed, share].join(" | ")} |`);
  if (survivors.length > 0) say(`\nSurvivors:\n${survivors.join("\n")}`);
  return survivors.length > 0 ? 1 : 0;
}

async function attempt(sandbox: Sandbox, mutant: Mutant, tests: readonly Reaching[], limit: number): Promise<Outcome> {
  const restore = sandbox.apply(mutant);
  const bundled = tests.some((test) => test.bundled);
  try {
    if (bundled) await sandbox.bundle();
    for (const batch of [tests.slice(0, firstBatch), tests.slice(firstBatch)]) {
      if (batch.length === 0) continue;
      const paths = batch.map(({ test }) => test);
      const outcome = await runTests(sandbox.root, paths, limit);
      if (outcome.kind !== "passed") return outcome;
    }
    return { kind: "passed" };
  } finally {
    restore();
    if (bundled) await sandbox.bundle();
  }
}

/** `count` of the mutants, no two on one line, in the order of the tree. */
function pick(mutants: readonly Mutant[], count: number, seed: number): readonly Mutant[] {
  const random = generator(seed);
  const order = mutants.map((mutant) => ({ mutant, at: random() })).toSorted((a, b) => a.at - b.at);
  const lines = new Set<string>();
  const picked = new Set<Mutant>();
  for (const { mutant } of order) {
    const line = `${mutant.file}:${mutant.line}`;
    if (picked.size === count || lines.has(line)) continue;
    lines.add(line);
    picked.add(mutant);
  }
  return mutants.filter((mutant) => picked.has(mutant));
}

/** Numbers below 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

function describe(sandbox: Sandbox, mutant: Mutant): string {
  const text = readFileSync(mutant.file, "utf8");
  const short = (part: string): string => {
    const line = part.replaceAll(/\s+/g, " ").trim();
    return line.length > 90 ? `${line.slice(0, 87)}...` : line;
  };
  const change = `${short(text.slice(mutant.start, mutant.end))}  =>  ${short(mutant.replacement) || "(nothing)"}`;
  return `${sandbox.sourceOf(mutant)}  ${mutant.operator}:  ${change}`;
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        count: { type: "string", default: "30" },
        seed: { type: "string", default: "1" },
        tests: { type: "string", default: "8" },
        limit: { type: "string", default: "240" },
        only: { type: "string", default: "" },
        except: { type: "string" },
        unchecked: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [room, ...more] = positionals;
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    if (room === undefined || more.length > 0) throw new Error("expected one ROOM");
    const numbers = { count: +values.count, seed: +values.seed, tests: +values.tests, limit: +values.limit };
    const wrong = Object.entries(numbers).find(([, value]) => !Number.isInteger(value) || value < 1);
    if (wrong !== undefined) throw new Error(`--${wrong[0]} needs a whole number of at least 1`);
    return {
      room,
      ...numbers,
      except: values.except === undefined ? undefined : new RegExp(values.except),
      unchecked: values.unchecked,
      list: values.list,
      only: values.only.split(",").filter(Boolean).map(Number),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
}
