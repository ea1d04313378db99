import { afterAll, describe, expect, test } from "@jest/globals";
import type { DataFile } from "../../src/model/policy.ts";
import { freshToolchain, judgementOn, judgeOf, messagesOf } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

const problemsOf = async (...given: Parameters<typeof judgeOf> extends [unknown, ...infer Rest] ? Rest : never) =>
  (await judgeOf(toolchain, ...given)).problems.map(({ path, line, message }) => `${path}:${line} ${message}`);

const warningsOf = async (...given: Parameters<typeof judgeOf> extends [unknown, ...infer Rest] ? Rest : never) =>
  (await judgeOf(toolchain, ...given)).warnings?.map(({ path, line, message }) => `${path}:${line} ${message}`);

describe("a rule over another input than a manifest is a problem", () => {
  test.each([
    [
      "admission",
      'deny contains "x" if not input.review.object.metadata.labels.team',
      "input.review (line 2), which only admission sets",
    ],
    [
      "a webhook",
      'deny contains "x" if { o := input.request.object\n o.kind == "Pod" }',
      "input.request (line 2), which only admission sets",
    ],
    [
      "admission through a helper",
      'deny contains "x" if bad\nbad if object.spec.hostNetwork\nobject := input.review.object',
      "input.review (line 4), which only admission sets",
    ],
    [
      "a list by a variable",
      'deny contains "x" if input[i].contents.kind == "Pod"',
      "`input` as a list of documents (line 2)",
    ],
    [
      "a list by some",
      'deny contains "x" if {\n some one in input\n one["contents"].kind == "Pod"\n}',
      "`input` as a list of documents (line 3)",
    ],
    ["a list by number", 'deny contains "x" if input[0].kind == "Pod"', "`input` as a list of documents (line 2)"],
  ])("%s", async (_name, rule, why) => {
    const found = await problemsOf(`package main\n${rule}`);
    expect(found).toEqual([
      expect.stringMatching(/^policy\.rego:2 policy main: rule deny can never fire: it reads .*; expected rules over/),
    ]);
    expect(found[0]).toContain(why);
  });

  test.each([
    ["either form", 'deny contains "x" if o.kind == "Pod"\no := input.review.object\no := input if not input.review'],
    ["the word in a string or a comment", 'deny contains "input.review" if input.kind == "Pod" # input.request'],
    ["all fields", 'deny contains "x" if { some key, value in input\n key == "contents"\n value }'],
    ["another document with `with`", 'deny contains "x" if p with input as {"review": input}\np if input.review'],
    ["no input", 'deny contains "x"'],
    ["input in a template string", 'deny contains $"{input.kind}" if { input.review }'],
  ])("not one that reads %s", async (_name, rule) => {
    expect(await problemsOf(`package main\n${rule}`)).toEqual([]);
  });

  test("a helper of another package counts, by import and by path", async () => {
    const lib = "package lib.k8s\nobject := input.review.object\n";
    const imported = 'package main\nimport data.lib.k8s as k\ndeny contains "x" if k.object.kind == "Pod"';
    expect(await problemsOf({ "lib.rego": lib, "main.rego": imported })).toHaveLength(1);
    const whole = 'package main\ndeny contains "x" if data.lib.k8s.object.kind == "Pod"';
    expect(await problemsOf({ "lib.rego": lib, "main.rego": whole })).toHaveLength(1);
    const both = "package lib.k8s\nobject := input if not input.review\nobject := input.review.object\n";
    expect(await problemsOf({ "lib.rego": both, "main.rego": imported })).toEqual([]);
  });
});

describe("a package with rules that nothing selects is a problem", () => {
  const main = 'package main\ndeny contains "x" if input.kind == "Secret"';
  const team = 'package team\nimport rego.v1\n\ndeny_team contains "no team" if not input.metadata.labels.team';

  test("with its rule's line and how to select it", async () => {
    expect(await problemsOf({ "main.rego": main, "team.rego": team })).toEqual([
      "team.rego:4 package team has a rule deny_team but does not run: add METADATA to it, or select it with --namespace team",
    ]);
  });

  test.each<[string, string, string, object]>([
    ["packages were named", main, team, { namespaces: ["main"] }],
    ["all packages run", main, team, { namespaces: "*" }],
    ["it has METADATA", main, `# METADATA\n# title: Teams\n${team}`, {}],
    ["a rule that runs reads it", `${main}\ndeny contains m if some m in data.team.deny_team`, team, {}],
    ["it has helpers only", main, "package team\ndenied if true\ndeny_list := [1]\nviolation_of(x) if x", {}],
  ])("not where %s", async (_name, one, other, sources) => {
    expect(await problemsOf({ "main.rego": one, "team.rego": other }, sources)).toEqual([]);
  });
});

test("a constant whose name is that of a rule is one problem, and gives no findings", async () => {
  const judge = await judgeOf(
    toolchain,
    'package main\ndeny_list := ["latest", "edge"]\nwarn_threshold := 3\nviolation_of(c) if c\ndeny contains "x" if input.kind == "Pod"',
  );
  expect(judge.problems.map(({ line, message }) => `${line} ${message.split(";")[0]}`)).toEqual([
    "2 policy main: deny_list is a constant, and its name is that of a rule",
    "3 policy main: warn_threshold is a constant, and its name is that of a rule",
  ]);
  const judgement = await judgementOn(judge);
  expect([messagesOf(judgement), judgement.problems]).toEqual([["x"], []]);
});

test.each([
  ["a computed list", 'deny := [m | input.kind == "Pod"; m := "x"]'],
  ["a rule with a body", 'deny := ["x"] if input.kind == "Pod"'],
  ["one that is always true", "deny := true"],
])("%s is a rule", async (_name, rule) => {
  expect(await problemsOf(`package main\n${rule}`)).toEqual([]);
});

