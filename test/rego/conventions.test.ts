import { afterAll, describe, expect, test } from "@jest/globals";
import type { JsonObject } from "../../src/model/json.ts";
import { freshToolchain, judgeOf, judgementOn, messagesOf, question } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

type Expected = { readonly [name: string]: readonly string[] };

describe("conftest's conventions hold", () => {
  test.each<[name: string, rego: string, expected: Expected]>([
    ["deny with a string denies", 'deny contains "no"', { deny: ["no"] }],
    ["violation denies too", 'violation contains "no"', { violation: ["no"] }],
    ["warn warns", 'warn contains "hm"', { warn: ["hm"] }],
    [
      "a suffix keeps the level",
      'warn_a_B9 contains "hm"\ndeny_x contains "no"',
      { warn_a_B9: ["hm"], deny_x: ["no"] },
    ],
    [
      "other names decide nothing",
      'denied contains "no"\ndenyx contains "x"\nwarning contains "x"\nallow := false\ndeny contains "a"',
      { deny: ["a"] },
    ],
    ["an object with msg is a message", 'deny contains {"msg": "no"}', { deny: ["no"] }],
    ["a complete rule may give an array, in its order", 'deny := ["z", "a"]', { deny: ["z", "a"] }],
    ["a complete rule may give a set", 'deny := {"z", "a"}', { deny: ["a", "z"] }],
    [
      "several bodies are one rule",
      'deny contains "b"\ndeny contains "a" if input.kind == "Pod"',
      { deny: ["a", "b"] },
    ],
    [
      "equal messages of one rule are one",
      'deny contains "a"\ndeny contains "a" if input.kind == "Pod"',
      { deny: ["a"] },
    ],
    [
      "messages come in OPA's order",
      'deny contains x if some x in ["b", "é", "a", "B", "😀", "\\ufffd"]',
      {
        deny: ["B", "a", "b", "é", "\ufffd", "\u{1f600}"],
      },
    ],
    ["strings come before objects", 'deny contains {"msg": "a"}\ndeny contains "b"', { deny: ["b", "a"] }],
    ["a rule that does not hold says nothing", 'deny contains "no" if input.kind == "Service"', {}],
    [
      "data.conftest.file names the file",
      'deny contains sprintf("%s in %s", [data.conftest.file.name, data.conftest.file.dir])',
      {
        deny: ["web.yaml in /apps"],
      },
    ],
    [
      "input is the document and nothing more",
      'deny contains concat(",", sort(object.keys(input)))',
      {
        deny: ["apiVersion,kind,metadata"],
      },
    ],
    [
      "a v0 file that says nothing is not v1, but an import says it",
      'import rego.v1\ndeny contains "no"',
      { deny: ["no"] },
    ],
  ])("%s", async (_name, rego, expected) => {
    const judge = await judgeOf(toolchain, `package main\n${rego}\n`, { namespaces: ["main"] });
    expect(judge.problems).toEqual([]);
    const judgement = await judgementOn(judge, question({ metadata: { name: "web" } }));
    const byRule: { [rule: string]: string[] } = {};
    for (const { rule, message } of judgement.violations) (byRule[rule] ??= []).push(message);
    expect(byRule).toEqual(expected);
    expect(judgement.problems).toEqual([]);
    for (const { rule, level } of judgement.violations) expect(level).toBe(rule.startsWith("warn") ? "warn" : "deny");
  });
});

test("keys beside msg are metadata, and _loc is the declared place", async () => {
  const judge = await judgeOf(
    toolchain,
    `package main
     deny contains {"msg": "a", "severity": "high", "ids": {2, 1}, "_loc": {"file": "x.yaml", "line": 7}}
     deny contains {"msg": "b", "_loc": {"line": 3}}
     deny contains {"msg": "c", "_loc": "nowhere"}`,
    { namespaces: ["main"] },
  );
  const { violations } = await judgementOn(judge);
  expect(violations.map(({ message, declared, metadata }) => ({ message, declared, metadata }))).toEqual([
    { message: "c", declared: undefined, metadata: undefined },
    { message: "a", declared: { path: "x.yaml", line: 7 }, metadata: { severity: "high", ids: [1, 2] } },
    { message: "b", declared: { line: 3 }, metadata: undefined },
  ]);
});

