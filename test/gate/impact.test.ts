import { expect, test } from "@jest/globals";
import { impactOf } from "../../src/gate/impact.ts";
import type { Finding, Reach } from "../../src/model/finding.ts";
import type { Level } from "../../src/model/policy.ts";
import type { Report } from "../../src/model/report.ts";
import { fake } from "../support/fakes/fake.ts";

const web = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" };
const job = { apiVersion: "batch/v1", kind: "Job", namespace: "shop", name: "job" };

function finding(level: Level, more: Partial<Finding> = {}): Finding {
  return {
    policy: "images/tag",
    rule: "deny",
    level,
    message: "no tag",
    status: "introduced",
    manifest: web,
    location: { path: "apps/web.yaml", line: 12, precision: "value" },
    pointer: "/spec/image",
    fingerprint: "1",
    ...more,
  };
}

const waived = finding("deny", {
  waiver: { path: "waivers/web.yaml", line: 2, reason: "until the upgrade", owner: "@acme/web", expires: "2027-02-01" },
});

const report = (...findings: readonly Finding[]): Report => fake<Report>({ findings, now: "2027-01-15T00:00:00Z" });
const compared = (old: readonly Finding[], next: readonly Finding[]) =>
  impactOf(report(...old), report(...next), () => []).entries.map(({ kind, before, after }) => [kind, before, after]);

test.each<[string, readonly Finding[], readonly Finding[], readonly unknown[]]>([
  ["found alike", [finding("deny")], [finding("deny")], []],
  ["waived by the new rules only", [finding("deny")], [waived], [["allowed", "deny", undefined]]],
  ["waived no longer", [waived], [finding("deny")], [["blocked", undefined, "deny"]]],
  ["waived alike", [waived], [waived], []],
  ["worded anew", [finding("deny")], [finding("deny", { message: "an image without a tag" })], []],
  ["found by another rule of the policy", [finding("deny")], [finding("deny", { rule: "deny_tag" })], []],
  ["found newly", [], [finding("deny")], [["blocked", undefined, "deny"]]],
  ["found no longer", [finding("deny")], [], [["allowed", "deny", undefined]]],
  ["raised", [finding("warn")], [finding("deny")], [["blocked", "warn", "deny"]]],
  ["lowered", [finding("deny")], [finding("info")], [["allowed", "deny", "info"]]],
  ["a new warning", [], [finding("warn")], [["shown", undefined, "warn"]]],
  ["a warning that is gone", [finding("warn")], [], [["cleared", "warn", undefined]]],
  ["a warning that is only shown", [finding("warn")], [finding("info")], []],
  [
    "one of two at one place",
    [finding("deny"), finding("deny", { message: "latest" })],
    [finding("deny")],
    [["allowed", "deny", undefined]],
  ],
  [
    "denied at another place",
    [finding("deny")],
    [finding("deny", { pointer: "/spec/init" })],
    [
      ["blocked", undefined, "deny"],
      ["allowed", "deny", undefined],
    ],
  ],
])("what differs where something is %s", (_, old, next, expected) => {
  expect(compared(old, next)).toEqual(expected);
});

test("each object and environment that a finding reaches counts by itself", () => {
  const reach = (manifest: typeof web, environment: string): Reach => ({
    manifest,
    environment,
    fingerprint: `${manifest.name} ${environment}`,
  });
  const all = [reach(web, "dev"), reach(web, "prod"), { ...reach(job, "prod"), message: "no tag in job" }];
  const old = finding("deny", { reaches: all.slice(0, 1), environment: "dev" });
  const impact = impactOf(report(old), report(finding("deny", { reaches: all })), (path) => [`@owner-of/${path}`]);
  expect({ before: impact.before, after: impact.after }).toEqual({
    before: { denied: 1, warned: 0 },
    after: { denied: 3, warned: 0 },
  });
  expect(impact.entries).toEqual([
    {
      kind: "blocked",
      policy: "images/tag",
      rule: "deny",
      after: "deny",
      message: "no tag",
      manifest: web,
      environment: "prod",
      location: { path: "apps/web.yaml", line: 12 },
      owners: ["@owner-of/apps/web.yaml"],
    },
    {
      kind: "blocked",
      policy: "images/tag",
      rule: "deny",
      after: "deny",
      message: "no tag in job",
      manifest: job,
      environment: "prod",
      location: { path: "apps/web.yaml", line: 12 },
      owners: ["@owner-of/apps/web.yaml"],
    },
  ]);
});
