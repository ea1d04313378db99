import { expect, test } from "@jest/globals";
import { complianceOf } from "../../src/gate/compliance.ts";
import { defaultConfig } from "../../src/config/default-config.ts";
import type { Framework } from "../../src/model/compliance.ts";
import type { Config } from "../../src/model/config.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Policy } from "../../src/model/policy.ts";
import type { Report } from "../../src/model/report.ts";

const framework: Framework = {
  id: "F",
  title: "Framework",
  version: "1",
  url: "https://example.com",
  controls: [
    { id: "1", title: "By METADATA", policies: [] },
    { id: "2", title: "By mapping", policies: ["a/mapped"] },
    { id: "3", title: "By nothing", policies: ["a/absent"] },
  ],
};

const policies: readonly Policy[] = [
  { id: "a/named", package: "a", controls: ["F/1", "G/2"] },
  { id: "a/mapped", package: "b" },
];

function finding(policy: string, fields: Partial<Finding> = {}): Finding {
  return {
    policy,
    rule: "deny",
    level: "warn",
    message: "no",
    status: "existing",
    manifest: { apiVersion: "v1", kind: "Pod", name: "web" },
    location: { path: "web.yaml", line: 1, precision: "value" },
    pointer: "",
    fingerprint: "f",
    ...fields,
  };
}

function rolledUp(findings: readonly Finding[], config: Partial<Config> = {}, problems: Report["problems"] = []) {
  const report = {
    findings,
    problems,
    sources: [],
    now: "2027-01-15T00:00:00Z",
    counts: { manifests: 1 },
  } as unknown as Report;
  const { results } = complianceOf([framework], { report, policies, config: { ...defaultConfig, ...config } });
  return results.map(({ control, environment, status }) => `${environment ?? "-"} ${control.id} ${status}`);
}

test("a control is satisfied where its policies found nothing, and not covered where it has none", () => {
  expect(rolledUp([])).toEqual(["- 1 satisfied", "- 2 satisfied", "- 3 not-covered"]);
});

test("a finding of any level fails the controls that its policy names, and those that name it", () => {
  expect(rolledUp([finding("a/named")])[0]).toBe("- 1 not-satisfied");
  expect(rolledUp([finding("a/mapped", { level: "info" })])[1]).toBe("- 2 not-satisfied");
});

test("what a change fixes counts no longer", () => {
  expect(rolledUp([finding("a/named", { status: "fixed" })])[0]).toBe("- 1 satisfied");
});

const waived = { waiver: { path: "waivers/web.yaml", line: 1, reason: "no", expires: "2027-02-01" } };

test("a control is satisfied by exception where waivers cover all that was found", () => {
  expect(rolledUp([finding("a/named", waived)])[0]).toBe("- 1 waived");
  expect(rolledUp([finding("a/named", waived), finding("a/named")])[0]).toBe("- 1 not-satisfied");
});

test("an exception says nothing where something could not be judged, waived or not", () => {
  const problem = { stage: "read", message: "cannot be read", status: "introduced", ...waived } as const;
  expect(rolledUp([finding("a/named", waived)], {}, [problem])[0]).toBe("- 1 undetermined");
});

const environment = { paths: [], clusters: [], levels: {}, parameters: {} };

test("a finding fails the control in the environments that it reaches", () => {
  const found = rolledUp([finding("a/named", { environment: "live" })], {
    environments: { live: environment, dev: environment },
  });
  expect(found.filter((line) => line.includes(" 1 "))).toEqual(["dev 1 satisfied", "live 1 not-satisfied"]);
});

test("a policy that is off in an environment covers nothing there", () => {
  const environments = { live: { ...environment, levels: { "a/named": "off" } as const } };
  expect(rolledUp([], { environments })[0]).toBe("live 1 not-covered");
});

test("with a problem, a control without findings is undetermined", () => {
  const problem = { stage: "read", message: "cannot be read", status: "introduced" } as const;
  expect(rolledUp([finding("a/mapped")], {}, [problem])).toEqual([
    "- 1 undetermined",
    "- 2 not-satisfied",
    "- 3 not-covered",
  ]);
});
