import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Report } from "../../src/model/report.ts";
import { aliasBomb, BAD, base, messages, POLICY, problemsOf, report } from "./hostile-input.ts";
import { directoryWith } from "./run-portcullis.ts";

describe("policies that are no good", () => {
  type Row = readonly [name: string, body: string, ...problems: readonly string[]];
  const refused = (builtin: string, why: string) =>
    `compile 2 portcullis_refused_builtin: \`${builtin}\` is refused: policies ${why}`;
  const broken: readonly Row[] = [
    ["syntax", "deny contains {", "compile 2 rego_parse_error: unexpected eof token"],
    ["unsafe", "deny contains x if y == 1", "compile 2 rego_unsafe_var_error: var x is unsafe"],
    ["types", 'deny contains "x" if 1 + "a" == 2', "compile 2 rego_type_error: plus: invalid argument(s)"],
    ["unknown", 'deny contains "x" if nofn(1)', "compile 2 rego_type_error: undefined function nofn"],
    [
      "recursion",
      'a if b\nb if a\ndeny contains "x" if a',
      "compile 2 rego_recursion_error: rule data.recursion.a is recursive",
    ],
    [
      "network",
      'deny contains "x" if http.send({"method": "get", "url": "http://x"})',
      refused("http.send", "have no access to the network"),
    ],
    [
      "names",
      'deny contains "x" if net.lookup_ip_addr("x")',
      refused("net.lookup_ip_addr", "have no access to the network"),
    ],
    [
      "runtime",
      'deny contains "x" if opa.runtime().env.HOME',
      refused("opa.runtime", "cannot read the environment of the process"),
    ],
    [
      "keys",
      'deny[x] := y if { x := "a"; y := "b" }',
      "compile 2 policy keys: rule deny is an object of keys and values",
    ],
    ["nul", "\0", "compile 2 rego_parse_error: illegal null character"],
    ["older", 'deny[msg] { msg := "x" }', "compile 2 rego_parse_error: `contains` keyword is required"],
  ];
  const wrong: readonly Row[] = [
    ["number", "deny contains 1 if true", "returned a set with a number in it"],
    ["boolean", "deny contains true if true", "returned a set with true in it"],
    ["nested", 'deny contains {"a"} if true', "returned a set with a set in it"],
    ["unsaid", 'deny contains {"x": 1} if true', 'returned an object whose "msg" is missing'],
    ["complete", "violation := true", "returned true"],
    ["text", 'warn := "x"', "returned a string"],
    ["empty", 'deny contains "" if true', "returned an empty message"],
    [
      "conflict",
      'violation := ["a"] if true\nviolation := ["b"] if true',
      "could not be judged: policy/conflict.rego:3:1: var assignment conflict",
    ],
    [
      "functions",
      'f(x) := 1 if true\nf(x) := 2 if true\ndeny contains "a" if f(1) == 1',
      "could not be judged: policy/functions.rego:3:1: var assignment conflict",
    ],
    ["partly", 'deny contains "the good half" if true\ndeny contains 7 if true', "returned a set with a number in it"],
  ];
  const files = (rows: readonly Row[]) =>
    Object.fromEntries(rows.map(([name, body]) => [`policy/${name}.rego`, `package ${name}\n${body}\n`]));

  let compiled: Report;
  let evaluated: Report;
  beforeAll(async () => {
    const [one, other] = await Promise.all([
      report(directoryWith({ ...base, ...files(broken) }), "--all-namespaces", "m"),
      report(directoryWith({ ...base, ...files(wrong) }), "--all-namespaces", "m"),
    ]);
    expect([one.ran.code, other.ran.code]).toEqual([2, 2]);
    [compiled, evaluated] = [one.report, other.report];
  });

  test.each(broken)("does not compile: %s", (name, _body, problem) => {
    const own = compiled.problems.filter(({ path }) => path === `policy/${name}.rego`);
    expect(own.map(({ stage, line, message }) => `${stage} ${line} ${message}`)[0]).toContain(problem);
  });

  test.each(wrong)("answers what is no message: %s", (name, _body, problem) => {
    const own = problemsOf(evaluated).filter((text) => text.includes(`policy ${name}: rule`));
    expect(own).toHaveLength(1);
    expect(own[0]).toMatch(/^evaluate m\/evil.yaml:1 /);
    expect(own[0]).toContain(problem);
  });

  test("the others are judged all the same", () => {
    expect(messages(compiled)).toEqual(["a uses latest"]);
    expect(messages(evaluated)).toEqual(["a uses latest", "the good half"]);
  });

  test("METADATA of a wrong type, or that is no YAML, is a problem at its block", async () => {
    const { ran, report: judged } = await report(
      directoryWith({
        ...base,
        "policy/id.rego": '# METADATA\n# custom:\n#   id: 5\npackage meta.id\ndeny contains "kept" if true\n',
        "policy/yaml.rego": '# METADATA\n# title: [\npackage meta.yaml\ndeny contains "x" if true\n',
      }),
      "m",
    );
    expect(ran.code).toBe(2);
    expect(problemsOf(judged)).toEqual([
      'compile policy/id.rego:1 METADATA custom.id must be category/name in lower case, e.g. "workloads/image-tag"',
      "compile policy/yaml.rego:2 rego_parse_error: yaml: line 1: did not find expected node content",
    ]);
    expect(messages(judged)).toEqual(["kept", "a uses latest"]);
  });

  // How one that takes all memory ends, and how often a limit is paid for, test/rego/bad-policies.test.ts shows with shorter ones.
  test("one that runs without end is stopped, and the others are judged", async () => {
    const endless =
      "package endless\ndeny contains a if { r := numbers.range(1, 3000); some a in r; some b in r; some c in r; a != b; c == input.x }\n";
    const { ran, report: judged } = await report(
      directoryWith({ ...base, "m/second.yaml": BAD.replace("evil", "second"), "policy/endless.rego": endless }),
      "--all-namespaces",
      "m",
    );
    expect(ran.code).toBe(2);
    expect(problemsOf(judged)).toEqual([
      "evaluate m/evil.yaml:1 policy endless: rule deny (policy/endless.rego:2) could not be judged: it took more than 100 million steps",
      "evaluate m/second.yaml:1 policy endless: rule deny (policy/endless.rego:2) was not evaluated, because on m/evil.yaml:1 it took more than 100 million steps",
    ]);
    expect(messages(judged)).toEqual(["a uses latest", "a uses latest"]);
  });

  test("rules that nobody asks are named", async () => {
    const idle = 'package idle\n\ndeny contains "never said" if true\n';
    const helper = "package helper\n\ndenied := true\n";
    const { ran, report: judged } = await report(
      directoryWith({ ...base, "policy/idle.rego": idle, "policy/helper.rego": helper }),
      "m",
    );
    expect(messages(judged)).toEqual(["a uses latest"]);
    expect([ran.code, problemsOf(judged)]).toEqual([
      2,
      [
        "compile policy/idle.rego:3 package idle has a rule deny but does not run: add METADATA to it, or select it with --namespace idle",
      ],
    ]);
  });

  test.each<[string, { readonly [path: string]: string }, readonly string[], string]>([
    [
      "a namespace nobody has",
      {},
      ["-n", "main", "-n", "mian"],
      "compile : no package mian has a deny, violation or warn rule; expected at least one in each selected namespace",
    ],
    ["data that are no JSON", { "d/a.json": "{" }, ["-d", "d"], "config d/a.json: not JSON"],
    [
      "data that contradict each other",
      { "d/a.json": '{"x": 1}', "d/b.yaml": "x: 2\n" },
      ["-d", "d"],
      "config d/b.yaml:",
    ],
  ])("%s", async (_name, more, args, problem) => {
    const { ran, report: judged } = await report(directoryWith({ ...base, ...more }), ...args, "m");
    expect(ran.code).toBe(2);
    expect(problemsOf(judged)).toEqual([expect.stringContaining(problem)]);
    expect(messages(judged)).toEqual(["a uses latest"]);
  });
});

