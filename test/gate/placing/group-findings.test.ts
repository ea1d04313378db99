import { expect, test } from "@jest/globals";
import { inEnvironment } from "../../../src/gate/fingerprint.ts";
import { groupFindings } from "../../../src/gate/placing/group-findings.ts";
import type { PlacedFinding } from "../../../src/gate/placing/place-findings.ts";
import { enclosingText } from "../../../src/gate/placing/written-at.ts";
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
const text = ["kind: Pod", "metadata: { name: a }", "spec:", "  image: x:latest"];

/** The rows of findings that are shown where their values stand. */
function rows(findings: readonly Finding[], over: (of: Finding) => Partial<PlacedFinding> = () => ({})) {
  const placed = findings.map((finding): PlacedFinding => {
    const { kind, name } = finding.manifest;
    const draft = { named: () => `${kind} ${name}` };
    return { finding, place: finding.location, vague: false, draft, ...over(finding) };
  });
  const written = (path: string, line: number): readonly string[] =>
    path === "base/a.yaml" ? enclosingText(text, line) : [];
  return groupFindings(placed, { before: written, after: written });
}

function withoutIdentity({ fingerprint: _fingerprint, ...rest }: Finding): Omit<Finding, "fingerprint"> {
  return rest;
}

const of = ({ manifest, fingerprint }: Finding) => ({ manifest, fingerprint });
const overlay = (name: string, more: Partial<Finding> = {}): Finding => ({
  ...plain,
  source: `overlays/${name}`,
  manifest: { ...plain.manifest, namespace: name, name: `${name}-a` },
  fingerprint: name,
  ...more,
});

test.each([
  {
    name: "one line in two environments",
    findings: [production, { ...production, environment: "dev", source: "overlays/dev", fingerprint: "a" }],
    row: {
      ...plain,
      reaches: [
        { ...of(plain), environment: "dev", source: "overlays/dev", fingerprint: inEnvironment("a", "dev") },
        {
          ...of(plain),
          environment: "production",
          source: "overlays/production",
          fingerprint: inEnvironment("b", "production"),
        },
      ],
      environments: ["dev", "production"],
      sources: ["overlays/dev", "overlays/production"],
    },
  },
  {
    name: "one environment and one source",
    findings: [production],
    row: { ...production, environments: ["production"], sources: ["overlays/production"] },
  },
  {
    name: "two sources in one environment",
    findings: [production, { ...production, source: "overlays/other" }],
    row: {
      ...plain,
      environment: "production",
      reaches: ["overlays/other", "overlays/production"].map((source) => ({
        ...of(plain),
        environment: "production",
        source,
        fingerprint: inEnvironment("b", "production"),
      })),
      environments: ["production"],
      sources: ["overlays/other", "overlays/production"],
    },
  },
  {
    name: "a source without an environment",
    findings: [{ ...plain, source: "overlays/x" }],
    row: { ...plain, source: "overlays/x", sources: ["overlays/x"] },
  },
  {
    name: "a plain file in an environment",
    findings: [{ ...plain, environment: "dev" }],
    row: { ...plain, environment: "dev", environments: ["dev"] },
  },
  {
    name: "a file that is judged as written too, of which the overlay makes the same object",
    findings: [plain, production],
    row: { ...production, environments: ["production"], sources: ["overlays/production"] },
  },
  {
    name: "objects that overlays call otherwise, with messages that name them",
    findings: [overlay("prod", { message: "prod-a: not pinned" }), overlay("dev", { message: "dev-a: not pinned" })],
    row: {
      ...overlay("dev", { message: "dev-a: not pinned" }),
      source: undefined,
      reaches: [
        { ...of(overlay("dev")), source: "overlays/dev" },
        { ...of(overlay("prod")), source: "overlays/prod", message: "prod-a: not pinned" },
      ],
      sources: ["overlays/dev", "overlays/prod"],
    },
  },
])("$name: one finding", ({ findings, row }) => {
  const { source, ...expected } = row;
  expect(rows(findings).map(withoutIdentity)).toEqual([
    withoutIdentity({ ...expected, ...(source === undefined ? {} : { source }) }),
  ]);
});

test("equal findings of plain files stay apart: they are two objects", () => {
  expect(rows([plain, plain])).toEqual([plain, plain]);
});

test.each<readonly [string, Partial<Finding>]>([
  ["policy", { policy: "images/digest" }],
  ["rule", { rule: "warn" }],
  ["level", { level: "warn" }],
  ["status", { status: "existing" }],
  ["status as changed", { changed: true }],
  ["line", { location: { ...plain.location, line: 3 } }],
  ["column", { location: { ...plain.location, column: 3 } }],
  ["precision", { location: { ...plain.location, precision: "parent" } }],
  ["pointer", { pointer: "/spec/other" }],
])("findings of another %s stay apart", (_, difference) => {
  const other = { ...production, environment: "dev", ...difference };
  expect(rows([production, other]).map(({ environment }) => environment)).toEqual(["production", "dev"]);
});

