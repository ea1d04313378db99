import { expect, test } from "@jest/globals";
import { inEnvironment } from "../../../src/gate/fingerprint.ts";
import { groupFindings } from "../../../src/gate/placing/group-findings.ts";
import type { Finding } from "../../../src/model/finding.ts";

const plain: Finding = {
  policy: "images/tag",
  rule: "deny",
  level: "deny",
  message: "not pinned",
  status: "introduced",
  manifest: { apiVersion: "v1", kind: "Pod", namespace: "shop", name: "a" },
  location: { path: "base/a.yaml", line: 4, precision: "value" },
  pointer: "/spec/image",
  fingerprint: "b",
};
const production: Finding = { ...plain, environment: "production", source: "overlays/production" };

test.each([
  {
    name: "findings of one line in two environments become one, with the names sorted and the smaller fingerprint",
    findings: [production, { ...production, environment: "dev", source: "overlays/dev", fingerprint: "a" }],
    grouped: [
      {
        ...plain,
        fingerprint: "a",
        environments: ["dev", "production"],
        sources: ["overlays/dev", "overlays/production"],
      },
    ],
  },
  {
    name: "a finding of one environment and one source names them, and its fingerprint is the environment's",
    findings: [production],
    grouped: [
      {
        ...production,
        fingerprint: inEnvironment("b", "production"),
        environments: ["production"],
        sources: ["overlays/production"],
      },
    ],
  },
  {
    name: "two sources in one environment are one finding of that environment",
    findings: [production, { ...production, source: "overlays/other" }],
    grouped: [
      {
        ...plain,
        environment: "production",
        fingerprint: inEnvironment("b", "production"),
        environments: ["production"],
        sources: ["overlays/other", "overlays/production"],
      },
    ],
  },
  {
    name: "where one of them has no environment, the finding belongs to none alone",
    findings: [production, { ...plain, source: "overlays/production" }],
    grouped: [
      {
        ...plain,
        environments: ["production"],
        source: "overlays/production",
        sources: ["overlays/production"],
      },
    ],
  },
  {
    name: "a finding of a source without an environment keeps its fingerprint",
    findings: [{ ...plain, source: "overlays/x" }],
    grouped: [{ ...plain, source: "overlays/x", sources: ["overlays/x"] }],
  },
  {
    name: "a plain file in an environment has no source",
    findings: [{ ...plain, environment: "dev" }],
    grouped: [{ ...plain, environment: "dev", fingerprint: inEnvironment("b", "dev"), environments: ["dev"] }],
  },
  {
    name: "equal findings of plain files stay apart: they are two objects",
    findings: [plain, plain],
    grouped: [plain, plain],
  },
])("$name", ({ findings, grouped }) => {
  expect(groupFindings(findings)).toEqual(grouped);
});

test.each<readonly [string, Partial<Finding>]>([
  ["policy", { policy: "images/digest" }],
  ["rule", { rule: "warn" }],
  ["level", { level: "warn" }],
  ["status", { status: "existing" }],
  ["status as changed", { changed: true }],
  ["message", { message: "another" }],
  ["manifest", { manifest: { ...plain.manifest, name: "b" } }],
  ["location", { location: { ...plain.location, line: 5 } }],
  ["pointer", { pointer: "/spec/other" }],
])("findings of another %s stay apart", (_, difference) => {
  const other = { ...production, environment: "dev", ...difference };
  expect(groupFindings([production, other]).map(({ environment }) => environment)).toEqual(["production", "dev"]);
});