describe("a configuration that is no good", () => {
  test.each<[string, string, ...(readonly string[])]>([
    [
      "an unknown key",
      "version: 1\nmanifest: {}\npolicies: [policy]\n",
      '2 unknown key "manifest"; did you mean "manifests"?',
    ],
    ["a wrong type", "policies: policy\n", '1 "policies": expected a list'],
    ["a wrong word", "mode: enforced\npolicies: [policy]\n", '1 "mode": expected one of enforce, report'],
    ["another version", "version: 2\n", '1 "version": expected 1'],
    [
      "a pattern that matches nothing",
      "policies: [policy]\nmanifests:\n  include: ['apps/**']\n",
      '3 the pattern "apps/**" matches no file',
    ],
    [
      "a policy that does not exist",
      "policies: [policy]\nlevels: { mian: warn }\n",
      '2 no policy has the id "mian"; did you mean "main"?',
    ],
    ["policies that do not exist", "policies: [polices]\n", "1 polices: no such file or directory"],
    ["policies outside of the repository", "policies: [../x]\n", "1 ../x: expected a path inside the repository"],
    ["not YAML", "policies: [\n", "This is not valid YAML: unexpected end of the stream within a flow collection."],
    ["a list", "- policies\n", "1 the file: expected a mapping"],
    ["an alias bomb", aliasBomb(), "6 The aliases of this document expand"],
    ["a key that JavaScript knows", "__proto__: { mode: report }\npolicies: [policy]\n", '1 unknown key "__proto__"'],
    ["a second document", "policies: [policy]\n---\nmode: report\n", "3 a second YAML document; expected one"],
  ])("%s is a problem at its line", async (_name, text, problem) => {
    const { ran, report: judged } = await report(directoryWith({ ...base, "portcullis.yaml": text }));
    expect(ran.code).toBe(2);
    const own = judged.problems
      .filter(({ stage }) => stage === "config")
      .map(({ path, line, message }) => `${path} ${line} ${message}`);
    expect(own[0]).toContain(problem);
    expect(own[0]).toMatch(/^portcullis\.yaml \d/);
  });

  test("an empty one means the defaults", async () => {
    const { ran, report: judged } = await report(
      directoryWith({ "policies/tag.rego": POLICY, "e.yaml": BAD, "portcullis.yaml": "# nothing yet\n" }),
    );
    expect([ran.code, messages(judged)]).toEqual([1, ["a uses latest"]]);
  });
});