test("findings on one line of the change whose values stand on several stay apart", () => {
  const location = { path: "overlays/kustomization.yaml", line: 2, precision: "source" } as const;
  const found = rows([overlay("a", { location }), overlay("b", { location })], ({ fingerprint }) => ({
    place: { path: "base/a.yaml", line: fingerprint === "a" ? 3 : 4, precision: "value" },
  }));
  expect(found).toHaveLength(2);
});

const labels = (name: string, missing: readonly string[]): readonly Finding[] =>
  missing.map((label) => overlay(name, { message: `${name}-a lacks ${label}`, pointer: "/metadata/labels" }));

test.each<readonly [string, (label: string, name: string) => string, readonly Finding[], readonly string[]]>([
  [
    "by the values read",
    (label) => label,
    [...labels("dev", ["app", "owner"]), ...labels("prod", ["owner"])],
    ["dev-a lacks app: dev", "dev-a lacks owner: dev prod"],
  ],
  [
    "by the order of messages, where each object has other values",
    (label, name) => `${label} ${name}`,
    [...labels("dev", ["owner", "app"]), ...labels("prod", ["app", "owner"])],
    ["dev-a lacks app: dev prod", "dev-a lacks owner: dev prod"],
  ],
  [
    "by object, where nothing tells which belong together",
    (label, name) => `${label} ${name}`,
    [...labels("dev", ["app", "owner"]), ...labels("prod", ["owner"])],
    ["dev-a lacks app: dev", "dev-a lacks owner: dev", "prod-a lacks owner: prod"],
  ],
])("what a rule finds several times in an object is matched %s", (_, reads, findings, expected) => {
  const found = rows(findings, ({ message, fingerprint }) => ({
    draft: { named: () => "", reads: reads(message.split(" ").at(-1) ?? "", fingerprint) },
  }));
  const shown = found.map((row) => {
    const reached = (row.reaches ?? [{ fingerprint: row.manifest.namespace }]).map(({ fingerprint }) => fingerprint);
    return `${row.message}: ${reached.join(" ")}`;
  });
  expect(shown).toEqual(expected);
  expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(found.length);
});

test("a place that is only where sources are declared joins what has one object of each, and keeps apart the objects of one", () => {
  const from = (source: string, name: string): Finding =>
    overlay("x", { source, manifest: { ...plain.manifest, name } });
  const vague = () => ({ vague: true });
  expect(rows([from("one", "one-web"), from("two", "two-web")], vague)).toHaveLength(1);
  const found = rows([from("one", "web"), from("one", "db"), from("two", "web"), from("two", "db")], vague);
  expect(found.map(({ manifest, sources }) => [manifest.name, sources])).toEqual([
    ["web", ["one", "two"]],
    ["db", ["one", "two"]],
  ]);
  expect(found[0]?.fingerprint).not.toBe(found[1]?.fingerprint);
});

const identity = (findings: readonly Finding[], at = 0): string => rows(findings)[at]?.fingerprint ?? "";

test("a finding keeps its identity while overlays join and leave, whatever its status and level", () => {
  const one = identity([overlay("m")]);
  expect(identity([overlay("m"), overlay("z")])).toBe(one);
  expect(identity([overlay("a"), overlay("m", { environment: "test" })])).toBe(one);
  expect(identity([overlay("z")])).toBe(one);
  const several = rows([overlay("m", { status: "existing" }), overlay("a"), overlay("b", { level: "warn" })]);
  expect(several.map(({ fingerprint }) => fingerprint)).toEqual([one, one, one]);
});

test.each<readonly [string, Finding]>([
  ["on another line", overlay("m", { location: { ...plain.location, line: 3 } })],
  ["in another file", overlay("m", { location: { ...plain.location, path: "overlays/m/patch.yaml" } })],
  ["of another policy", overlay("m", { policy: "images/digest" })],
  ["at another pointer", overlay("m", { pointer: "/spec/other" })],
])("a cause %s has another identity", (_, other) => {
  expect(identity([other])).not.toBe(identity([overlay("m")]));
});

test("a cause that a change brings on several lines has an identity on each", () => {
  const brought = (name: string): Finding =>
    overlay(name, { location: { path: `overlays/${name}/kustomization.yaml`, line: 1, precision: "source" } });
  const found = rows([overlay("old", { status: "existing" }), brought("new"), brought("other")], () => ({
    place: plain.location,
  }));
  expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(3);
});

test("causes that are written alike are told apart by their order", () => {
  const at = (column: number): Finding => overlay("m", { location: { ...plain.location, column } });
  const both = rows([at(30), at(8)]);
  expect(new Set(both.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  expect(both[1]?.fingerprint).toBe(identity([at(8)]));
});
