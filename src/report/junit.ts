import type { Report } from "../model/report.ts";
import { escapeXml } from "./escape-xml.ts";
import type { FormatOptions } from "./format.ts";
import { outcomesOf, type Outcome } from "./outcomes.ts";
import { circumstancesOf, environmentsOf, inEnvironments } from "./landing.ts";
import { waiverNote } from "./waivers.ts";
import { count, placeOf, subjectOf } from "./wording.ts";

/** The report as JUnit XML: a suite for each file; what blocks is a failure, a problem an error, the rest passes or is skipped. */
export function junit(report: Report, options: FormatOptions): string {
  const suites = new Map<string, Outcome[]>();
  for (const outcome of outcomesOf(report, options.blocks)) {
    const known = suites.get(outcome.path);
    if (known === undefined) suites.set(outcome.path, [outcome]);
    else known.push(outcome);
  }
  const all = [...suites.values()].flat();
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites name="portcullis" ${totals(all)}>`,
    ...[...suites].flatMap(([path, outcomes]) => [
      `  <testsuite name="${escapeXml(path)}" ${totals(outcomes)}>`,
      ...outcomes.flatMap(testCase),
      `  </testsuite>`,
    ]),
    `</testsuites>`,
    "",
  ].join("\n");
}

type Result = "passed" | "failure" | "error" | "skipped";

function resultOf(outcome: Outcome): Result {
  switch (outcome.kind) {
    case "finding":
      return outcome.blocks ? "failure" : "skipped";
    case "problem":
      return outcome.blocks ? "error" : "skipped";
    case "skipped":
      return "skipped";
    case "clean":
      return "passed";
    default:
      return outcome satisfies never;
  }
}

function totals(outcomes: readonly Outcome[]): string {
  const of = (result: Result) => outcomes.filter((outcome) => resultOf(outcome) === result).length;
  return `tests="${outcomes.length}" failures="${of("failure")}" errors="${of("error")}" skipped="${of("skipped")}"`;
}

function testCase(outcome: Outcome): readonly string[] {
  const { name, type, message, body } = described(outcome);
  const open = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(outcome.path)}"`;
  const result = resultOf(outcome);
  if (result === "passed") return [`${open}/>`];
  if (result === "skipped") return [`${open}>`, `      <skipped message="${escapeXml(message)}"/>`, `    </testcase>`];
  return [
    `${open}>`,
    `      <${result} type="${escapeXml(type)}" message="${escapeXml(message)}">${escapeXml(body)}</${result}>`,
    `    </testcase>`,
  ];
}

interface Described {
  readonly name: string;
  readonly type: string;
  readonly message: string;
  readonly body: string;
}

function described(outcome: Outcome): Described {
  switch (outcome.kind) {
    case "finding": {
      const { finding } = outcome;
      const standing = outcome.blocks
        ? ""
        : finding.waiver !== undefined
          ? `${waiverNote(finding.waiver)}: `
          : `${finding.status === "existing" ? "existing " : ""}${finding.level}, does not block: `;
      const environments = inEnvironments(environmentsOf(finding));
      const where = environments === undefined ? "" : ` ${environments}`;
      const docs = [...circumstancesOf(finding), finding.docs].filter((text) => text !== undefined);
      return {
        name: `${finding.policy}: ${subjectOf(finding)} (line ${finding.location.line})${where}`,
        type: finding.policy,
        message: `${standing}${finding.message}`,
        body: [`${placeOf(finding.location)}: ${finding.message}`, ...docs].join("\n"),
      };
    }
    case "problem": {
      const { problem } = outcome;
      const standing = outcome.blocks
        ? ""
        : problem.waiver === undefined
          ? "existing problem, does not block: "
          : `${waiverNote(problem.waiver)}: `;
      const place = placeOf(problem);
      return {
        name: `${problem.stage}${problem.line === undefined ? "" : ` (line ${problem.line})`}`,
        type: `problem/${problem.stage}`,
        message: `${standing}${problem.message}`,
        body: `${place === "" ? "" : `${place}: `}${problem.message}`,
      };
    }
    case "skipped":
      return { name: "not judged", type: "skipped", message: outcome.skipped.reason, body: "" };
    case "clean":
      return {
        name: `${count(outcome.file.manifests, "manifest")} without a finding`,
        type: "",
        message: "",
        body: "",
      };
    default:
      return outcome satisfies never;
  }
}