describe("data that nothing provides", () => {
  const data: readonly DataFile[] = [{ path: "d.yaml", prefix: [], text: "allowed: {registries: [quay.io/]}" }];

  test.each([
    ["a typo", "data.allowd.registries", "data.allowd"],
    ["a typo further in", 'data.allowed["registry"]', "data.allowed.registry"],
    ["an imported typo", "names.registries", "data.alowed"],
  ])("%s is a warning at its line", async (_name, read, missing) => {
    const rego = `package main\nimport data.alowed as names\ndeny contains "x" if {\n some one in ${read}\n input.kind == one }`;
    expect(await warningsOf(rego, { data })).toEqual([
      `policy.rego:4 rule deny reads ${missing}, which neither the data nor a rule provides, so that what reads it is undefined`,
    ]);
  });

  test.each([
    ["data", "some r in data.allowed.registries; r == input.kind"],
    ["a value below data", "data.allowed.registries[0] == input.kind"],
    ["a rule", "data.lib.names[input.kind]"],
    ["a package", "data.lib[input.kind]"],
    ["the name of the file", 'data.conftest.file.name == "a"'],
    ["parameters", 'data.parameters["a/b"].c == input.kind'],
    ["what the rule expects to be missing", "not data.excluded"],
    ["a name that is known later", "data[input.kind]"],
  ])("%s is no such", async (_name, read) => {
    const files = {
      "p.rego": `package main\ndeny contains "x" if { ${read} }`,
      "lib.rego": "package lib\nnames := {}",
    };
    expect(await warningsOf(files, { data })).toEqual([]);
  });

  test("a default allows for it", async () => {
    const rego = 'package main\ndefault names := []\nnames := data.names\ndeny contains "x" if input.kind in names';
    expect(await warningsOf(rego)).toEqual([]);
  });
});

test("keys of METADATA without effect are warnings at their lines", async () => {
  const rego = `# METADATA
# title: A
# descripton: B
# level: warn
# custom:
#   sevrity: high
#   runbook: https://example.com
#   parameters:
#     lvel: 1
package main
deny contains "x" if input.kind == "Pod"`;
  expect(await warningsOf(rego)).toEqual([
    "policy.rego:3 METADATA key descripton has no effect: did you mean description?",
    "policy.rego:4 METADATA key level has no effect: it belongs below custom",
    "policy.rego:6 METADATA key sevrity has no effect: did you mean severity?",
  ]);
});

describe("parameters", () => {
  const rego = `# METADATA
# custom:
#   id: images/registry
package main
deny contains "x" if not input.kind in data.parameters["images/registry"].allowed`;
  const file = (text: string, prefix: readonly string[] = []): DataFile => ({ path: "d.yaml", prefix, text });

  test("what a policy reads is known", async () => {
    const { parametersRead } = await judgeOf(toolchain, rego);
    expect(parametersRead).toEqual(new Map([["images/registry", new Set(["allowed"])]]));
    const dynamic = await judgeOf(toolchain, `${rego}\nall := data.parameters[input.kind]`);
    expect(dynamic.parametersRead).toBe("any");
  });

  test.each([
    ["at the root", file("parameters:\n  images/registry:\n    allowed: []\n    registries: []"), 4],
    ["in a directory", file("images/registry:\n  registries: []", ["parameters"]), 2],
  ])("one in data %s that the policy does not read is a problem at its line", async (_name, data, line) => {
    expect(await problemsOf(rego, { data: [data] })).toEqual([
      `d.yaml:${line} policy images/registry reads no parameter "registries"; expected allowed`,
    ]);
  });

  const described = rego.replace(
    "#   id: images/registry",
    "#   id: images/registry\n#   parameters:\n#     allowed: { type: array, items: { type: string, minLength: 3 } }",
  );

  test.each([
    ["of another type", file("parameters:\n  images/registry:\n    allowed: ghcr.io"), 3, '"allowed": expected a list'],
    [
      "with a wrong item",
      file("images/registry:\n  allowed:\n    - 7", ["parameters"]),
      3,
      '"allowed.0": expected text',
    ],
    [
      "that a keyword refuses",
      file("allowed: [a]", ["parameters", "images/registry"]),
      1,
      '"allowed.0": must NOT have fewer than 3 characters',
    ],
  ])("a value %s is a problem at its line", async (_name, data, line, expected) => {
    expect(await problemsOf(described, { data: [data] })).toEqual([
      `d.yaml:${line} policy images/registry: parameter ${expected}`,
    ]);
  });

  test("parameters that are no object are a problem, and right ones are none", async () => {
    expect(await problemsOf(described, { data: [file("parameters: { images/registry: [ghcr.io] }")] })).toEqual([
      "d.yaml:1 policy images/registry: expected an object with the parameters by name",
    ]);
    expect(
      await problemsOf(described, { data: [file("parameters: { images/registry: { allowed: [ghcr.io] } }")] }),
    ).toEqual([]);
  });

  test("a schema that is none is a problem at its METADATA", async () => {
    const [problem] = await problemsOf(described.replace("type: array", "type: list"));
    expect(problem).toMatch(/^policy\.rego:1 METADATA custom\.parameters\.allowed is not a JSON Schema: /);
  });

  test("values for an environment are held against the schema when asked", async () => {
    const judge = await judgeOf(toolchain, described);
    expect(judge.parameterFaults?.("images/registry", { allowed: 7 })).toEqual([
      { pointer: "/allowed", message: 'parameter "allowed": expected a list' },
    ]);
    expect(judge.parameterFaults?.("images/registry", { allowed: ["ghcr.io"] })).toEqual([]);
    expect(judge.parameterFaults?.("images/other", { allowed: 7 })).toEqual([]);
  });
});
