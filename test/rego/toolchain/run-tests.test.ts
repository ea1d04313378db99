import { afterAll, expect, test } from "@jest/globals";
import type { TestAnswer, TestRequest } from "../../../src/rego/toolchain/protocol.ts";
import { createToolchain } from "../../../src/rego/toolchain/toolchain.ts";

const toolchain = createToolchain({ cacheDir: TEST_CACHE });
afterAll(() => {
  toolchain.close();
});

async function run(
  files: { readonly [path: string]: string },
  options: Omit<TestRequest, "modules"> = {},
): Promise<TestAnswer> {
  const modules = Object.entries(files).map(([path, text]) => ({ path, text, regoVersion: "v1" as const }));
  const outcome = await toolchain.test({ modules, ...options });
  if (outcome.kind === "failed") throw new Error(outcome.message);
  return outcome.answer;
}

const policy = `package p

deny contains msg if {
	input.kind == "Pod"
	not input.metadata.labels.app
	msg := "no app"
}

deny contains msg if {
	input.kind == "Secret"
	msg := "secret"
}
`;

const tests = `package p_test

import data.p

test_denies if {
	print("looking")
	count(p.deny) == 1 with input as {"kind": "Pod"}
}

test_fails if {
	x := {"kind": "Pod"}
	count(p.deny) == 2 with input as x
}

todo_test_later if false

test_each[name] if {
	some name, kind in {"pod": "Pod", "other": "Other"}
	count(p.deny) == 1 with input as {"kind": kind}
}
`;
import { TEST_CACHE } from "../../support/test-cache.ts";

test("every test has an outcome at its place, and a failed one the expression that did not hold", async () => {
  const { results, errors } = await run({ "p.rego": policy, "p_test.rego": tests });
  expect(errors).toEqual([]);
  expect(results.map(({ package: pkg, name, line, outcome }) => [pkg, name, line, outcome])).toEqual([
    ["p_test", "test_denies", 5, "pass"],
    ["p_test", "test_fails", 10, "fail"],
    ["p_test", "todo_test_later", 15, "skip"],
    ["p_test", "test_each", 17, "fail"],
  ]);
  expect(results[0]?.output).toContain("looking");
  expect(results[1]?.failedAt).toEqual({
    path: "p_test.rego",
    line: 12,
    text: "count(p.deny) == 2 with input as x",
    operator: "==",
    values: [
      { text: "count(p.deny)", value: "1" },
      { text: "2", value: "2", constant: true },
    ],
  });
  expect(results[3]?.failedAt?.values?.[0]).toEqual({ text: "count(p.deny)", value: "0" });
  expect(results[1]?.trace).toContain("Fail");
  expect(results[1]?.trace).not.toContain("test_each");
  expect(results[3]?.cases).toEqual([
    { name: "other", outcome: "fail" },
    { name: "pod", outcome: "pass" },
  ]);
});

test("`run` selects tests by package and name", async () => {
  const { results } = await run({ "p.rego": policy, "p_test.rego": tests }, { run: "p_test.test_den" });
  expect(results.map(({ name }) => name)).toEqual(["test_denies"]);
});

test("coverage counts the lines of policies that tests reached, and not the tests", async () => {
  const { coverage } = await run({ "p.rego": policy, "p_test.rego": tests }, { coverage: true, run: "denies" });
  expect(coverage?.files.map(({ path }) => path)).toEqual(["p.rego"]);
  expect(coverage?.files[0]?.notCovered.map(({ from }) => from)).toEqual([9, 10, 11]);
  expect(coverage?.percentage).toBeGreaterThan(50);
  expect(coverage?.percentage).toBeLessThan(80);
});

test("a broken test file is an error, and the other tests run", async () => {
  const { results, errors } = await run({
    "p.rego": policy,
    "a_test.rego": 'package a_test\ntest_a if data.p.deny with input as {"kind": "Pod"}\n',
    "b_test.rego": "package b_test\ntest_b if x\n",
  });
  expect(errors).toMatchObject([{ path: "b_test.rego", line: 2, code: "rego_unsafe_var_error" }]);
  expect(results).toMatchObject([{ name: "test_a", outcome: "pass" }]);
});

test("a test that runs too long is an error with its name, and the others still run", async () => {
  const { results } = await run(
    {
      "a_test.rego": `package a_test
test_loops if {
	count([x | some a in numbers.range(1, 1000); some b in numbers.range(1, 100000); x := a * b; x < 0]) > 0
}
test_short if true
`,
    },
    { timeoutMs: 300 },
  );
  expect(results).toMatchObject([
    { name: "test_loops", outcome: "error", error: { code: "eval_cancel_error" } },
    { name: "test_short", outcome: "pass" },
  ]);
});

test("data is there, and conftest's parse_config reads YAML, JSON and the files that were given", async () => {
  const { results, errors } = await run(
    {
      "policy/a_test.rego": `package a_test
test_data if data.limits.cpu == 2
test_text if parse_config("yaml", "a: [1, 2]").a[1] == 2
test_file if parse_config_file("fixtures/pod.yaml").kind == "Pod"
test_combined if {
	some one in parse_combined_config_files(["fixtures/pod.yaml"])
	one.contents.kind == "Pod"
}
test_missing if not parse_config_file("../../etc/passwd.yaml")
`,
    },
    { data: { limits: { cpu: 2 } }, files: { "policy/fixtures/pod.yaml": "kind: Pod\n" } },
  );
  expect(errors).toEqual([]);
  expect(results.map(({ name, outcome }) => [name, outcome])).toEqual([
    ["test_data", "pass"],
    ["test_text", "pass"],
    ["test_file", "pass"],
    ["test_combined", "pass"],
    ["test_missing", "pass"],
  ]);
});

