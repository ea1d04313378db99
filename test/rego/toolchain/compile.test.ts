import { afterAll, expect, test } from "@jest/globals";
import type { CompileAnswer, ModuleSource } from "../../../src/rego/toolchain/protocol.ts";
import { createToolchain } from "../../../src/rego/toolchain/toolchain.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

const toolchain = createToolchain({ cacheDir: TEST_CACHE });
afterAll(() => {
  toolchain.close();
});

async function compile(
  files: { readonly [path: string]: string },
  namespaces: readonly string[] | "*" = "*",
): Promise<CompileAnswer> {
  const modules = Object.entries(files).map(
    ([path, text]): ModuleSource => ({ path, text, regoVersion: path.includes("v0") ? "v0" : "v1" }),
  );
  const outcome = await toolchain.compile({ modules, namespaces });
  if (outcome.kind === "failed") throw new Error(outcome.message);
  return outcome.answer;
}

const good = `package good
deny contains "always"
`;

const broken: readonly (readonly [name: string, files: { readonly [path: string]: string }, errors: readonly unknown[]])[] = [
  ["a text that does not parse", { "bad.rego": "package bad\n\ndeny contains msg if {\n" }, [["bad.rego", 3, "rego_parse_error"]]],
  ["a variable that is unsafe", { "bad.rego": "package bad\n\ndeny contains msg if { msg := y }\n" }, [["bad.rego", 3, "rego_unsafe_var_error"]]],
  ["a wrong type", { "bad.rego": 'package bad\n\ndeny contains "x" if { 1 + "a" == 2 }\n' }, [["bad.rego", 3, "rego_type_error"]]],
  ["a function nobody defines", { "bad.rego": 'package bad\ndeny contains "x" if { nope(1) }\n' }, [["bad.rego", 2, "rego_type_error"]]],
  ["a METADATA block that is no YAML", { "bad.rego": '# METADATA\n# title: [\npackage bad\ndeny contains "x"\n' }, [["bad.rego", 2, "rego_parse_error"]]],
  ["http.send", { "bad.rego": 'package bad\ndeny contains "x" if {\n  true\n  http.send({"url": "x"}).body == 1\n}\n' }, [["bad.rego", 4, "portcullis_refused_builtin"]]],
  ["net.lookup_ip_addr", { "bad.rego": 'package bad\ndeny contains x if {\n  some x in net.lookup_ip_addr("h")\n}\n' }, [["bad.rego", 3, "portcullis_refused_builtin"]]],
  ["opa.runtime in a helper", { "bad.rego": 'package bad\nenv := opa.runtime().env\ndeny contains "x" if env.A\n' }, [["bad.rego", 2, "portcullis_refused_builtin"]]],
  ["a rule that calls itself", { "bad.rego": 'package bad\na if b\nb if a\ndeny contains "x" if a\n' }, [["bad.rego", 2, "rego_recursion_error"], ["bad.rego", 3, "rego_recursion_error"]]],
  ["one rule as set and as value", { "bad.rego": 'package bad\ndeny contains "x"\n', "bad2.rego": 'package bad\ndeny := "y"\n' }, [["bad.rego", 2, "rego_type_error"]]],
  ["a v1 file written in v0", { "bad.rego": 'package bad\ndeny["x"] { true }\n' }, [["bad.rego", 2, "rego_parse_error"], ["bad.rego", 2, "rego_parse_error"]]],
  [
    "a helper that does not parse, and what depends on it",
    {
      "lib.rego": "package lib\n\nbad_names contains x if {\n",
      "uses.rego": 'package uses\nimport data.lib\ndeny contains "x" if count(lib.bad_names) > 0\n',
      "uses_uses.rego": 'package uses_uses\n\ndeny contains "x" if data.uses.deny["x"]\n',
    },
    [
      ["lib.rego", 3, "rego_parse_error"],
      ["uses.rego", 3, "portcullis_left_out"],
      ["uses_uses.rego", 3, "portcullis_left_out"],
    ],
  ],
  ["an empty file", { "bad.rego": "" }, [["bad.rego", 1, "rego_parse_error"]]],
];

test.each(broken)("%s is an error at its line, and the rest still compiles", async (_, files, errors) => {
  const answer = await compile({ ...files, "good.rego": good });
  expect(answer.errors.map(({ path, line, code }) => [path, line, code])).toEqual(errors);
  expect(answer.rules.map((rule) => rule.package)).toContain("good");
  expect(answer.wasm?.length).toBeGreaterThan(0);
});

test("a refused builtin says what to do instead", async () => {
  const { errors } = await compile({ "bad.rego": 'package bad\ndeny contains "x" if http.send({})\n' });
  expect(errors[0]).toMatchObject({ column: 22, message: expect.stringContaining("put what it would fetch into a data file") });
});

test("a rule of one's own that is imported as `http` is no builtin", async () => {
  const answer = await compile({
    "own.rego": "package own\nsend(x) := x\n",
    "uses.rego": 'package uses\nimport data.own as http\ndeny contains "x" if http.send(1) == 1\n',
  });
  expect(answer.errors).toEqual([]);
});

