import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Question } from "../src/model/judge.ts";
import { createJudge, defaultLimits } from "../src/rego/create-judge.ts";
import { createToolchain } from "../src/rego/toolchain/toolchain.ts";
import { readFile, type FileReading } from "../src/render/files/read-file.ts";
import { corpus } from "./corpus.ts";
import { median } from "./measure.ts";

// node dist/bench/engine.js [COUNT]: microseconds for each manifest or finding, one pass after another in one process:
// the first is what a short run pays, the later ones what a server pays.

const count = Number(process.argv[2] ?? 1_000);
const passes = 8;
const policies = join(import.meta.dirname, "../../bench/policies");
const files = corpus(count, 1).map(({ path, text }) => ({ path, bytes: Buffer.from(text) }));
const toolchain = createToolchain();
const judge = await createJudge(
  {
    files: readdirSync(policies).map((path) => ({ path, text: readFileSync(join(policies, path), "utf8") })),
    data: [],
    regoVersion: "v1",
  },
  { toolchain, now: "2027-01-01T00:00:00Z", ...defaultLimits },
);

const micros: { readonly [step: string]: number[] } = { read: [], judge: [], locate: [] };
let findings = 0;
for (let pass = 0; pass < passes; pass++) {
  let readings: readonly FileReading[] = [];
  time("read", files.length, () => (readings = files.map(({ path, bytes }) => readFile(path, bytes))));
  const asked = readings.flatMap((reading) => reading.manifests.map((manifest) => ({ reading, manifest })));
  const questions: readonly Question[] = asked.map(({ manifest }) => ({ manifest, operation: "CREATE" }));
  const start = performance.now();
  const judgements = await judge.judge(questions);
  micros["judge"]?.push(((performance.now() - start) * 1_000) / questions.length);
  findings = judgements.reduce((sum, { violations }) => sum + violations.length, 0);
  time("locate", findings, () => {
    judgements.forEach(({ violations }, i) => {
      const { reading, manifest } = asked[i] ?? {};
      if (reading === undefined || manifest === undefined) return;
      for (const { cause } of violations) reading.place(manifest.position, cause.pointer);
    });
  });
}
await judge.close();
toolchain.close();

process.stdout.write(`Node.js ${process.version}; ${count} manifests, ${findings} findings\n\n`);
process.stdout.write("| step | unit | first pass | later passes (median) |\n|--|--|--:|--:|\n");
const units: { readonly [step: string]: string } = {
  read: "µs a manifest: bytes to value",
  judge: "µs a manifest: all policies, and what each finding rests on",
  locate: "µs a finding: line and column",
};
for (const [step, [first = Number.NaN, ...later]] of Object.entries(micros)) {
  process.stdout.write(`| ${step} | ${units[step]} | ${first.toFixed(0)} | ${median(later).toFixed(0)} |\n`);
}

function time(step: "read" | "locate", of: number, run: () => void): void {
  const start = performance.now();
  run();
  micros[step]?.push(((performance.now() - start) * 1_000) / of);
}
