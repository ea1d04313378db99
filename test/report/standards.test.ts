import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { SaxesParser } from "saxes";
import { Parser } from "tap-parser";
import { json } from "../../src/report/json.ts";
import { junit } from "../../src/report/junit.ts";
import { sarif } from "../../src/report/sarif.ts";
import { tap } from "../../src/report/tap.ts";
import { optionsFor, samples } from "./sample-reports.ts";

const root = new URL("../../../", import.meta.url);
const names = Object.keys(samples);

function validator(schema: Record<string, unknown>) {
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

test.each(names)("the JSON of %s follows the published schema", (name) => {
  const validate = validator(JSON.parse(readFileSync(new URL("schema/report.schema.json", root), "utf8")));
  validate(JSON.parse(json(samples[name]!)));
  expect(validate.errors ?? []).toEqual([]);
});

test("the JSON of one report is the same bytes every time, with integers beyond 2^53 exact", () => {
  const text = json(samples["hostile"]!);
  expect(json(structuredClone(samples["hostile"]!))).toBe(text);
  expect(text).toContain('"big": 9007199254740993');
});

test.each(names)("the SARIF of %s follows the schema of SARIF 2.1.0", (name) => {
  const require = createRequire(import.meta.url);
  const schema = JSON.parse(
    readFileSync(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"),
  );
  // The schema is written in draft-04, whose `id` is today's `$id`; nothing else in it differs from draft-07.
  const { id, ...rest } = schema;
  const validate = validator({ ...rest, $id: id, $schema: "http://json-schema.org/draft-07/schema#" });
  validate(JSON.parse(sarif(samples[name]!, optionsFor())));
  expect(validate.errors ?? []).toEqual([]);
});

test("SARIF says what is new, unchanged, updated and absent, and that the run failed only for errors", () => {
  const of = (name: string) => JSON.parse(sarif(samples[name]!, optionsFor())).runs[0];
  expect(of("fail").results.map((r: { baselineState: string }) => r.baselineState)).toEqual([
    "updated",
    "updated",
    "new",
    "new",
    "unchanged",
    "unchanged",
    "absent",
  ]);
  expect(of("fail").invocations[0].executionSuccessful).toBe(true);
  expect(of("error").invocations[0].executionSuccessful).toBe(false);
});

test.each(names)("the JUnit of %s is well-formed XML whose totals are those of its test cases", (name) => {
  const seen = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  let totals = {};
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name: tag, attributes }) => {
    const { tests, failures, errors, skipped } = attributes;
    if (tag === "testsuites")
      totals = { tests: Number(tests), failures: Number(failures), errors: Number(errors), skipped: Number(skipped) };
    if (tag === "testcase") seen.tests += 1;
    if (tag === "failure") seen.failures += 1;
    if (tag === "error") seen.errors += 1;
    if (tag === "skipped") seen.skipped += 1;
  });
  parser.write(junit(samples[name]!, optionsFor())).close();
  expect(seen).toEqual(totals);
});

test.each([
  ["pass", true],
  ["fail", false],
  ["report-only", true],
  ["error", false],
  ["hostile", false],
] as const)("a TAP harness reads %s as ok: %s", (name, ok) => {
  const results = Parser.parse(tap(samples[name]!, optionsFor()), { strict: true });
  expect(results.find((event) => event[0] === "complete")?.[1]).toMatchObject({ ok });
  expect(results.filter((event) => event[0] === "extra" || event[0] === "bailout")).toEqual([]);
});
