import { expect, test } from "@jest/globals";
import { findingsOfPolicies } from "../../../src/gate/reporting/policy-warnings.ts";

const warning = { path: "policy/a.rego", line: 3, message: "rule deny reads data.x" };

test("a warning about a policy is a finding at its line, at the level of the configuration", () => {
  const [finding] = findingsOfPolicies([warning], () => undefined, "introduced");
  expect(finding).toMatchObject({
    policy: "policies/dead",
    level: "warn",
    status: "introduced",
    message: warning.message,
    location: { path: "policy/a.rego", line: 3 },
  });
  const levels = (["deny", "off"] as const).map((level) => findingsOfPolicies([warning], () => level, "existing"));
  expect(levels.map((findings) => findings.map(({ level, status }) => `${level} ${status}`))).toEqual([
    ["deny existing"],
    [],
  ]);
});
