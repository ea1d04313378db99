import type { Log } from "sarif";
import type { Json } from "../../model/json.ts";
import { lintRules, type LintRule, type LintRun } from "../../model/lint.ts";
import { annotation } from "../github.ts";
import { inert } from "../inert-text.ts";
import { printJson } from "../print-json.ts";
import { artifact } from "../sarif.ts";

/** A run of the linter as text that ends with a line break. */
export type LintFormat = (run: LintRun) => string;

export type LintFormatName = "pretty" | "json" | "sarif" | "github";

/** Where each rule is described. */
const lintDocs = (rule: LintRule): string =>
  `https://github.com/portcullis-gate/portcullis/blob/main/docs/lint.md#${rule}`;

export const lintFormats: { readonly [name in LintFormatName]: LintFormat } = { pretty, json, sarif, github };

function pretty({ issues, problems, files, fixed, fixable }: LintRun): string {
  const lines = [
    ...fixed.map((path) => `fixed ${inert(path)}`),
    ...problems.map((problem) => `problem: ${inert(problem)}`),
    ...issues.map(({ path, line, rule, message }) => `${inert(path)}:${line}: ${rule}: ${inert(message)}`),
  ];
  const summary =
    issues.length === 0 && problems.length === 0
      ? `${counted(files, "file")} linted, no issues`
      : `${counted(files, "file")} linted, ${counted(issues.length, "issue")}${problems.length === 0 ? "" : `, ${counted(problems.length, "problem")}`}`;
  const hint = fixable === 0 ? "" : `; --fix mends ${fixable}`;
  return `${[...lines, ...(lines.length === 0 ? [] : [""]), `${summary}${hint}`].join("\n")}\n`;
}

function json({ issues, problems, files, fixed }: LintRun): string {
  const shown = issues.map((issue) => ({ ...issue, docs: lintDocs(issue.rule) }));
  return `${printJson({ version: 1, files, issues: shown, problems, fixed } as unknown as Json)}\n`;
}

function github({ issues, problems, files }: LintRun): string {
  return `${[
    ...problems.map((problem) => annotation("error", {}, "lint", problem)),
    ...issues.map((issue) => annotation("warning", issue, `lint: ${issue.rule}`, issue.message)),
    `${counted(files, "file")} linted, ${counted(issues.length, "issue")}`,
  ].join("\n")}\n`;
}

function sarif({ issues, problems }: LintRun): string {
  const ids = [...new Set(issues.map(({ rule }) => rule))].toSorted();
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "portcullis lint",
            rules: ids.map((id) => ({ id, shortDescription: { text: lintRules[id] }, helpUri: lintDocs(id) })),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: problems.length === 0,
            toolExecutionNotifications: problems.map((text) => ({ level: "error", message: { text: inert(text) } })),
          },
        ],
        results: issues.map(({ path, line, rule, message }) => ({
          ruleId: rule,
          ruleIndex: ids.indexOf(rule),
          level: "warning",
          message: { text: inert(message) },
          locations: [{ physicalLocation: { artifactLocation: artifact(path), region: { startLine: line } } }],
        })),
      },
    ],
  };
  return `${printJson(log as unknown as Json)}\n`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