test("a broken test hides no policy", async () => {
  const answer = await compile({ "good.rego": good, "good_test.rego": "package good_test\n{{{" });
  expect(answer.errors).toEqual([]);
  expect(answer.rules).toHaveLength(1);
});

test("columns count UTF-16 code units", async () => {
  const { errors } = await compile({ "bad.rego": 'package bad\ndeny contains x if { "😀é" != ""; x := y }\n' });
  expect(errors).toMatchObject([{ line: 2, column: 35, code: "rego_unsafe_var_error" }]);
});

test("v0 and v1 files stand side by side, and `import rego.v1` is fine in both", async () => {
  const answer = await compile({
    "a_v0.rego": 'package a\ndeny[msg] { input.x; msg := "a" }\n',
    "b_v0.rego": 'package b\nimport rego.v1\ndeny contains msg if { input.x; msg := "b" }\n',
    "c_v1.rego": 'package c\nimport rego.v1\ndeny contains msg if { input.x; msg := "c" }\n',
  });
  expect(answer.errors).toEqual([]);
  expect(answer.rules.map((rule) => [rule.package, rule.name, rule.shape])).toEqual([
    ["a", "deny", "set"],
    ["b", "deny", "set"],
    ["c", "deny", "set"],
  ]);
});

test("rules that decide are those that conftest runs, with their shape, place and order", async () => {
  const { rules, exceptions } = await compile({
    "z.rego": `package main
deny_b contains "x"
deny_a[x] := y if { x := "k"; y := "v" }
warn if true
violation contains {"msg": "x"}
denying contains "no"
deny(x) := x
exception contains ["b"]
`.replace("deny(x) := x\n", "is_denied(x) := x\n"),
    "a.rego": 'package main\n\n\ndeny_b contains "y"\n',
  });
  expect(rules.map(({ index, name, shape, path, line }) => [index, name, shape, path, line])).toEqual([
    [0, "deny_a", "object", "z.rego", 3],
    [1, "deny_b", "set", "a.rego", 4],
    [2, "violation", "set", "z.rego", 5],
    [3, "warn", "value", "z.rego", 4],
  ]);
  expect(exceptions).toEqual(["main"]);
});

const packages = {
  "main.rego": 'package main\ndeny contains "x"\n',
  "documented.rego": '# METADATA\n# title: T\npackage k8s.documented\n\ndeny contains "x"\n',
  "plain.rego": 'package k8s.plain\ndeny contains "x"\n',
  "lib.rego": "# METADATA\n# title: L\npackage lib\nx := 1\n",
};

test.each([
  ["by default `main` and what has METADATA", undefined, ["k8s.documented", "main"], []],
  ["all", "*" as const, ["k8s.documented", "k8s.plain", "main"], []],
  ["by name", ["k8s.plain"], ["k8s.plain"], []],
  ["by pattern", ["k8s.*"], ["k8s.documented", "k8s.plain"], []],
  ["a name nobody has is named", ["main", "nobody", "lib"], ["main"], ["nobody", "lib"]],
])("namespaces: %s", async (_, namespaces, selected, unmatched) => {
  const modules = Object.entries(packages).map(([path, text]): ModuleSource => ({ path, text, regoVersion: "v1" }));
  const outcome = await toolchain.compile({ modules, ...(namespaces === undefined ? {} : { namespaces }) });
  expect(outcome).toMatchObject({
    kind: "answer",
    answer: { unmatchedNamespaces: unmatched, packages: ["k8s.documented", "k8s.plain", "lib", "main"] },
  });
  if (outcome.kind === "answer") expect(outcome.answer.rules.map((rule) => rule.package)).toEqual(selected);
});

test("METADATA comes nearest scope first, with its line", async () => {
  const { rules } = await compile({
    "a.rego": `# METADATA
# title: Package
# custom:
#   severity: high
package a

# METADATA
# title: Rule
# related_resources: [https://example.org/rule]
deny contains "x"
`,
  });
  expect(rules[0]?.annotations).toEqual([
    {
      scope: "rule",
      path: "a.rego",
      line: 7,
      value: { scope: "rule", title: "Rule", related_resources: [{ ref: "https://example.org/rule" }] },
    },
    { scope: "package", path: "a.rego", line: 1, value: { scope: "package", title: "Package", custom: { severity: "high" } } },
  ]);
});

test.each([
  ["operation of ours", 'data.portcullis.operation == "DELETE"', true],
  ["the old object of ours", "data.portcullis.oldObject.x", true],
  ["the old object of admission, through a helper", "old.x", true],
  ["by object.get", 'object.get(input.review, "oldObject", null).x', true],
  ["the object alone", "input.review.object.x", false],
])("a rule that reads %s is known to read the change or not", async (_, condition, expected) => {
  const { rules } = await compile({
    "a.rego": `package a\nold := input.review.oldObject\ndeny contains "x" if ${condition}\n`,
  });
  expect(rules[0]?.readsChange).toBe(expected);
});
