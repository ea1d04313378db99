import { describe, expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { check } from "../../../src/gate/check.ts";
import type { CheckRequest } from "../../../src/gate/check-request.ts";
import type { BuiltinCheck } from "../../../src/model/builtin-check.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import type { Judge } from "../../../src/model/judge.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import type { Report } from "../../../src/model/report.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { simpleJudge } from "../simple-judge.ts";

type Files = { readonly [path: string]: string };

const specOf = ({ value }: Manifest): JsonObject => value["spec"] as JsonObject;

/** Every Box must fit into each Limit of its kind: what one manifest of the tree says decides about others. */
const limits: BuiltinCheck = {
  policies: [{ id: "limits/size", package: "limits.size" }],
  digest: "1",
  factsOf: (manifest) =>
    manifest.identity.kind === "Limit"
      ? [{ key: "x.io/Box", digest: JSON.stringify(specOf(manifest)["most"]), value: specOf(manifest)["most"] ?? null }]
      : [],
  awaits: ({ identity }) =>
    identity.kind === "Box" || identity.kind === "Crate" ? `x.io/${identity.kind}` : undefined,
  ofManifest: (manifest, facts) =>
    facts
      .filter(({ value }) => Number(value) < Number(specOf(manifest)["size"]))
      .map(({ value }) => ({
        policy: "limits/size",
        rule: "deny",
        level: "deny",
        message: `larger than ${JSON.stringify(value)}`,
        cause: { pointer: "/spec/size", stablePointer: "/spec/size", precision: "value" },
        readsChange: specOf(manifest)["volatile"] === true,
      })),
};

const limit = (most: number, name = "l"): string =>
  `apiVersion: x.io/v1\nkind: Limit\nmetadata: { name: ${name}, labels: { owner: me } }\nspec: { most: ${most} }\n`;
const box = (size: number, kind = "Box", more = ""): string =>
  `apiVersion: x.io/v1\nkind: ${kind}\nmetadata: { name: b, labels: { owner: me } }\nspec: { size: ${size}${more} }\n`;

/** The same as a policy of the judge. */
const limitsOfJudge = (): Judge =>
  simpleJudge({
    policies: limits.policies,
    factsOf: (manifest) => limits.factsOf?.(manifest) ?? [],
    awaits: ({ manifest }) => {
      const key = limits.awaits?.(manifest);
      return key === undefined ? undefined : [key];
    },
    judge: async (questions) =>
      questions.map(({ manifest, facts }) => ({
        violations: facts === undefined ? [] : (limits.ofManifest?.(manifest, facts.facts) ?? []),
        excepted: [],
        problems: [],
      })),
  });

type Asked = Pick<CheckRequest, "judge" | "builtins">;

const ofCheck = (): Asked => ({ judge: simpleJudge(), builtins: [limits] });

function judge(asked: Asked, after: Files, before?: Files): Promise<Report> {
  return check({
    ...(before === undefined ? {} : { before: memoryTree(before, "before") }),
    after: memoryTree(after, "after"),
    config: defaultConfig,
    ...asked,
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "directory" },
  });
}

interface Row {
  readonly name: string;
  readonly before: Files;
  readonly after: Files;
  readonly findings: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: "a rule that is tightened finds an untouched object",
    before: { "box.yaml": box(5), "limit.yaml": limit(9) },
    after: { "box.yaml": box(5), "limit.yaml": limit(4) },
    findings: ["introduced larger than 4 box.yaml:4"],
  },
  {
    name: "a rule that is new finds an untouched object",
    before: { "box.yaml": box(5) },
    after: { "box.yaml": box(5), "limit.yaml": limit(4) },
    findings: ["introduced larger than 4 box.yaml:4"],
  },
  {
    name: "a rule that is loosened fixes what an untouched object violated",
    before: { "box.yaml": box(5), "limit.yaml": limit(4) },
    after: { "box.yaml": box(5), "limit.yaml": limit(9) },
    findings: ["fixed larger than 4 box.yaml:4"],
  },
  {
    name: "a rule that stays finds an existing violation",
    before: { "box.yaml": box(5), "limit.yaml": limit(4), "a.yaml": box(1, "Other") },
    after: { "box.yaml": box(5), "limit.yaml": limit(4), "a.yaml": box(2, "Other") },
    findings: ["existing larger than 4 box.yaml:4"],
  },
  {
    name: "a rule that moves to another file stays the same",
    before: { "box.yaml": box(5), "limit.yaml": limit(4) },
    after: { "box.yaml": box(5), "moved.yaml": limit(4) },
    findings: ["existing larger than 4 box.yaml:4"],
  },
  {
    name: "a rule that is given twice counts twice for each object, and is no news for what it finds",
    before: { "box.yaml": box(5), "limit.yaml": limit(4) },
    after: { "box.yaml": box(5), "limit.yaml": limit(4), "other.yaml": limit(3, "m") },
    findings: ["existing larger than 4 box.yaml:4", "introduced larger than 3 box.yaml:4"],
  },
  {
    name: "rule and object change together",
    before: { "box.yaml": box(5), "limit.yaml": limit(9) },
    after: { "box.yaml": box(6), "limit.yaml": limit(5) },
    findings: ["introduced larger than 5 box.yaml:4"],
  },
  {
    name: "what reads the change is not asked about an untouched object",
    before: { "box.yaml": box(5, "Box", ", volatile: true"), "limit.yaml": limit(4) },
    after: { "box.yaml": box(5, "Box", ", volatile: true"), "limit.yaml": limit(3) },
    findings: [],
  },
  {
    name: "nor where nothing changes",
    before: { "box.yaml": box(5, "Box", ", volatile: true"), "limit.yaml": limit(4) },
    after: { "box.yaml": box(5, "Box", ", volatile: true"), "limit.yaml": limit(4) },
    findings: [],
  },
];

describe.each([
  ["a builtin check", ofCheck],
  ["the judge", () => ({ judge: limitsOfJudge() })],
])("by %s", (_, asked) => {
  test.each(rows)("$name", async ({ before, after, findings }) => {
    const report = await judge(asked(), after, before);
    const lines = report.findings.map(
      ({ status, message, location }) => `${status} ${message} ${location.path}:${location.line}`,
    );
    expect(lines.toSorted()).toEqual([...findings].toSorted());
  });

  test("a tree judged alone has introduced findings, those that read the change too", async () => {
    const volatile = box(5, "Box", ", volatile: true");
    const report = await judge(asked(), { "box.yaml": `${box(5)}---\n${volatile}`, "limit.yaml": limit(4) });
    expect(report.findings.map(({ status, location }) => [status, location.line])).toEqual([
      ["introduced", 4],
      ["introduced", 9],
    ]);
  });
});

test("kinds that nothing is known of are counted, by name", async () => {
  const crate = box(1, "Crate");
  expect((await judge(ofCheck(), { "a.yaml": `${crate}---\n${crate}`, "b.yaml": box(1) })).unknownKinds).toEqual([
    { kind: "x.io/Box", manifests: 1 },
    { kind: "x.io/Crate", manifests: 2 },
  ]);
  expect((await judge(ofCheck(), { "a.yaml": crate, "b.yaml": box(1), "limit.yaml": limit(4) })).unknownKinds).toEqual([
    { kind: "x.io/Crate", manifests: 1 },
  ]);
});
