import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { conftestExitCode } from "../../src/cli/conftest/exit-code.ts";
import { withPlainSwitches } from "../../src/cli/conftest/options.ts";
import { conftestSettings } from "../../src/cli/conftest/settings.ts";
import { openDocumentParser } from "../../src/engine/open-document-parser.ts";
import { emptyTally, type Tally } from "../../src/model/tally.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const BINARY = fileURLToPath(new URL("../../src/cli/main.cjs", import.meta.url));

// Two bodies of one rule, a rule that never holds, a warning, an exception, and values that conftest ignores.
const POLICY = `package main

deny contains "no owner" if not input.owner

deny contains "size" if input.size > 3

deny_ports contains "port" if input.port

warn contains {"msg": "old", "id": 7} if input.old

violation contains 7 if true

allowed := input.owner

deny_value := "no list"

exception contains rules if {
	input.excused
	rules := ["ports"]
}
`;

const FILES = {
  "policy/p.rego": POLICY,
  "policy/team.rego": 'package team\n\nwarn contains "team" if true\n',
  "app/a.yaml": "owner: me\n---\nold: true\nport: 1\n",
  "app/b.toml": 'owner = "me"\nport = 2\nexcused = true\n',
  "app/notes.txt": "nothing that a parser reads\n",
  "warn.json": '{"owner": "me", "old": true}',
};

const PROBLEM = { stage: "parse", status: "introduced", message: "" } as const;

interface Shown {
  readonly tally?: { readonly tests: number };
  readonly findings: readonly { readonly message: string; readonly location: { readonly path: string } }[];
  readonly problems: readonly { readonly path?: string; readonly message: string }[];
}

async function judged(directory: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { code, out, err } = await portcullis(directory, ["check", "--compat", "conftest", "-o", "json", ...args], env);
  const report = out === "" ? undefined : (JSON.parse(out) as Shown);
  return { code, err, report, tally: report?.tally };
}

test("files are chosen, judged and counted as conftest does it", async () => {
  const { code, report, tally } = await judged(directoryWith(FILES), ["app", "-d", "policy/p.rego"]);
  // A file of data that is neither YAML nor JSON is passed over.
  // Six bodies for each of three documents. What conftest v0.71.1 prints for these files.
  expect([code, tally]).toEqual([1, { tests: 18, passed: 14, warnings: 1, failures: 2, exceptions: 1 }]);
  expect(report?.findings.map(({ message, location: { path } }) => [path, message])).toEqual([
    ["app/a.yaml", "no owner"],
    ["app/a.yaml", "old"],
    ["app/a.yaml", "port"],
  ]);
});

test("the exit code is conftest's", () => {
  const exit = (tally: Partial<Tally>, problems = 0) =>
    [false, true].flatMap((failOnWarn) =>
      [false, true].map((noFail) =>
        conftestExitCode(
          { tally: { ...emptyTally, ...tally }, problems: Array.from({ length: problems }, () => PROBLEM) },
          { failOnWarn, noFail },
        ),
      ),
    );
  // By default, with --no-fail, with --fail-on-warn, with both.
  expect(exit({ passed: 1, exceptions: 1 })).toEqual([0, 0, 0, 0]);
  expect(exit({ warnings: 1 })).toEqual([0, 0, 1, 0]);
  expect(exit({ failures: 1, warnings: 1 })).toEqual([1, 0, 2, 0]);
  expect(exit({ failures: 1 }, 1)).toEqual([1, 1, 1, 1]);
});

test("switches may have the values that conftest takes", () => {
  const args = ["check", "--compat", "conftest", "--strict=true", "--no-fail=false", "--ignore=true", "a"];
  expect(withPlainSwitches(args)).toEqual(["check", "--compat", "conftest", "--strict", "--ignore=true", "a"]);
  expect(withPlainSwitches(["check", "--strict=true"])).toEqual(["check", "--strict=true"]);
});

test("the text ends with conftest's count", async () => {
  const args = ["check", "--compat", "conftest", "warn.json", "-n", "t*", "--fail-on-warn"];
  const { code, out } = await portcullis(directoryWith(FILES), args);
  const last = out.trimEnd().split("\n").at(-1);
  expect([code, last]).toEqual([1, "1 test, 0 passed, 1 warning, 0 failures, 0 exceptions"]);
});

