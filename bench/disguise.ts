import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { createGenerator, type Outcome } from "./disguise/judge.ts";
import { defaultCacheDirectory } from "../src/rego/toolchain/cache-directory.ts";
import type { Files } from "./disguise/delivery.ts";

// node dist/bench/disguise.js [--seed N] [--count N] [--from K] [--harmless]: pull requests at random whose violation reaches
// a cluster in disguise, judged by the engine; none may pass in silence. With --harmless the same disguises without a
// violation. --only K judges one and shows it; --write DIRECTORY writes its trees.

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "200" },
    from: { type: "string", default: "0" },
    only: { type: "string" },
    harmless: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    write: { type: "string" },
  },
});
const seed = Number(values.seed);
const from = Number(values.only ?? values.from);
const count = values.only === undefined ? Number(values.count) : 1;
const generator = await createGenerator(defaultCacheDirectory());
const start = performance.now();
const counts = { judged: 0, sampled: 0, reaching: 0, passed: 0, finding: 0, danger: 0, problem: 0 };
const byDisguise = new Map<string, { judged: number; wrong: number }>();
const causes = new Map<string, number>();
const wrong: string[] = [];
for (let index = from; index < from + count; index += 1) {
  const outcome = await generator.run(seed, index, { harmless: values.harmless });
  record(index, outcome);
  if (values.only !== undefined) show(outcome);
  if (index % 100 === 99) process.stderr.write(`${index + 1 - from} judged, ${wrong.length} passed in silence\n`);
}
await generator.close();
summarize();

function record(index: number, { pull, reaches, report, ended }: Outcome): void {
  counts.judged += 1;
  if (reaches !== undefined && (ended !== "passed" || values.harmless)) {
    counts.sampled += 1;
    if (reaches) counts.reaching += 1;
  }
  const isWrong = values.harmless ? ended !== "passed" && reaches !== true : ended === "passed" && reaches === true;
  counts[ended] += 1;
  for (const name of pull.disguises) {
    const row = byDisguise.get(name) ?? { judged: 0, wrong: 0 };
    row.judged += 1;
    if (isWrong) row.wrong += 1;
    byDisguise.set(name, row);
  }
  if (!isWrong) return;
  const what = `${pull.repository.tool}/${pull.carrier}/${pull.deed}: ${pull.disguises.join(", ")}`;
  wrong.push(`--seed ${seed} --only ${index}${values.harmless ? " --harmless" : ""}  ${what}`);
  if (!values.harmless) {
    process.stderr.write(`${wrong.at(-1)}\n`);
    return;
  }
  const blocked = new Set([
    ...report.findings
      .filter(({ status, level }) => status === "introduced" && level === "deny")
      .map(({ policy, manifest }) => `${policy} of ${manifest.kind}`),
    ...report.problems.filter(({ status }) => status === "introduced").map(({ message }) => shape(message)),
  ]);
  for (const cause of blocked) causes.set(cause, (causes.get(cause) ?? 0) + 1);
}

/** A message without the names in it. */
function shape(message: string): string {
  return message
    .replaceAll(/\b[\w.-]+\/[\w./-]+/g, "PATH")
    .replaceAll(/"[^"]*"/g, '"…"')
    .slice(0, 140);
}

function show({ pull, reaches, report, ended }: Outcome): void {
  const { repository, head, deliveries, ...done } = pull;
  process.stdout.write(`${JSON.stringify({ ...done, tool: repository.tool, reaches, ended }, null, 1)}\n`);
  for (const one of new Set([...repository.deliveries, ...deliveries]))
    process.stdout.write(`${JSON.stringify(one)}\n`);
  for (const [path, file] of sorted(repository.files)) {
    if (head.get(path) === file) process.stdout.write(`=== ${path}\n${shown(file)}\n`);
    else process.stdout.write(`--- ${path}\n${shown(file)}\n`);
  }
  for (const [path, file] of sorted(head))
    if (repository.files.get(path) !== file) process.stdout.write(`+++ ${path}\n${shown(file)}\n`);
  for (const { policy, status, manifest, location, source } of report.findings)
    process.stdout.write(
      `finding ${status} ${policy} ${manifest.kind} ${manifest.name} ${location.path} ${source ?? "-"}\n`,
    );
  for (const { status, path, message } of report.problems)
    process.stdout.write(`problem ${status} ${path ?? ""} ${message}\n`);
  for (const { source, reason, touched } of report.gaps)
    process.stdout.write(`gap ${touched === true ? "touched " : ""}${source} ${reason}\n`);
  for (const { id, kind, manifests } of report.sources) process.stdout.write(`source ${kind} ${id} ${manifests}\n`);
  for (const { path, reason } of report.skipped) process.stdout.write(`skipped ${path} ${reason}\n`);
  if (values.write !== undefined) {
    write(join(values.write, "base"), repository.files);
    write(join(values.write, "head"), head);
  }
}

function sorted(files: Files) {
  return [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function shown(file: unknown): string {
  return typeof file === "string" ? (file.length > 3_000 ? `${file.slice(0, 3_000)}…` : file) : JSON.stringify(file);
}

function write(directory: string, files: Files): void {
  for (const [path, file] of files) {
    if (typeof file !== "string") continue;
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), file);
  }
}

function summarize(): void {
  const ms = (performance.now() - start) / Math.max(1, counts.judged);
  const kinds = [...byDisguise].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ seed, from, ...counts, ms, wrong, disguises: Object.fromEntries(kinds), causes: Object.fromEntries(causes) }, null, 1)}\n`,
    );
    return;
  }
  process.stdout.write(`seed ${seed}, ${counts.judged} pull requests from ${from}, ${ms.toFixed(0)} ms each\n`);
  process.stdout.write(
    values.harmless
      ? `harmless: ${counts.passed} pass, ${wrong.length} blocked wrongly, ${counts.reaching} blocked where a tool refuses them or content is elsewhere\n`
      : `${counts.finding} found, ${counts.danger} other findings, ${counts.problem} problems, ${counts.passed} passed, of which ${wrong.length} reach a cluster; of ${counts.sampled} others asked ${counts.reaching} do\n`,
  );
  for (const [name, row] of kinds) process.stdout.write(`| ${name} | ${row.judged} | ${row.wrong} |\n`);
  for (const [cause, times] of [...causes].toSorted(([, a], [, b]) => b - a).slice(0, 60))
    process.stdout.write(`${String(times).padStart(5)} ${cause}\n`);
  for (const line of wrong.slice(0, values.harmless ? 20 : 200)) process.stdout.write(`${line}\n`);
}