describe("exceptions", () => {
  const rules =
    'deny contains "plain"\ndeny_a contains "a"\nwarn_a contains "wa"\nviolation_b contains "b"\nwarn contains "w"\n';
  test.each<[string, string, readonly string[], readonly string[]]>([
    ["by suffix, of deny and warn alike", 'exception contains ["a"]', ["plain", "b", "w"], ["a", "wa"]],
    ["by the empty suffix, of every unsuffixed rule", 'exception contains [""]', ["a", "wa", "b"], ["plain", "w"]],
    ["several in one list", 'exception contains ["a", "b"]', ["plain", "w"], ["a", "wa", "b"]],
    ["as a set of sets", 'exception contains {"b"}', ["plain", "a", "wa", "w"], ["b"]],
    [
      "only where the body holds",
      'exception contains ["a"] if input.kind == "Service"',
      ["plain", "a", "wa", "b", "w"],
      [],
    ],
    ["not by the full name", 'exception contains ["deny_a"]', ["plain", "a", "wa", "b", "w"], []],
  ])("excuse results %s", async (_name, exception, violations, excepted) => {
    const judge = await judgeOf(toolchain, `package main\n${rules}${exception}\n`, { namespaces: ["main"] });
    const judgement = await judgementOn(judge);
    expect(messagesOf(judgement).toSorted()).toEqual(violations.toSorted());
    expect(judgement.excepted.map(({ message }) => message).toSorted()).toEqual(excepted.toSorted());
  });

  test("of one package do not reach another", async () => {
    const judge = await judgeOf(
      toolchain,
      { "a.rego": 'package a\ndeny contains "a"\nexception contains [""]', "b.rego": 'package b\ndeny contains "b"' },
      { namespaces: ["a", "b"] },
    );
    expect(messagesOf(await judgementOn(judge))).toEqual(["b"]);
  });
});

describe("a wrong shape is a problem with the policy's name, beside the findings of the others", () => {
  test.each<[string, string, string]>([
    ["a number in the set", "deny contains 7", "a set with a number in it"],
    ["an object without msg", 'deny contains {"message": "no"}', 'an object whose "msg" is missing'],
    ["a msg that is no string", 'deny contains {"msg": 7}', 'an object whose "msg" is a number'],
    ["an empty message", 'deny contains ""', "an empty message"],
    ["a nested set", 'deny contains {"no"}', "a set with a set in it"],
    ["true", "deny if true", "true"],
    ["false by default", "default deny := false", "false"],
    ["a string", 'deny := "no"', "a string"],
    ["a number", "deny := 7", "a number"],
    ["an object", 'deny := {"msg": "no"}', "an object"],
    ["null", "deny := null", "null"],
  ])("%s", async (_name, rego, gave) => {
    const good = 'package good\nwarn contains "kept"';
    const judge = await judgeOf(
      toolchain,
      { "bad.rego": `package main\n\n${rego}\n`, "good.rego": good },
      { namespaces: ["main", "good"] },
    );
    const judgement = await judgementOn(judge);
    expect(messagesOf(judgement)).toEqual(["kept"]);
    expect(judgement.problems).toEqual([
      {
        stage: "evaluate",
        path: "apps/web.yaml",
        line: 1,
        message: `policy main: rule deny (bad.rego:3) returned ${gave}; expected a set of messages, each a string or an object with a string "msg"`,
      },
    ]);
  });

  test("good messages of a rule that also gives a wrong one are kept", async () => {
    const judge = await judgeOf(toolchain, 'package main\ndeny contains "good"\ndeny contains 7', {
      namespaces: ["main"],
    });
    const judgement = await judgementOn(judge);
    expect(messagesOf(judgement)).toEqual(["good"]);
    expect(judgement.problems).toHaveLength(1);
  });

  test("a rule of keys and values is known to be wrong before anything is judged", async () => {
    const judge = await judgeOf(toolchain, 'package main\ndeny[x] := 1 if some x in ["a"]', { namespaces: ["main"] });
    expect(judge.problems).toEqual([
      expect.objectContaining({
        stage: "compile",
        path: "policy.rego",
        line: 2,
        message: expect.stringContaining("keys"),
      }),
    ]);
    expect(await judgementOn(judge)).toEqual({ violations: [], excepted: [], problems: [] });
  });
});

