import { parseArgs } from "node:util";
import { loadTarget, targetNames } from "./fuzz/list-targets.ts";
import { runCases } from "./fuzz/run-cases.ts";
import { defaultCacheDirectory } from "../src/rego/toolchain/cache-directory.ts";

// node dist/bench/fuzz.js [TARGET...] [--seconds N] [--seed N] [--from K] [--count N]: hostile input at random for each
// target, one after the other; prints executions, crashes and unlike verdicts, and exits 1 if there are any. --only K
// repeats one case.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "3600" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    count: { type: "string", default: "Infinity" },
    only: { type: "string" },
  },
});
const known = targetNames();
const unknown = positionals.find((name) => !known.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`no target ${unknown}; expected ${known.join(", ")}\n`);
  process.exit(2);
}
const seed = Number(values.seed);
const from = Number(values.only ?? values.from);
const count = values.only === undefined ? Number(values.count) : 1;
for (const name of positionals.length === 0 ? known : positionals) {
  const fuzzer = await (await loadTarget(name)).open(defaultCacheDirectory());
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1_000;
  const { executions, faults, ends, slowest } = await runCases(fuzzer, {
    seed,
    from,
    goesOn: (done) => done < count && seconds() < Number(values.seconds),
    onFault: ({ kind, index, message }) =>
      process.stderr.write(`${kind}: fuzz.js ${name} --seed ${seed} --only ${index}\n${message}\n`),
  });
  await fuzzer.close();
  const crashes = faults.filter(({ kind }) => kind === "crash").length;
  const held = Math.round(process.memoryUsage().rss / 2 ** 20);
  process.stdout.write(
    `${name}: seed ${seed}, ${executions} executions from ${from} in ${seconds().toFixed(0)} s, ` +
      `${crashes} crashes, ${faults.length - crashes} unlike verdicts\n` +
      `  slowest ${slowest.ms} ms of processor time (--only ${slowest.index}), ${held} MiB held at the end\n`,
  );
  for (const [end, times] of [...ends].toSorted(([, a], [, b]) => b - a)) process.stdout.write(`  ${times} ${end}\n`);
  if (faults.length > 0) process.exitCode = 1;
}