test("http.send may be replaced in a test; a test that reaches the call itself is an error", async () => {
  const { results, errors, refused } = await run({
    "p.rego": 'package p\n\ndeny contains "down" if http.send({"url": "http://x", "method": "get"}).status != 200\n',
    "a_test.rego": 'package a_test\ntest_a if count(data.p.deny) == 1 with http.send as {"status": 500}\n',
    "b_test.rego": "package b_test\ntest_b if count(data.p.deny) == 0\n",
  });
  expect(errors).toEqual([]);
  expect(refused).toMatchObject([{ path: "p.rego", line: 3, code: "portcullis_refused_builtin" }]);
  expect(results).toMatchObject([
    { name: "test_a", outcome: "pass" },
    { name: "test_b", outcome: "error", error: { path: "p.rego", line: 3, code: "portcullis_refused_builtin" } },
  ]);
});

test("after a change only tests that depend on it run, also through a helper and on what does not parse", async () => {
  const files = {
    "lib.rego": "package lib\n\nlimit := 1\n",
    "a.rego": 'package a\n\nimport data.lib\n\ndeny contains "a" if input.n > lib.limit\n',
    "a_test.rego": "package a_test\n\ntest_a if count(data.a.deny) == 1 with input as {\"n\": 2}\n",
    "b.rego": 'package b\n\ndeny contains "b" if input.n\n',
    "b_test.rego": "package b_test\n\ntest_b if count(data.b.deny) == 1 with input as {\"n\": 2}\n",
  };
  const ofHelper = await run(files, { changed: ["lib.rego"] });
  expect(ofHelper.results.map(({ name }) => name)).toEqual(["test_a"]);
  expect(ofHelper.affected).toEqual(["a.rego", "a_test.rego", "lib.rego"]);
  const ofPolicy = await run(files, { changed: ["b.rego"] });
  expect(ofPolicy.results.map(({ name }) => name)).toEqual(["test_b"]);
  expect(ofPolicy.needed).toEqual(["b.rego", "b_test.rego"]);
  const broken = await run({ ...files, "lib.rego": "package lib\n\nlimit := \n" }, { changed: ["lib.rego"] });
  expect(broken.results).toEqual([]);
  expect([...new Set(broken.errors.map(({ path }) => path))]).toEqual(["a.rego", "a_test.rego", "lib.rego"]);
});

test("coverage counts how often lines and bodies of rules were reached", async () => {
  const { coverage } = await run({ "p.rego": policy, "p_test.rego": tests }, { coverage: true, run: "denies" });
  expect(coverage?.files[0]?.rules.map(({ name, line, hits }) => [name, line, hits > 0])).toEqual([
    ["deny", 3, true],
    ["deny", 9, false],
  ]);
  expect(coverage?.files[0]?.lines.filter(({ hits }) => hits === 0).map(({ line }) => line)).toEqual([9, 10, 11]);
});

test("format lays text out as `opa fmt`, and leaves what does not parse", async () => {
  const module = (text: string) => ({ path: "a.rego", text, regoVersion: "v1" as const });
  expect(await toolchain.format(module("package a\ndeny contains   x if {x:=1}"))).toEqual({
    kind: "answer",
    answer: { text: "package a\n\ndeny contains x if x := 1\n", errors: [] },
  });
  expect(await toolchain.format(module("package a\n{{"))).toMatchObject({
    kind: "answer",
    answer: { text: "package a\n{{", errors: [{ line: 2, code: "rego_parse_error" }] },
  });
});

test("evaluate answers as OPA's own evaluator, once for each input", async () => {
  const outcome = await toolchain.evaluate({
    modules: [{ path: "p.rego", text: policy, regoVersion: "v1" }],
    query: "data.p.deny",
    inputs: [{ kind: "Pod" }, { kind: "Service" }],
  });
  expect(outcome).toMatchObject({
    kind: "answer",
    answer: { evaluations: [{ values: [["no app"]] }, { values: [[]] }], errors: [] },
  });
});

test.each([
  ["sprintf", ['"%v %d"', '["a", 12345678901234567890]'], { kind: "value", value: '"a 12345678901234567890"' }],
  ["units.parse_bytes", ['"10Gi"'], { kind: "value", value: "10737418240" }],
  ["semver.compare", ['"1.2.3"', '"a"'], { kind: "undefined", code: "eval_builtin_error" }],
  ["time.now_ns", [], { kind: "value", value: "1700000000000000001" }],
  ["http.send", ["{}"], { kind: "error", code: "portcullis_refused_builtin" }],
  ["nobody.knows", [], { kind: "error", code: "unknown_builtin" }],
])("the builtin %s answers as the evaluator would", async (name, args, expected) => {
  const outcome = await toolchain.builtin({ name, args, nowNs: 1_700_000_000_000_000_001n });
  expect(outcome).toMatchObject({ kind: "answer", answer: expected });
});

test("builtins take and give sets as Rego terms", async () => {
  const outcome = await toolchain.builtin({ name: "concat", args: ['", "', '{"b", "a"}'], terms: true });
  expect(outcome).toEqual({ kind: "answer", answer: { kind: "value", value: '"a, b"' } });
});
