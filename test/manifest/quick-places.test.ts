import { expect, test } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { corpus } from "../../bench/corpus.ts";
import { DEFAULT_BUDGET } from "../../src/manifest/budget.ts";
import { decodeText } from "../../src/manifest/decode-text.ts";
import { eventLocatorOf, locatorOf } from "../../src/manifest/locate.ts";
import { quickPlaces } from "../../src/manifest/quick-document.ts";
import { readDocument } from "../../src/manifest/read-document.ts";
import { splitDocuments } from "../../src/manifest/split-documents.ts";
import type { Json, Pointer } from "../../src/model/json.ts";
import { createRandom, generateFile, mutate } from "./generate-yaml.ts";
import { below } from "../../src/manifest/pointer.ts";

const SWEEP = Number(process.env["PORTCULLIS_SWEEP"] ?? 2000);
const encoder = new TextEncoder();

/** A pointer to every value, and to one beyond each that is not there. */
function* pointersIn(value: Json, at: Pointer = ""): Generator<Pointer> {
  yield at;
  yield `${at}/0`;
  yield `${at}/no such~1key`;
  if (value === null || typeof value !== "object") return;
  for (const [key, child] of Object.entries(value)) yield* pointersIn(child as Json, below(at, key));
}

interface Tally {
  quick: number;
  pointers: number;
  readonly different: string[];
}

function compare(bytes: Uint8Array, tally: Tally): void {
  const decoded = decodeText(bytes, DEFAULT_BUDGET);
  if (decoded.kind !== "text") return;
  for (const document of splitDocuments(decoded.text)) {
    if (document.kind === "separator") return;
    const reading = readDocument("f.yaml", document, DEFAULT_BUDGET);
    if (reading.kind !== "value" || quickPlaces(document.text, DEFAULT_BUDGET.depth) === undefined) continue;
    tally.quick++;
    const [quick, full] = [locatorOf(document), eventLocatorOf(document)];
    for (const pointer of pointersIn(reading.value)) {
      tally.pointers++;
      const [own, expected] = [quick, full].map((locator) =>
        JSON.stringify([locator?.locate(pointer), locator?.locateDeepest(pointer)]),
      );
      if (own !== expected) tally.different.push(`${pointer}: ${own}, expected ${expected} in\n${document.text}`);
    }
  }
}

const fixtures = readdirSync("fixtures/yaml", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => readFileSync(join("fixtures/yaml", name), "utf8"))
  .filter((text) => text.length < 6000);

const manifests = corpus(500, 3).map(({ text }) => text);

test.each([
  { name: "generated files", count: SWEEP, make: (index: number) => generateFile(2_000_003 + index) },
  { name: "manifests", count: manifests.length, make: (index: number) => encoder.encode(manifests[index]) },
  {
    name: "mutated fixtures and manifests",
    count: SWEEP,
    make: (index: number) => {
      const random = createRandom(9_000_011 + index);
      return encoder.encode(mutate(random, random.pick([...fixtures, ...manifests]), 1 + random.below(4)));
    },
  },
])("the quick reader's places are those of the full reader: $name", ({ name, count, make }) => {
  const tally: Tally = { quick: 0, pointers: 0, different: [] };
  for (let index = 0; index < count; index++) compare(make(index), tally);
  process.stdout.write(`${name}: ${tally.pointers} pointers into ${tally.quick} documents\n`);
  expect(tally.different.sort((a, b) => a.length - b.length).slice(0, 3)).toEqual([]);
  expect(tally.quick).toBeGreaterThan(count / 20);
});

test.each([
  { name: "items that are nothing but a dash", text: "a:\n-\n- x: 1\n-\nb:\n  -\n" },
  { name: "a literal whose lines look like comments", text: "a: |\n  # one\n\n  # two\n\n# three\nb: 1\n" },
  { name: "a value that is missing", text: "a:\n# none\nb:\n" },
  { name: "flow collections", text: "a: [1, {b: 2}] # c\nd: {}\ne:\n  - [x]\n" },
  { name: "lists at the indentation of their key", text: "a:\n- b: 1\n  c: 2\n\n- d: |-\n    x\ne: 'f'\n" },
  { name: "quoted keys", text: '"a/b":\n  "c~d": 1\n' },
])("the quick reader's places are those of the full reader: $name", ({ text }) => {
  const tally: Tally = { quick: 0, pointers: 0, different: [] };
  compare(encoder.encode(text), tally);
  expect(tally).toEqual({ quick: 1, pointers: expect.any(Number), different: [] });
});
