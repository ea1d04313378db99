import { expect, test } from "@jest/globals";
import { checkRunBody } from "../../src/report/check-run.ts";
import { github } from "../../src/report/github.ts";
import { fitUtf8, utf8Length } from "../../src/report/utf8.ts";
import { finding, optionsFor, report } from "./sample-reports.ts";

const many = report({
  verdict: "fail",
  findings: Array.from({ length: 3000 }, (_, at) =>
    finding({
      level: at % 3 === 0 ? "deny" : "warn",
      message: `${"名".repeat(60)} number ${at}`,
      location: { path: `apps/${at}/deployment.yaml`, line: 1 + at, precision: "value" },
    }),
  ),
  problems: Array.from({ length: 500 }, (_, at) => ({
    stage: "parse" as const,
    status: "introduced" as const,
    path: `broken/${at}.yaml`,
    message: `${at} ${"x".repeat(70_000)}`,
  })),
});

test("a summary of thousands of findings fits GitHub's limit, keeps whole rows and says how many are missing", () => {
  const { summary } = checkRunBody(many);
  expect(utf8Length(summary)).toBeLessThanOrEqual(65_535);
  expect(utf8Length(summary)).toBeGreaterThan(55_000);
  const [blocking = ""] = summary.split("<summary>2000 findings that do not block");
  const rows = blocking.split("\n").filter((line) => line.startsWith("- `apps/"));
  for (const row of rows) expect(row).toMatch(/名 number \d+$/);
  expect(blocking).toContain(`…and ${1000 - rows.length} more findings not shown here.`);
  expect(summary).toMatch(/…and \d+ more problems not shown here\./);
  expect(summary).toContain("more annotations than the 200 shown on the lines");
});

test("annotations are at most 200, failures first, each within GitHub's limits", () => {
  const { annotations } = checkRunBody(many);
  expect(annotations).toHaveLength(200);
  expect(new Set(annotations.map((a) => a.level))).toEqual(new Set(["failure"]));
  for (const { title, message, startLine, endLine } of annotations) {
    expect(utf8Length(title)).toBeLessThanOrEqual(255);
    expect(utf8Length(message)).toBeLessThanOrEqual(64 * 1024);
    expect(endLine).toBe(startLine);
  }
});

test("a title stays within its limit whatever the name of the policy is", () => {
  const [only] = checkRunBody(
    report({ verdict: "fail", findings: [finding({ title: "長".repeat(500) })] }),
  ).annotations;
  expect(utf8Length(only!.title)).toBeLessThanOrEqual(255);
  expect(only!.title).toMatch(/長…$/);
});

test.each([
  ["pass", "enforce", "success"],
  ["warn", "enforce", "success"],
  ["fail", "enforce", "failure"],
  ["error", "enforce", "failure"],
  ["warn", "report", "success"],
  ["error", "report", "success"],
] as const)("verdict %s in mode %s concludes %s", (verdict, mode, conclusion) => {
  const body = checkRunBody(report({ verdict, mode }));
  expect(body.conclusion).toBe(conclusion);
  expect(body.title.startsWith("report only: ")).toBe(mode === "report");
});

test("ten annotations of each kind are workflow commands and the rest are plain lines that say so", () => {
  const lines = github(many, optionsFor()).trimEnd().split("\n");
  expect(lines.filter((line) => line.startsWith("::error "))).toHaveLength(10);
  expect(lines.filter((line) => line.startsWith("::warning "))).toHaveLength(10);
  expect(lines).toContain("3480 more annotations than GitHub shows (10 of a kind for each step):");
  expect(lines.filter((line) => /^(error|warning) /.test(line))).toHaveLength(3480);
});

test.each([
  ["short", 10, "short"],
  ["日本語", 9, "日本語"],
  ["日本語", 8, "日…"],
  ["😀😀", 7, "😀…"],
  ["abc", 3, "abc"],
])("%s in %d bytes is %s", (text, limit, expected) => {
  expect(fitUtf8(text, limit)).toBe(expected);
});

test("a command line that is too long for the summary is left out, since half of it is another one", () => {
  const { summary } = checkRunBody(report(), { repeat: `portcullis check --base ${"x".repeat(100_000)}` });
  expect(utf8Length(summary)).toBeLessThanOrEqual(65_535);
  expect(summary).not.toContain("portcullis check");
});
