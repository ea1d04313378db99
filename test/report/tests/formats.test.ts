import { expect, test } from "@jest/globals";
import { testFormats, type TestFormatName } from "../../../src/report/tests/formats.ts";
import type { TestOutcome } from "../../../src/model/test-outcome.ts";
import type { TestRun } from "../../../src/report/tests/test-run.ts";

const passed: TestOutcome = {
  kind: "rule",
  name: "images.test_pinned",
  path: "policies/images/policy_test.rego",
  line: 3,
  outcome: "pass",
  durationMs: 12.3456,
  reasons: [],
};
const failed: TestOutcome = {
  ...passed,
  name: "images.test_<latest>",
  line: 9,
  outcome: "fail",
  reasons: ["expected a finding", "found none"],
  output: "seen: 1\nseen: 2",
};
const fixture: TestOutcome = {
  kind: "fixture",
  name: "images/tag rejected-latest",
  path: "policies/images/fixtures/rejected-latest.yaml",
  outcome: "error",
  durationMs: 0,
  reasons: ["line 3: no finding"],
};
const skipped: TestOutcome = { ...passed, name: "images.todo_test", outcome: "skip", reasons: ["todo", "later"] };

const all: TestRun = {
  outcomes: [passed, failed, fixture, skipped],
  problems: ["a.rego:1: does not compile\nhere"],
  coverage: {
    percentage: 79.96,
    threshold: 80,
    files: [
      {
        path: "policies/a.rego",
        percentage: 50,
        notCovered: [
          { from: 3, to: 3 },
          { from: 5, to: 8 },
        ],
        lines: [
          { line: 1, hits: 2 },
          { line: 3, hits: 0 },
          { line: 5, hits: 0 },
        ],
        rules: [
          { name: "deny", line: 1, hits: 2 },
          { name: "deny", line: 5, hits: 0 },
        ],
      },
      { path: "policies/b.rego", percentage: 100, notCovered: [], lines: [{ line: 1, hits: 1 }], rules: [] },
    ],
  },
};
const good: TestRun = {
  outcomes: [passed],
  problems: [],
  coverage: {
    percentage: 80,
    threshold: 80,
    files: [{ path: "policies/b.rego", percentage: 100, notCovered: [], lines: [{ line: 1, hits: 1 }], rules: [] }],
  },
};
const none: TestRun = { outcomes: [], problems: [] };

async function print(format: TestFormatName, run: TestRun, colour = false): Promise<string> {
  return (await testFormats[format]())(run, { colour });
}

test("pretty lists what needs attention, and counts the rest", async () => {
  expect(await print("pretty", all)).toBe(
    `fail: images.test_<latest>
  --> policies/images/policy_test.rego:9
  = expected a finding
  = found none
  | seen: 1
  | seen: 2

error: images/tag rejected-latest
  --> policies/images/fixtures/rejected-latest.yaml
  = line 3: no finding

problem: a.rego:1: does not compile
  | here

coverage 79.9 %, 1 of 2 rule bodies; what no test reached:
     50 %  policies/a.rego:3,5-8
           deny in line 5 never held

1 passed, 1 failed, 1 error, 1 skipped, 1 problem (3 test rules, 1 fixture); coverage 79.9 % is below 80 %
`,
  );
});

test.each([
  ["all passed", good, "coverage 80 %\n\n1 passed, 0 failed (1 test rule, 0 fixtures)\n"],
  ["nothing ran", none, "no test was run (0 test rules, 0 fixtures)\n"],
])("pretty is short where %s", async (_, run, text) => {
  expect(await print("pretty", run)).toBe(text);
});

test.each([
  ["green where all passed", good, 32],
  ["yellow where nothing ran", none, 33],
  ["red where a test failed", { ...good, outcomes: [passed, failed] }, 31],
  ["red where a test could not be run", { ...good, outcomes: [passed, fixture] }, 31],
  ["red where a problem is left", { ...good, problems: ["x"] }, 31],
  ["red where coverage is too low", { ...good, coverage: { percentage: 79.9, threshold: 80, files: [] } }, 31],
])("pretty's summary is %s", async (_, run, code) => {
  const lines = (await print("pretty", run, true)).trimEnd().split("\n");
  expect(lines.at(-1)?.startsWith(`\u001b[1m\u001b[${code}m`)).toBe(true);
});

test("JUnit has a suite for each file, and counts problems and missed coverage", async () => {
  expect(await print("junit", all)).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="portcullis test" tests="6" failures="2" errors="2" skipped="1">
  <testsuite name="policies/images/policy_test.rego" tests="3" failures="1" errors="0" skipped="1">
    <testcase name="images.test_pinned" classname="policies/images/policy_test.rego" time="0.012"/>
    <testcase name="images.test_&lt;latest&gt;" classname="policies/images/policy_test.rego" time="0.012">
      <failure message="expected a finding&#10;found none"/>
      <system-out>seen: 1&#10;seen: 2</system-out>
    </testcase>
    <testcase name="images.todo_test" classname="policies/images/policy_test.rego" time="0.012">
      <skipped message="todo&#10;later"/>
    </testcase>
  </testsuite>
  <testsuite name="policies/images/fixtures/rejected-latest.yaml" tests="1" failures="0" errors="1" skipped="0">
    <testcase name="images/tag rejected-latest" classname="policies/images/fixtures/rejected-latest.yaml" time="0.000">
      <error message="line 3: no finding"/>
    </testcase>
  </testsuite>
  <testsuite name="(run)" tests="2" failures="1" errors="1" skipped="0">
    <testcase name="could not be run" classname="(run)" time="0.000">
      <error message="a.rego:1: does not compile&#10;here"/>
    </testcase>
    <testcase name="coverage" classname="(run)" time="0.000">
      <failure message="coverage 79.9 % is below 80 %"/>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

test("TAP plans every outcome, and says why one did not pass", async () => {
  const text = await print("tap", all);
  expect(text.split("\n").filter((line) => /^(?:TAP|1\.\.|ok|not ok)/.test(line))).toEqual([
    "TAP version 14",
    "1..6",
    "ok 1 - images.test_pinned",
    "not ok 2 - images.test_<latest>",
    "not ok 3 - images/tag rejected-latest",
    "ok 4 - images.todo_test # SKIP todo; later",
    "not ok 5 - could not be run",
    "not ok 6 - coverage",
  ]);
  expect(text).toContain('path: "policies/images/policy_test.rego"');
  expect(text).toContain("line: 9");
  expect(text).toContain("coverage 79.9 % is below 80 %");
  expect(await print("tap", good)).toBe("TAP version 14\n1..1\nok 1 - images.test_pinned\n");
  expect(await print("tap", none)).toBe("TAP version 14\n1..0 # SKIP no test was run\n");
});

test("JSON holds the run as it is", async () => {
  expect(JSON.parse(await print("json", all))).toEqual({ version: 1, ...all });
});
