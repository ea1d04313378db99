import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { directoryWith, portcullis, write } from "./run-portcullis.ts";

const POLICY = `# METADATA
# title: No latest
package main

import rego.v1

deny contains msg if {
	some container in input.spec.containers
	endswith(container.image, ":latest")
	msg := sprintf("container %s uses latest", [container.name])
}

warn contains "never" if input.never
`;
const TESTS = `package main_test

import data.main

test_latest_is_denied if {
	count(main.deny) == 1 with input as {"spec": {"containers": [{"name": "a", "image": "a:latest"}]}}
}

test_named_is_accepted if count(main.deny) == 0 with input as {"spec": {"containers": [{"name": "a", "image": "a:1"}]}}
`;
const pod = (...images: readonly string[]): string =>
  [
    "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n",
    ...images.map((image, at) => `    - name: c${at}\n      image: ${image}\n`),
  ].join("");

const GOOD = {
  "policy/tag.rego": POLICY,
  "policy/tag_test.rego": TESTS,
  "policy/fixtures/accepted-version.yaml": pod("a:1"),
  "policy/fixtures/rejected-latest.yaml": pod("a:1", "b:latest # finding"),
  "policy/fixtures/rejected-many/one.yaml": pod("a:latest"),
  "policy/fixtures/rejected-many/two.yaml": pod("a:2"),
};

test("rules and fixtures that hold are a count and exit code 0", async () => {
  const ran = await portcullis(directoryWith(GOOD), ["test"]);
  expect(ran).toEqual({
    code: 0,
    err: "portcullis: no portcullis.yaml: testing the policies in policy/\n",
    out: "5 passed, 0 failed (2 test rules, 3 fixtures)\n",
  });
});

test.each([
  [
    "an accepted fixture that gives a finding",
    { "policy/fixtures/accepted-version.yaml": pod("a:latest") },
    `fail: main accepted-version
  --> policy/fixtures/accepted-version.yaml
  = expected no finding, got policy/fixtures/accepted-version.yaml:7: container c0 uses latest
`,
    1,
  ],
  [
    "a rejected fixture that gives none",
    { "policy/fixtures/rejected-many/one.yaml": pod("a:1") },
    `fail: main rejected-many
  --> policy/fixtures/rejected-many
  = expected at least one finding, got none
`,
    1,
  ],
  [
    "a finding on another line than the pinned one",
    { "policy/fixtures/rejected-latest.yaml": pod("a:latest", "b:1 # finding") },
    `fail: main rejected-latest
  --> policy/fixtures/rejected-latest.yaml
  = expected a finding at policy/fixtures/rejected-latest.yaml:9, got none
  = expected no finding at policy/fixtures/rejected-latest.yaml:7, got: container c0 uses latest
`,
    1,
  ],
  [
    "a test rule that does not hold",
    { "policy/tag_test.rego": TESTS.replace("== 1", "== 2") },
    `fail: main_test.test_latest_is_denied
  --> policy/tag_test.rego:5
  = line 6 is not true: count(main.deny) == 2 with input as {"spec": {"containers": [{"name": "a", "image": "a:latest"}]}}
  = expected 2
  = got      1
`,
    1,
  ],
  [
    "a fixture that cannot be read",
    { "policy/fixtures/rejected-latest.yaml": "a: [" },
    `error: main rejected-latest
  --> policy/fixtures/rejected-latest.yaml
`,
    2,
  ],
  [
    "a fixture without a manifest",
    { "policy/fixtures/accepted-version.yaml": "a: 1\n" },
    `error: main accepted-version
  --> policy/fixtures/accepted-version.yaml
  = policy/fixtures/accepted-version.yaml was not judged: not a Kubernetes object: `,
    2,
  ],
  [
    "a fixture beside no policy",
    { "policy/other/fixtures/accepted-x.yaml": pod("a:1") },
    `error: policy/other accepted-x
  --> policy/other/fixtures/accepted-x.yaml
  = there is no policy next to it
`,
    2,
  ],
  [
    "a test that does not compile",
    { "policy/bad_test.rego": "package t\n\ntest_x if y\n" },
    "problem: policy/bad_test.rego:3:",
    2,
  ],
] as const)("%s is said with its place", async (_, files, said, code) => {
  const ran = await portcullis(directoryWith({ ...GOOD, ...files }), ["test", "policy"]);
  expect(ran.out).toContain(said);
  expect(ran.code).toBe(code);
});

test.each([
  ["100", 1, "; coverage "],
  ["10", 0, ""],
])("a threshold of %s gives exit code %d", async (threshold, code, said) => {
  const ran = await portcullis(directoryWith(GOOD), ["test", "policy", "--threshold", threshold]);
  expect(ran.code).toBe(code);
  expect(ran.out).toMatch(
    /^coverage \d+(\.\d)? %, 1 of 2 rule bodies; what no test reached:\n {4}[\d. %]+ policy\/tag\.rego:13\n +warn in line 13 never held\n/,
  );
  expect(ran.out).toContain(`5 passed, 0 failed (2 test rules, 3 fixtures)${said}`);
});

