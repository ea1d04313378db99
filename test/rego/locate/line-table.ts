import { readdirSync, readFileSync } from "node:fs";
import { createJudge } from "../../../src/rego/create-judge.ts";
import { placeOfDerivation, type Derivation } from "../../../src/rego/locate/trace.ts";
import type { Toolchain } from "../../../src/rego/toolchain/toolchain.ts";
import { locate } from "../../../src/manifest/locate.ts";
import { readManifests } from "../../../src/manifest/read-manifests.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import type { PolicyFile } from "../../../src/model/policy.ts";
import type { Violation } from "../../../src/model/violation.ts";

const folder = new URL("../../../../fixtures/lines/", import.meta.url);

/** One policy of fixtures/lines with its manifests and the lines that a person would point at. */
export interface LineCase {
  readonly name: string;
  readonly rego: string;
  readonly package: string;
  readonly text: string;
  /** How many findings belong to each marked line. */
  readonly marks: ReadonlyMap<number, number>;
}

/** What was found for one case. */
export interface LineResult {
  readonly found: ReadonlyMap<number, number>;
  readonly violations: readonly Violation[];
  readonly placed: readonly { readonly line: number; readonly precision: Violation["cause"]["precision"] }[];
  /** Messages for which the tracer names other places than the twins, and how many messages there are. */
  readonly disagreements: readonly string[];
  readonly messages: number;
}

export function readLineCases(): readonly LineCase[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".rego"));
  return files.map((file) => {
    const name = file.replace(/\.rego$/, "");
    const text = readFileSync(new URL(`${name}.yaml`, folder), "utf8");
    const marks = new Map<number, number>();
    text.split("\n").forEach((line, i) => {
      const mark = /# <- (\d+)/.exec(line)?.[1];
      if (mark !== undefined) marks.set(i + 1, Number(mark));
    });
    const rego = readFileSync(new URL(file, folder), "utf8");
    return { name, rego, package: `lines.${name.replaceAll(/[^a-z0-9]/g, "_")}`, text, marks };
  });
}

/** All policies of the table as one set: each in a package of its own, so that compiling is paid for once. */
function policyFiles(cases: readonly LineCase[]): readonly PolicyFile[] {
  const library = readFileSync(new URL("lib/workload.rego", folder), "utf8");
  return [
    { path: "lib/workload.rego", text: library },
    ...cases.map((one) => ({
      path: `${one.name}.rego`,
      text: one.rego.replace(/^package main$/m, `package ${one.package}`),
    })),
  ];
}

/** Judges the manifests of every case. A problem of any kind is thrown: the table must be judged whole. */
export async function judgeLineCases(
  toolchain: Toolchain,
  cases: readonly LineCase[],
): Promise<ReadonlyMap<string, LineResult>> {
  const files = policyFiles(cases);
  const namespaces = cases.map((one) => one.package);
  const judge = await createJudge(
    { files, data: [], namespaces, regoVersion: "v0" },
    { toolchain, now: "2026-02-03T04:05:06Z", deadlineMs: 60_000, memoryLimitMiB: 128 },
  );
  if (judge.problems.length > 0) throw new Error(JSON.stringify(judge.problems));
  const results = new Map<string, LineResult>();
  for (const one of cases) {
    const manifests = manifestsOf(one);
    const judgements = await judge.judge(manifests.map((manifest) => ({ manifest, operation: "CREATE" as const })));
    const problems = judgements.flatMap((judgement) => judgement.problems);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    const own = judgements.map((judgement) => judgement.violations.filter(({ policy }) => policy === one.package));
    const found = new Map<number, number>();
    const placed: { line: number; precision: Violation["cause"]["precision"] }[] = [];
    own.forEach((violations, i) => {
      for (const { cause } of violations) {
        const line =
          locate(one.text, manifests[i]!.position.document, cause.pointer)?.line ?? manifests[i]!.position.line;
        found.set(line, (found.get(line) ?? 0) + 1);
        placed.push({ line, precision: cause.precision });
      }
    });
    results.set(one.name, {
      found,
      placed,
      violations: own.flat(),
      ...(await compareWithTracer(toolchain, files, one, manifests, own)),
    });
  }
  await judge.close();
  return results;
}

function manifestsOf(one: LineCase): readonly Manifest[] {
  const reading = readManifests(`${one.name}.yaml`, new TextEncoder().encode(one.text));
  if (reading.problems.length > 0) throw new Error(JSON.stringify(reading.problems));
  return reading.manifests;
}

async function compareWithTracer(
  toolchain: Toolchain,
  files: readonly PolicyFile[],
  one: LineCase,
  manifests: readonly Manifest[],
  violations: readonly (readonly Violation[])[],
): Promise<{ readonly disagreements: readonly string[]; readonly messages: number }> {
  const rules = [...new Set(violations.flat().map(({ rule }) => rule))];
  const outcome = await toolchain.trace({
    modules: files
      .filter(({ path }) => path === `${one.name}.rego` || path.startsWith("lib/"))
      .map(({ path, text }) => ({ path, text, regoVersion: text.includes("import rego.v1") ? "v1" : "v0" })),
    queries: rules.map((rule) => `data.${one.package}.${rule}`),
    inputs: manifests.map(({ value }) => value),
  });
  if (outcome.kind === "failed") throw new Error(outcome.message);
  const disagreements: string[] = [];
  let messages = 0;
  manifests.forEach(({ value }, i) => {
    const derivations = (outcome.answer.traces[i] ?? []) as unknown as readonly Derivation[];
    const traced = groupPlaces(
      derivations.map((d) => [`${rules[d.rule]} ${messageOf(d.message)}`, placeOfDerivation(value, d) ?? ""]),
    );
    const twins = groupPlaces(violations[i]!.map((v) => [`${v.rule} ${v.message}`, v.cause.pointer]));
    for (const [key, places] of twins) {
      messages += 1;
      const others = traced.get(key) ?? "not traced";
      if (others !== places) disagreements.push(`${one.name}: ${key}: twins ${places}, tracer ${others}`);
    }
  });
  return { disagreements, messages };
}

function messageOf(message: Derivation["message"]): string {
  if (typeof message === "string") return message;
  const { msg } = message as { readonly msg?: string };
  return msg ?? JSON.stringify(message);
}

function groupPlaces(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  const groups = new Map<string, Set<string>>();
  for (const [key, place] of pairs) groups.set(key, (groups.get(key) ?? new Set()).add(place));
  return new Map([...groups].map(([key, places]) => [key, [...places].toSorted().join(" ")]));
}
