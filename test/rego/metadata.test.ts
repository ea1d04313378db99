import { afterAll, describe, expect, test } from "@jest/globals";
import { freshToolchain, judgeOf, judgementOn } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

const annotated = (metadata: string, rego: string): string =>
  `${["METADATA", ...metadata.trim().split("\n")].map((line) => `# ${line}`).join("\n")}\n${rego}\n`;

test("a policy is what its METADATA say", async () => {
  const metadata = `
scope: package
title: Images are pinned
description: A tag can move.
related_resources:
  - https://example.com/images
  - https://example.com/other
custom:
  id: images/pinned
  severity: high
  controls: [CIS-5.1, PSS-baseline]
  level: warn
  anything: else`;
  const judge = await judgeOf(toolchain, annotated(metadata, 'package main\ndeny contains "no"\nwarn contains "hm"'));
  expect(judge.problems).toEqual([]);
  expect(judge.policies).toEqual([
    {
      id: "images/pinned",
      package: "main",
      title: "Images are pinned",
      description: "A tag can move.",
      docs: "https://example.com/images",
      controls: ["CIS-5.1", "PSS-baseline"],
      severity: "high",
      level: "warn",
    },
  ]);
  const { violations } = await judgementOn(judge);
  expect(violations.map(({ policy, rule, level }) => ({ policy, rule, level }))).toEqual([
    { policy: "images/pinned", rule: "deny", level: "warn" },
    { policy: "images/pinned", rule: "warn", level: "warn" },
  ]);
});

test.each([
  ["portcullis.workloads.image_tag", "workloads/image-tag"],
  ["portcullis.lib", "portcullis.lib"],
  ["team.checks", "team.checks"],
])("package %s without an id of its own is policy %s", async (name, id) => {
  const judge = await judgeOf(toolchain, `package ${name}\ndeny contains "no"`, { namespaces: "*" });
  expect(judge.policies.map((policy) => policy.id)).toEqual([id]);
});

test("the nearest scope wins, and a rule with an id is a policy of its own", async () => {
  const rego = [
    annotated("scope: package\ntitle: All\ncustom: {severity: low}", "package main"),
    annotated("title: First\ncustom: {id: a/first, level: info}", 'deny_first contains "1"'),
    annotated("title: Second", 'deny_second contains "2"'),
    'deny_third contains "3"',
  ].join("\n");
  const judge = await judgeOf(toolchain, rego);
  expect(judge.policies).toEqual([
    { id: "a/first", package: "main", title: "First", severity: "low", level: "info" },
    { id: "main", package: "main", title: "All", severity: "low", level: "deny" },
  ]);
  const { violations } = await judgementOn(judge);
  expect(violations.map(({ policy, level, message }) => `${message} ${policy} ${level}`)).toEqual([
    "1 a/first info",
    "2 main deny",
    "3 main deny",
  ]);
});

describe("METADATA that are not as they must be are a problem at their block; the rule judges", () => {
  test.each<[string, string, string]>([
    ["a level", "custom: {level: fatal}", "custom.level must be one of deny, warn, info"],
    ["an id", "custom: {id: KSV001}", 'custom.id must be category/name in lower case, e.g. "workloads/image-tag"'],
    ["controls", "custom: {controls: CIS}", "custom.controls must be array"],
    ["a severity", "custom: {severity: 3}", "custom.severity must be string"],
  ])("%s", async (_name, metadata, message) => {
    const judge = await judgeOf(toolchain, `package main\n\n${annotated(metadata, 'deny contains "no"')}`);
    expect(judge.problems).toEqual([
      { stage: "compile", path: "policy.rego", line: 3, message: `METADATA ${message}` },
    ]);
    expect((await judgementOn(judge)).violations).toHaveLength(1);
  });
});

test("one id for two packages is a problem", async () => {
  const one = (name: string) => annotated("scope: package\ncustom: {id: a/b}", `package ${name}\ndeny contains "no"`);
  const judge = await judgeOf(toolchain, { "x.rego": one("x"), "y.rego": one("y") });
  expect(judge.problems).toEqual([
    expect.objectContaining({
      stage: "compile",
      path: "y.rego",
      message: expect.stringContaining("a/b already belongs to another"),
    }),
  ]);
});