test.each([
  ["named", "TAP version 14\n1..1\nok 1 - main_test.test_named_is_accepted\n", 0],
  ["main rejected-m", "TAP version 14\n1..1\nok 1 - main rejected-many\n", 0],
  ["nothing-is-called-so", "TAP version 14\n1..0 # SKIP no test was run\n", 2],
])("--run %s runs what has such a name", async (run, out, code) => {
  const ran = await portcullis(directoryWith(GOOD), ["test", "policy", "--run", run, "-o", "tap"]);
  expect([ran.code, ran.out]).toEqual([code, out]);
});

test.each(["json", "junit", "tap"])("-o %s names every test", async (format) => {
  const { code, out } = await portcullis(directoryWith(GOOD), ["test", "policy", "-o", format]);
  expect(code).toBe(0);
  for (const name of ["main_test.test_latest_is_denied", "main rejected-latest", "main accepted-version"]) {
    expect(out).toContain(name);
  }
});

test("--watch runs again after a change and ends when it is interrupted", async () => {
  const directory = directoryWith(GOOD);
  const ran = await portcullis(directory, ["test", "policy", "--watch"], {}, (child) => {
    let out = "";
    let again: NodeJS.Timeout | undefined;
    let changes = 0;
    child.on("close", () => clearInterval(again));
    child.stdout.on("data", (text: string) => {
      out += text;
      if (out.includes("4 passed, 1 failed")) child.kill("SIGINT");
    });
    child.stderr.on("data", (text: string) => {
      if (again !== undefined || !text.includes("watching for changes")) return;
      // The first change may come before the system watches.
      const change = (): void =>
        write(directory, { "policy/fixtures/rejected-latest.yaml": `${pod("a:1")}# ${++changes}\n` });
      change();
      again = setInterval(change, 1_000);
    });
  });
  expect(ran.out).toMatch(/^5 passed, 0 failed[^]*4 passed, 1 failed/);
  expect(ran.code).toBe(1);
});

test("policies under test see the data and the library that the configuration names", async () => {
  const ran = await portcullis(
    directoryWith({
      "portcullis.yaml": 'version: 1\npolicies: [own, "@portcullis/library"]\ndata: [data]\n',
      "data/teams.yaml": "teams: [search]\n",
      "own/team.rego": `package main

import rego.v1

import data.portcullis.lib.kubernetes

deny contains "unknown team" if {
	count(kubernetes.containers) > 0
	team := input.metadata.labels.team
	not team in data.teams
}
`,
      "own/team_test.rego":
        'package main_test\n\nimport data.main\n\ntest_teams_are_known if {\n\tdata.teams == ["search"]\n\tcount(main.deny) == 0\n}\n',
      "own/fixtures/rejected-team.yaml": pod("a:1").replace("{ name: a }", "{ name: a, labels: { team: serach } }"),
      "own/fixtures/accepted-team.yaml": pod("a:1").replace("{ name: a }", "{ name: a, labels: { team: search } }"),
    }),
    ["test", "--coverage"],
  );
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.out).toContain("3 passed, 0 failed (1 test rule, 2 fixtures)");
  expect(ran.out).not.toContain("@portcullis/library");
});

test("a policy that calls the network can be tested where the call is replaced, and the run says that check refuses it", async () => {
  const files = {
    "policy/p.rego":
      'package main\n\ndeny contains "down" if http.send({"url": "http://x", "method": "get"}).status_code != 200\n',
    "policy/p_test.rego":
      'package main_test\n\nimport data.main\n\ntest_down if count(main.deny) == 1 with http.send as {"status_code": 500}\n',
  };
  const { code, out } = await portcullis(directoryWith(files), ["test", "policy"]);
  expect(out).toContain("note: policy/p.rego:3: `check` refuses this policy: `http.send` is refused: ");
  expect([code, out]).toEqual([0, expect.stringContaining("\n1 passed, 0 failed (1 test rule, 0 fixtures)\n")]);
});

test.each([
  ["80", 0, ""],
  ["90", 1, "; coverage of policy/b.rego 0 % is below 90 %"],
])("--threshold-per-policy %s looks at each file", async (threshold, code, said) => {
  const files = { ...GOOD, "policy/tag.rego": POLICY.replace(/\nwarn .*\n/, "") };
  const extra = said === "" ? {} : { "policy/b.rego": "package other\n\nlimit := input.a\n" };
  const ran = await portcullis(directoryWith({ ...files, ...extra }), [
    "test",
    "policy",
    "--threshold-per-policy",
    threshold,
  ]);
  expect([ran.code, ran.out]).toEqual([code, expect.stringContaining(`(2 test rules, 3 fixtures)${said}`)]);
});

