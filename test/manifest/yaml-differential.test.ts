import { expect, test } from "@jest/globals";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { compareFile, newTally, type Tally } from "./differential.ts";
import { createRandom, generateFile, mutate } from "./generate-yaml.ts";
import { buildOracle } from "./oracle.ts";

const oracle = await buildOracle();
const differential = oracle === undefined ? test.skip : test;
const SWEEP = Number(process.env["PORTCULLIS_SWEEP"] ?? 4000);
const SEED = Number(process.env["PORTCULLIS_SEED"] ?? 1);
const BATCH = 5000;

function report(name: string, tally: Tally): void {
  const { documents, equal, bothRefused, onlyOurs, different } = tally;
  const causes = [...tally.refused].sort((left, right) => right[1] - left[1]);
  const refused = causes.reduce((sum, [, count]) => sum + count, 0);
  const lines = [
    `${name}: ${documents} documents, ${equal} equal, ${different.length} different, ${bothRefused} refused by both, ${onlyOurs} accepted by us alone, ${refused} refused by us alone`,
  ];
  if (process.env["PORTCULLIS_SWEEP"] !== undefined) {
    for (const [cause, count] of causes)
      lines.push(`  ${count} × ${cause}\n      ${tally.examples.get(cause)?.slice(0, 200)}`);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

function sweep(name: string, count: number, make: (index: number) => Uint8Array): void {
  const tally = newTally();
  for (let done = 0; done < count; done += BATCH) {
    const files = Array.from({ length: Math.min(BATCH, count - done) }, (_, index) => make(done + index));
    const answers = oracle!(files);
    files.forEach((file, index) => compareFile(tally, file, answers[index]!));
  }
  report(name, tally);
  expect(tally.different.sort((left, right) => left.length - right.length).slice(0, 12)).toEqual([]);
}

differential("no generated document is read with another value than Kubernetes reads", () => {
  sweep("generated", SWEEP, (index) => generateFile(SEED * 1_000_003 + index));
});

differential("no mutated document of our fixtures is read with another value than Kubernetes reads", () => {
  const texts = yamlFiles(process.env["PORTCULLIS_YAML_DIR"] ?? "fixtures/yaml").map((path) =>
    readFileSync(path, "utf8"),
  );
  const short = texts.filter((text) => text.length < 6000);
  sweep("mutated", Math.ceil(SWEEP / 2), (index) => {
    const random = createRandom(SEED * 7_000_003 + index);
    return new TextEncoder().encode(mutate(random, random.pick(short), 1 + random.below(4)));
  });
});

differential("no file of our fixtures, or of PORTCULLIS_YAML_DIR, is read with another value", () => {
  const tally = newTally();
  const paths = yamlFiles(process.env["PORTCULLIS_YAML_DIR"] ?? "fixtures/yaml");
  const files = paths.map((path) => readFileSync(path));
  const answers = oracle!(files);
  files.forEach((file, index) => compareFile(tally, file, answers[index]!, `${paths[index]} `));
  report(`${paths.length} files`, tally);
  expect(tally.different).toEqual([]);
});

function yamlFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ya?ml|json)$/.test(name) && name !== "kubernetes-rows.json")
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}