test("v0 and v1 files judge side by side", async () => {
  const judge = await judgeOf(
    toolchain,
    {
      "old.rego":
        'package old\ndeny[msg] { input.kind == "Pod"; msg := "v0" }\nviolation[{"msg": msg}] { msg := data.new.text }',
      "new.rego": 'package new\nimport rego.v1\ndeny contains "v1" if input.kind == "Pod"\ntext := "shared"',
    },
    { namespaces: "*", regoVersion: "v0" },
  );
  expect(judge.problems).toEqual([]);
  expect(messagesOf(await judgementOn(judge)).toSorted()).toEqual(["shared", "v0", "v1"]);
});

test("a v0 file read as v1 is a problem that says so", async () => {
  const judge = await judgeOf(toolchain, 'package main\ndeny[msg] { msg := "v0" }');
  expect(judge.problems[0]).toMatchObject({ stage: "compile", path: "policy.rego", line: 2 });
  expect(judge.problems.map(({ message }) => message).join()).toContain("--rego-version v0");
});

test("integers that no double holds reach the policies and come back exact", async () => {
  const judge = await judgeOf(
    toolchain,
    `package main
     deny contains {"msg": sprintf("%d", [input.spec.big]), "big": input.spec.big, "more": input.spec.big + 1}
     deny contains "from data" if data.limit == 18446744073709551615`,
    { namespaces: ["main"], data: [{ path: "d.json", prefix: [], text: '{"limit": 18446744073709551615}' }] },
  );
  const { violations } = await judgementOn(judge, question({ spec: { big: 9007199254740993n } }));
  expect(violations.map(({ message, metadata }) => ({ message, metadata }))).toEqual([
    { message: "from data", metadata: undefined },
    { message: "9007199254740993", metadata: { big: 9007199254740993n, more: 9007199254740994n } },
  ]);
});

describe("rules that read the change", () => {
  const rego = `package main
deny contains "read only" if { data.portcullis.operation == "UPDATE"; data.portcullis.oldObject.spec.a != input.spec.a }
deny_deletion contains "kept for ever" if { data.portcullis.operation == "DELETE"; data.portcullis.oldObject.spec.keep }
warn contains "no team" if not input.metadata.team`;
  test.each<[string, JsonObject, object, readonly string[]]>([
    ["see CREATE", { spec: { a: 1 } }, {}, ["no team"]],
    [
      "see UPDATE with the old object",
      { spec: { a: 1 } },
      { operation: "UPDATE", oldObject: { spec: { a: 2 } } },
      ["read only", "no team"],
    ],
    ["see DELETE alone, with the old object", { spec: { keep: true } }, { operation: "DELETE" }, ["kept for ever"]],
  ])("%s", async (_name, value, change, messages) => {
    const judge = await judgeOf(toolchain, rego, { namespaces: ["main"] });
    expect(judge.readsChange).toBe(true);
    const judgement = await judgementOn(judge, question(value, "a.yaml", change));
    expect(messagesOf(judgement)).toEqual(messages);
    for (const { rule, readsChange } of judgement.violations) expect(readsChange).toBe(rule !== "warn");
  });
});
