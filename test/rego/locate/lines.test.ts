import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { freshToolchain, judgementOn, judgeOf, messagesOf } from "../judging.ts";
import { judgeLineCases, readLineCases, type LineResult } from "./line-table.ts";

const toolchain = freshToolchain();
const cases = readLineCases();
let results: ReadonlyMap<string, LineResult>;

beforeAll(async () => {
  results = await judgeLineCases(toolchain, cases);
});
afterAll(() => toolchain.close());

describe("findings of policies that name no place stand on the line that a person would point at", () => {
  test.each(cases.map((one) => [one.name, one] as const))("%s", (name, { marks }) => {
    const sorted = (lines: ReadonlyMap<number, number>) => [...lines].toSorted(([a], [b]) => a - b);
    expect(sorted(results.get(name)!.found)).toEqual(sorted(marks));
  });
});

test("no place is given as that of the value where a person would point elsewhere", () => {
  const wrong = cases.flatMap(({ name, marks }) => {
    const { placed } = results.get(name)!;
    return placed
      .filter(({ line, precision }) => precision === "value" && !marks.has(line))
      .map((one) => ({ name, ...one }));
  });
  expect(wrong).toEqual([]);
});

test("the table is as large as its figures claim", () => {
  const marked = cases.flatMap(({ marks }) => [...marks.values()]).reduce((a, b) => a + b, 0);
  expect(marked).toBeGreaterThanOrEqual(150);
  expect(cases.length).toBeGreaterThanOrEqual(60);
});

test("every place is known better than by its manifest, and every finding has a digest of what it rests on or nothing was read", () => {
  const violations = [...results.values()].flatMap((result) => result.violations);
  expect(violations.filter(({ cause }) => cause.precision === "manifest")).toEqual([]);
  expect(violations.filter(({ cause }) => cause.reads === undefined)).toEqual([]);
});

test("OPA's own evaluator, watched, names the same places for seven messages of ten", () => {
  const all = [...results.values()];
  const disagreements = all.flatMap((result) => result.disagreements);
  const messages = all.reduce((sum, result) => sum + result.messages, 0);
  if (process.env["PORTCULLIS_REPORT"] !== undefined) {
    console.log(
      `tracer and twins agree on ${messages - disagreements.length} of ${messages} messages\n${disagreements.join("\n")}`,
    );
  }
  expect(disagreements.length / messages).toBeLessThan(0.3);
});

test("no policy can see a twin: a rule that counts the rules and findings of a package decides as without them", async () => {
  const rego = `package main
import rego.v1
deny contains "one" if input.kind == "Pod"
deny contains "two" if input.kind == "Pod"`;
  const watcher = `package watcher
import rego.v1
deny contains sprintf("%d rules, %d findings", [count(data.main), count(data.main.deny)])`;
  const judge = await judgeOf(
    toolchain,
    { "main.rego": rego, "watcher.rego": watcher },
    { namespaces: ["main", "watcher"] },
  );
  const judgement = await judgementOn(judge);
  expect(judgement.problems).toEqual([]);
  expect(messagesOf(judgement)).toContain("1 rules, 2 findings");
  await judge.close();
});
