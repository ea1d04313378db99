import { expect, test } from "@jest/globals";
import { verdictOf, type Strictness } from "../../../src/gate/reporting/verdict.ts";
import type { Finding, ReportedProblem, Status } from "../../../src/model/finding.ts";
import type { Level } from "../../../src/model/policy.ts";
import type { Verdict } from "../../../src/model/report.ts";

const finding = (status: Status, level: Level): Finding => ({
  policy: "images/tag",
  rule: "deny",
  level,
  message: "not pinned",
  status,
  manifest: { apiVersion: "v1", kind: "Pod", name: "a" },
  location: { path: "a.yaml", line: 1, precision: "value" },
  pointer: "",
  fingerprint: "0",
});
const problem = (status: ReportedProblem["status"]): ReportedProblem => ({
  stage: "read",
  status,
  message: "unreadable",
});

type Row = readonly [
  block: Strictness["block"],
  failOn: Strictness["failOn"],
  mode: Strictness["mode"],
  findings: readonly (readonly [Status, Level])[],
  problems: readonly ReportedProblem["status"][],
  verdict: Verdict,
];

const rows: readonly Row[] = [
  ["introduced", "deny", "enforce", [], [], "pass"],
  ["introduced", "deny", "enforce", [["introduced", "deny"]], [], "fail"],
  ["introduced", "deny", "enforce", [["introduced", "warn"]], [], "warn"],
  ["introduced", "deny", "enforce", [["introduced", "info"]], [], "pass"],
  ["introduced", "deny", "enforce", [["existing", "deny"]], [], "pass"],
  ["introduced", "deny", "enforce", [["fixed", "deny"]], [], "pass"],
  [
    "introduced",
    "deny",
    "enforce",
    [
      ["introduced", "info"],
      ["introduced", "deny"],
    ],
    [],
    "fail",
  ],
  ["introduced", "warn", "enforce", [["introduced", "warn"]], [], "fail"],
  ["introduced", "warn", "enforce", [["introduced", "deny"]], [], "fail"],
  ["introduced", "warn", "enforce", [["introduced", "info"]], [], "pass"],
  ["introduced", "warn", "enforce", [["existing", "warn"]], [], "pass"],
  ["introduced", "never", "enforce", [["introduced", "deny"]], [], "warn"],
  ["introduced", "never", "enforce", [["introduced", "warn"]], [], "warn"],
  ["introduced", "deny", "report", [["introduced", "deny"]], [], "warn"],
  ["all", "deny", "enforce", [["existing", "deny"]], [], "fail"],
  ["all", "deny", "enforce", [["existing", "warn"]], [], "warn"],
  ["all", "deny", "enforce", [["fixed", "deny"]], [], "pass"],
  ["all", "warn", "enforce", [["fixed", "warn"]], [], "pass"],
  ["all", "deny", "enforce", [["introduced", "deny"]], [], "fail"],
  ["introduced", "deny", "enforce", [], ["introduced"], "error"],
  ["introduced", "never", "report", [["introduced", "deny"]], ["introduced"], "error"],
  ["introduced", "deny", "enforce", [], ["existing"], "pass"],
  ["introduced", "deny", "enforce", [["introduced", "deny"]], ["existing"], "fail"],
  ["all", "deny", "enforce", [], ["existing"], "error"],
  ["introduced", "deny", "enforce", [], ["existing", "introduced"], "error"],
];

test.each(rows)("block: %s, fail on %s, mode %s: findings %j and problems %j: %s", (block, failOn, mode, ...rest) => {
  const [findings, problems, verdict] = rest;
  const given = findings.map(([status, level]) => finding(status, level));
  expect(verdictOf(given, problems.map(problem), { block, failOn, mode })).toBe(verdict);
});
