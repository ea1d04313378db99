import { expect, test } from "@jest/globals";
import { coveragePage } from "../../../src/report/tests/coverage-page.ts";
import { lcovCoverage } from "../../../src/report/tests/lcov-coverage.ts";
import type { Coverage, TestRun } from "../../../src/report/tests/test-run.ts";

const TEXT = `package a

deny contains "<b>" if input.a & 1

deny contains "\u202eb" if input.b
`;
const coverage: Coverage = {
  percentage: 50,
  thresholdPerPolicy: 60,
  files: [
    {
      path: "policies/<a>.rego",
      percentage: 50,
      notCovered: [{ from: 5, to: 5 }],
      lines: [
        { line: 3, hits: 4 },
        { line: 5, hits: 0 },
      ],
      rules: [
        { name: "deny", line: 3, hits: 2 },
        { name: "deny", line: 5, hits: 0 },
      ],
    },
    {
      path: "policies/b.rego",
      percentage: 100,
      notCovered: [],
      lines: [{ line: 3, hits: 1 }],
      rules: [{ name: "limit", line: 3, hits: 1 }],
    },
  ],
};
const run: TestRun = { outcomes: [], problems: [], coverage };

test("an lcov tracefile has a record for each file, and a function of its own name for each body of a rule", () => {
  expect(lcovCoverage(coverage)).toBe(`TN:
SF:policies/<a>.rego
FN:3,deny (line 3)
FN:5,deny (line 5)
FNDA:2,deny (line 3)
FNDA:0,deny (line 5)
FNF:2
FNH:1
DA:3,4
DA:5,0
LF:2
LH:1
end_of_record
TN:
SF:policies/b.rego
FN:3,limit
FNDA:1,limit
FNF:1
FNH:1
DA:3,1
LF:1
LH:1
end_of_record
`);
});

const page = coveragePage(run, coverage, (path) => (path === "policies/b.rego" ? "package b\n\nlimit := 3\n" : TEXT));
const shownLine = (file: number, line: number): string | undefined =>
  new RegExp(`<span class="(\\w+)" id="file-${file}-line-${line}">`).exec(page)?.[1];

test("a page marks each line as reached, missed or without anything to evaluate", () => {
  expect([1, 2, 3, 4, 5].map((line) => shownLine(0, line))).toEqual(["idle", "idle", "reached", "idle", "missed"]);
  expect(shownLine(0, 6)).toBeUndefined();
  expect(page).toContain('<span class="never">deny never held</span>');
  expect(page).toContain("coverage of policies/&lt;a&gt;.rego 50 % is below 60 %");
});

test("a page shows the text of policies and does nothing with it", () => {
  expect(page).toContain("deny contains &quot;&lt;b&gt;&quot; if input.a &amp; 1");
  expect(page).toContain("\\u202eb");
  expect(page).not.toMatch(/<b>|<a>|\u202e|<script|https?:/);
});

test("a page opens the files with gaps, and leads to each gap", () => {
  expect(page).toMatch(/<section id="file-0"><details open>/);
  expect(page).toMatch(/<section id="file-1"><details>/);
  for (const [, id = "none"] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
});

test("a page of a run without a policy says so", () => {
  const nothing = { percentage: 0, files: [] };
  const text = coveragePage({ ...run, problems: ["a.rego:1: does not compile"], coverage: nothing }, nothing, () => "");
  expect(text).toContain("There is nothing to measure: no policy was compiled.");
  expect(text).toContain("1 problem kept tests from running.");
});