test("what cannot be judged is 1, whatever else is asked for", async () => {
  const directory = directoryWith({ ...FILES, "bad.json": "{" });
  expect(await judged(directory, ["bad.json", "app/notes.txt", "--no-fail"])).toMatchObject({
    code: 1,
    report: { problems: [{ path: "app/notes.txt" }, { path: "bad.json" }] },
  });
  const { code, err } = await judged(directory, ["--capabilities", "x.json", "warn.json"]);
  expect([code, err]).toEqual([1, expect.stringContaining("capabilities")]);
});

test("settings come from flags, then CONFTEST_*, then conftest.toml", async () => {
  const directory = directoryWith({
    "conftest.toml": 'policy = "rules"\nnamespace = ["team"]\nfail-on-warn = true\ntrace = true\n',
  });
  const parser = openDocumentParser(TEST_CACHE);
  try {
    const places = { directory, parser, environment: { CONFTEST_NAMESPACE: "a,b", CONFTEST_DATA: "" } };
    const settings = await conftestSettings({ policy: ["mine"], data: undefined }, places);
    expect(settings).toMatchObject({ policy: ["mine"], namespace: ["a", "b"], failOnWarn: true, data: [] });
    expect(settings).toMatchObject({ others: ["trace"], from: ["conftest.toml", "CONFTEST_NAMESPACE"] });
    expect(await conftestSettings({}, { ...places, environment: {} })).toMatchObject({
      policy: ["rules"],
      namespace: ["team"],
    });
    await expect(conftestSettings({ parser: "nothing" }, places)).rejects.toThrow("parser nothing: expected");
  } finally {
    parser.close();
  }
});

test("--combine judges all documents as one list, with findings at the file that they rest on", async () => {
  const { code, report, tally } = await judged(
    directoryWith({
      "policy/p.rego":
        'package main\n\ndeny contains sprintf("%s is there twice", [name]) if {\n\tsome i, j\n\ti < j\n\tname := input[i].contents.name\n\tinput[j].contents.name == name\n}\n',
      "a.yaml": "name: x\n---\nname: y\n",
      "b.json": '{ "id": 1,\n  "name": "x" }\n',
    }),
    ["--combine", "a.yaml", "b.json"],
  );
  expect([code, tally]).toEqual([1, { tests: 1, passed: 0, warnings: 0, failures: 1, exceptions: 0 }]);
  expect(report?.findings).toMatchObject([{ message: "x is there twice", location: { path: "b.json", line: 2 } }]);
});

test("standard input is read by the parser that is named, under the name that is given", () => {
  const all = ["check", "--compat", "conftest", "-o", "json", "--parser", "toml", "--stdin-filename", "x.conf", "-"];
  const { status, stdout } = spawnSync(process.execPath, [BINARY, ...all], {
    cwd: directoryWith(FILES),
    env: { ...process.env, PORTCULLIS_CACHE_DIR: TEST_CACHE },
    input: 'owner = "me"\nsize = 4\n',
    encoding: "utf8",
  });
  const { findings } = JSON.parse(stdout) as Shown;
  expect([status, findings]).toMatchObject([1, [{ message: "size", location: { path: "x.conf" } }]]);
});

test("without --compat its options are refused", async () => {
  const { code, err } = await portcullis(directoryWith(FILES), ["check", "--parser", "toml", "app"]);
  expect([code, err]).toEqual([2, expect.stringContaining("--parser needs --compat conftest")]);
});

test("test --compat conftest runs what conftest verify runs, with its exit codes", async () => {
  const directory = directoryWith({
    ...FILES,
    "policy/p_test.rego":
      "package main_test\n\nimport data.main\n\ntest_owner if count(main.deny) == 1 with input as {}\n",
    "policy/bad_test.rego": "package bad\n\ntest_bad if false\n",
  });
  const run = async (args: readonly string[]) => {
    const { code, out } = await portcullis(directory, ["test", "--compat", "conftest", "-o", "json", ...args]);
    const { outcomes } = JSON.parse(out) as { readonly outcomes: readonly { name: string; outcome: string }[] };
    return [code, outcomes.map(({ name, outcome }) => `${name} ${outcome}`)];
  };
  expect(await run([])).toEqual([1, ["bad.test_bad fail", "main_test.test_owner pass"]]);
  expect(await run(["-n", "main*"])).toEqual([0, ["main_test.test_owner pass"]]);
});
