import { escapeXml } from "../escape-xml.ts";
import type { TestOutcome } from "../../model/test-outcome.ts";
import { missedThresholds, type TestRun } from "./test-run.ts";

/** The run as JUnit XML: a suite for each file. Problems and missed coverage are test cases of their own, so that no reader overlooks them. */
export function junitTests(run: TestRun): string {
  const outcomes = [...run.outcomes, ...run.problems.map(asError), ...missedCoverage(run)];
  const suites = new Map<string, TestOutcome[]>();
  for (const outcome of outcomes) suites.set(outcome.path, [...(suites.get(outcome.path) ?? []), outcome]);
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites name="portcullis test" ${totals(outcomes)}>`,
    ...[...suites].flatMap(([path, of]) => [
      `  <testsuite name="${escapeXml(path)}" ${totals(of)}>`,
      ...of.flatMap(testCase),
      `  </testsuite>`,
    ]),
    `</testsuites>`,
    "",
  ].join("\n");
}

/** A problem that kept tests from running, as an outcome. */
export function asError(problem: string): TestOutcome {
  return { kind: "rule", name: "could not be run", path: "(run)", outcome: "error", durationMs: 0, reasons: [problem] };
}

/** An outcome for each threshold of coverage that is missed. */
export function missedCoverage(run: TestRun): readonly TestOutcome[] {
  return missedThresholds(run).map((reason) => ({
    kind: "rule",
    name: reason.startsWith("coverage of ") ? reason.replace(/ [\d.]+ % is below.*/, "") : "coverage",
    path: "(run)",
    outcome: "fail",
    durationMs: 0,
    reasons: [reason],
  }));
}

function totals(outcomes: readonly TestOutcome[]): string {
  const of = (outcome: TestOutcome["outcome"]) => outcomes.filter((one) => one.outcome === outcome).length;
  return `tests="${outcomes.length}" failures="${of("fail")}" errors="${of("error")}" skipped="${of("skip")}"`;
}

const ELEMENTS = { fail: "failure", error: "error", skip: "skipped" } as const;

function testCase(one: TestOutcome): readonly string[] {
  const open = `    <testcase name="${escapeXml(one.name)}" classname="${escapeXml(one.path)}" time="${(one.durationMs / 1000).toFixed(3)}"`;
  if (one.outcome === "pass") return [`${open}/>`];
  return [
    `${open}>`,
    `      <${ELEMENTS[one.outcome]} message="${escapeXml(one.reasons.join("\n"))}"/>`,
    ...(one.output === undefined ? [] : [`      <system-out>${escapeXml(one.output)}</system-out>`]),
    `    </testcase>`,
  ];
}