test("coverage is written to files, with the paths and texts of the policies", async () => {
  const directory = directoryWith({ ...GOOD, "old.info": "of an earlier run" });
  const files = ["--coverage-lcov", "old.info", "--coverage-html", "coverage.html"];
  const { code, out } = await portcullis(directory, ["test", "policy", ...files]);
  expect([code, out]).toEqual([0, expect.stringContaining("warn in line 13 never held")]);
  const lcov = readFileSync(join(directory, "old.info"), "utf8");
  expect(lcov).toMatch(/^TN:\nSF:policy\/tag\.rego\nFN:7,deny\n[^]*\nDA:13,0\n[^]*\nend_of_record\n$/);
  const page = readFileSync(join(directory, "coverage.html"), "utf8");
  expect(page).toContain("warn contains &quot;never&quot; if input.never");
  const unwritable = await portcullis(directory, ["test", "policy", "--coverage-lcov", "none/lcov.info"]);
  expect([unwritable.code, unwritable.err]).toEqual([2, expect.stringContaining("cannot write none/lcov.info: ")]);
});

test("a directory without tests is no pass", async () => {
  const { code, out } = await portcullis(directoryWith({ "policy/tag.rego": POLICY }), ["test"]);
  expect([code, out]).toEqual([
    2,
    "note: looked in policy for test_ rules in *_test.rego, fixtures/accepted-* and fixtures/rejected-*, scenarios/NAME/ and suites\n\nno test was run (0 test rules, 0 fixtures)\n",
  ]);
});

test("fmt names files that are laid out otherwise, and writes them where asked", async () => {
  const directory = directoryWith({ "a.rego": "package a\nallow   if true\n", "b.rego": "package b\n" });
  expect(await portcullis(directory, ["fmt", ".", "--check"])).toEqual({ code: 1, out: "a.rego\n", err: "" });
  expect(await portcullis(directory, ["fmt", "a.rego"])).toEqual({
    code: 0,
    out: "package a\n\nallow := true\n",
    err: "",
  });
  expect((await portcullis(directory, ["fmt", ".", "--write"])).code).toBe(0);
  expect((await portcullis(directory, ["fmt", ".", "--check"])).code).toBe(0);
});

test("fixtures count toward coverage, and a threshold without a test that reaches a line is missed", async () => {
  const { "policy/tag_test.rego": _tests, ...fixturesOnly } = GOOD;
  const ran = await portcullis(directoryWith(fixturesOnly), ["test", "--threshold", "70"]);
  expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(/^coverage 80 %[^]*\n3 passed, 0 failed/)]);
  const short = await portcullis(directoryWith(fixturesOnly), ["test", "--threshold", "90"]);
  expect([short.code, short.out]).toEqual([1, expect.stringContaining("is below 90 %")]);
  const beside = { ...fixturesOnly, "portcullis.yaml": 'version: 1\npolicies: [policy, "@portcullis/pss-baseline"]\n' };
  const withLibrary = await portcullis(directoryWith(beside), ["test", "--threshold", "70"]);
  expect([withLibrary.code, withLibrary.out]).toEqual([0, expect.stringMatching(/^coverage 80 %/)]);
  const other = {
    "policy/tag.rego": "package main\n\nlimit := 3\n",
    "policy/a_test.rego": "package a\n\ntodo_test_a if false\n",
  };
  const none = await portcullis(directoryWith(other), ["test", "--threshold", "1"]);
  expect([none.code, none.out]).toEqual([1, expect.stringContaining("coverage 0 %")]);
});

test("files in Rego v0 are named once each, with what reads them", async () => {
  const rule = 'deny[msg] {\n  input.kind == "Pod"\n  msg := "v0"\n}\n';
  const files = {
    "policy/p.rego": `package main\n\n${rule}\n${rule}`,
    "policy/p_test.rego": "package main\n\ntest_a { deny }\n",
  };
  const { code, out } = await portcullis(directoryWith(files), ["test"]);
  expect(code).toBe(2);
  expect(
    out.match(
      /`if` keyword is required before rule body; a file written in Rego v0 needs --rego-version v0, or portcullis lint --fix/g,
    ),
  ).toHaveLength(2);
  expect(out).toContain("(and 1 more like it in this file)");
});

test("fmt leaves a file alone whose formatted text would not parse", async () => {
  const text =
    'package main\n\ndeny[{"msg": msg}] {\n  msg := "one"\n} {\n  # a comment\n  not input.a\n  msg := "two"\n}\n';
  const directory = directoryWith({ "a.rego": text });
  const { code, err } = await portcullis(directory, ["fmt", "--write", "--rego-version", "v0", "a.rego"]);
  expect([code, err]).toEqual([
    2,
    expect.stringContaining("the formatted text does not parse, and the file is left as it is"),
  ]);
  expect(readFileSync(join(directory, "a.rego"), "utf8")).toBe(text);
});
