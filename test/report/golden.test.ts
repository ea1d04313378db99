import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { checkRunBody } from "../../src/report/check-run.ts";
import { formats, type FormatName } from "../../src/report/formats.ts";
import { optionsFor, samples } from "./sample-reports.ts";

const EXTENSIONS: { readonly [format in FormatName]: string } = {
  pretty: "pretty.txt",
  json: "json",
  sarif: "sarif",
  junit: "junit.xml",
  tap: "tap",
  github: "github.txt",
  codequality: "codequality.json",
  markdown: "md",
};

const cases = Object.keys(samples).flatMap((sample) =>
  Object.keys(formats).map((format) => [format as FormatName, sample] as const),
);

test.each(cases)("%s prints the report %s as its golden file has it", async (format, sample) => {
  const of = samples[sample]!;
  const print = await formats[format]();
  expectGolden(`${sample}.${EXTENSIONS[format]}`, print(of, optionsFor()));
});

test.each(Object.keys(samples))("the check run body of %s is as its golden file has it", (sample) => {
  expectGolden(`${sample}.check-run.json`, `${JSON.stringify(checkRunBody(samples[sample]!), undefined, 2)}\n`);
});

test.each(["pass", "fail"])(
  "pretty in colour, with everything shown, prints %s as its golden file has it",
  async (sample) => {
    const of = samples[sample]!;
    const print = await formats.pretty();
    const text = print(of, optionsFor({ colour: true, showAll: true }));
    expectGolden(`${sample}.colour.txt`, text.replaceAll("\u001b", "ESC"));
  },
);

/** Compares with test/report/golden/NAME; `UPDATE_GOLDEN=1` writes it instead, to be read before it is committed. */
function expectGolden(name: string, text: string): void {
  const file = new URL(`../../../test/report/golden/${name}`, import.meta.url);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
}
