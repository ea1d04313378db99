import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lintRules } from "../../src/model/lint.ts";
import { directoryWith, portcullis, write } from "./run-portcullis.ts";

const METADATA = `# METADATA
# title: Workloads name their team
# description: Add the label team.
# related_resources:
# - ref: https://handbook.example.com/owners
# custom:
#   id: workloads/owner
#   level: deny
`;
const BODY = `package workloads.owner

import rego.v1

deny contains message if {
	input.kind == "Deployment"
	not input.metadata.labels.team
	message := "there is no label team"
}
`;
const REJECTED = `apiVersion: apps/v1
kind: Deployment
metadata: # finding
  name: web
`;
const GOOD = {
  "policies/workloads/owner/policy.rego": METADATA + BODY,
  "policies/workloads/owner/fixtures/rejected-no-team.yaml": REJECTED,
};
const POLICY = "policies/workloads/owner/policy.rego";

interface Linted {
  readonly code: number | null;
  readonly issues: readonly {
    readonly path: string;
    readonly line: number;
    readonly rule: string;
    readonly message: string;
  }[];
  readonly problems: readonly string[];
}

async function linted(files: { readonly [path: string]: string }): Promise<Linted> {
  const { code, out } = await portcullis(directoryWith(files), ["lint", "-o", "json"]);
  return { code, ...(JSON.parse(out) as Omit<Linted, "code">) };
}

const changed = (from: string, to: string): { readonly [path: string]: string } => ({
  ...GOOD,
  [POLICY]: (METADATA + BODY).replace(from, to),
});

test("each rule finds its issue at its line, and a good policy has none", async () => {
  expect(await linted(GOOD)).toMatchObject({ code: 0, issues: [], problems: [] });
  const several = {
    ...GOOD,
    // One directory for each, so that one run finds all.
    ...policy("a/silent", 'deny contains message if {\n\tinput.kind == "Pod"\n\tmessage := input.metadata.name\n}'),
    ...policy("a/walk", 'deny contains "x" if {\n\twalk(input, [_, value])\n\tvalue == "x"\n}'),
    ...policy("a/data", 'deny contains "x" if input.kind in data.nowhere'),
    ...policy("a/field", 'deny contains "x" if {\n\tinput.kind == "Deployment"\n\tinput.spec.tmplate.spec\n}'),
    ...policy("a/review", 'deny contains "x" if input.review.object.kind == "Pod"'),
    // The source of a template, which nothing runs as it is.
    "policies/a/template/src.rego":
      'package a.template\n\nimport rego.v1\n\nviolation contains {"msg": "x"} if input.review.object.kind == "Pod"\n',
    ...policy("a/variable", 'deny contains "x" if {\n\tinput.kind == "Pod"\n\tspare := input.spec\n}'),
    ...policy("a/import", 'import data.a.walk\n\ndeny contains "x" if input.kind == "Pod"'),
    ...policy("a/layout", 'deny contains "x" if   input.kind == "Pod"'),
    ...policy("a/parameter", 'deny contains "x" if input.kind in data.parameters["a/parameter"].kinds'),
    ...policy("a/key", 'deny contains "x" if input.kind == "Pod"', "#   severty: high\n"),
    "policies/a/moved/policy.rego": `${METADATA.replace("workloads/owner", "a/other")}package a.moved\n\nimport rego.v1\n\ndeny contains "x" if input.kind == "Pod"\n`,
    "policies/a/bare/policy.rego": 'package a.bare\n\nimport rego.v1\n\ndeny contains "x" if input.kind == "Pod"\n',
  };
  const { code, issues, problems } = await linted(several);
  expect({ code, problems }).toEqual({ code: 1, problems: [] });
  const found = issues.map(({ path, line, rule }) => `${path.split("/")[2]}:${line} ${rule}`);
  expect(found.filter((one) => !one.endsWith("rejected-fixture"))).toEqual([
    "bare:1 metadata",
    "data:14 unknown-data",
    "field:16 unknown-field",
    "import:14 unused-import",
    "key:9 metadata-key",
    "layout:14 format",
    "moved:7 id-path",
    "parameter:14 parameter-schema",
    "review:14 other-input",
    "silent:16 silent-message",
    "template:1 metadata",
    "variable:16 unused-variable",
    "walk:15 unbounded-walk",
  ]);
  // Every rule but that of the good policy, which has a fixture that makes it fire.
  expect(found.filter((one) => one.endsWith("rejected-fixture"))).toHaveLength(13);
});

function policy(id: string, rules: string, more = ""): { readonly [path: string]: string } {
  const head = METADATA.replace("workloads/owner", id) + more;
  const filler = more === "" ? "#   severity: low\n" : "";
  return {
    [`policies/${id}/policy.rego`]: `${head}${filler}package ${id.replace("/", ".")}\n\nimport rego.v1\n\n${rules.startsWith("import") ? "" : ""}${rules}\n`,
  };
}

test("comments ignore an issue with a reason, and say so if they are wrong", async () => {
  const silent = "message := input.metadata.name";
  const ignoring = (comment: string) =>
    changed('\tmessage := "there is no label team"', `\n\t# portcullis-lint ignore: ${comment}\n\t${silent}`);
  expect(await linted(ignoring("silent-message the name is always there"))).toMatchObject({ code: 0 });
  const rules = async (comment: string) =>
    (await linted(ignoring(comment))).issues.map(({ rule, message }) => `${rule}: ${message.slice(0, 27)}`);
  expect(await rules("silent-message")).toEqual([
    "ignore: the comment gives no reason",
    "silent-message: the message reads input.met",
  ]);
  expect(await rules("silent a reason")).toEqual([
    'ignore: there is no rule "silent": ',
    "silent-message: the message reads input.met",
  ]);
});

test("a rule that portcullis.yaml switches off is off, and an unknown one is an error with its line", async () => {
  const { [`policies/workloads/owner/fixtures/rejected-no-team.yaml`]: _, ...files } = GOOD;
  const config = "version: 1\npolicies: [policies]\n";
  expect(await linted({ ...files, "portcullis.yaml": config })).toMatchObject({ code: 1 });
  expect(await linted({ ...files, "portcullis.yaml": `${config}lint: { off: [rejected-fixture] }\n` })).toMatchObject({
    code: 0,
  });
  const wrong = await portcullis(
    directoryWith({ ...files, "portcullis.yaml": `${config}lint: { off: [rejected] }\n` }),
    ["lint"],
  );
  expect(wrong.code).toBe(2);
  expect(wrong.out).toContain("portcullis.yaml:3");
});

test("--fix rewrites v0 syntax, layout, unused imports and ids, and what remains is told", async () => {
  const directory = directoryWith({
    ...GOOD,
    "policies/a/old/policy.rego": `${METADATA.replace("workloads/owner", "a/older")}package a.old\n\nimport data.x.unused\n\ndeny[message] { input.kind == "Pod"; message := "x" }\n`,
    "policies/a/old/fixtures/rejected-pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n",
  });
  const first = await portcullis(directory, ["lint", "--fix"]);
  expect({ code: first.code, out: first.out }).toEqual({
    code: 0,
    out: "fixed policies/a/old/policy.rego\n\n2 files linted, no issues\n",
  });
  const text = readFileSync(join(directory, "policies/a/old/policy.rego"), "utf8");
  expect(text).toContain("#   id: a/old\n");
  expect(text).not.toContain("unused");
  expect(text).toContain("import rego.v1");
  expect(text).toContain("deny contains message if");
  expect(await portcullis(directory, ["lint"])).toMatchObject({ code: 0 });
});

test("a file that does not compile is a problem with its line, exit code 2, in every format", async () => {
  const directory = directoryWith(GOOD);
  write(directory, { [POLICY]: "package workloads.owner\n\nimport rego.v1\n\ndeny contains x if y\n" });
  const pretty = await portcullis(directory, ["lint"]);
  expect({ code: pretty.code, out: pretty.out }).toEqual({
    code: 2,
    out: expect.stringContaining(`problem: ${POLICY}:5:`),
  });
  const github = await portcullis(directory, ["lint", "-o", "github"]);
  expect(github.out).toMatch(/^::error /);
  const sarif = JSON.parse((await portcullis(directory, ["lint", "-o", "sarif"])).out) as {
    readonly runs: readonly { readonly invocations: readonly { readonly executionSuccessful: boolean }[] }[];
  };
  expect(sarif.runs[0]?.invocations[0]?.executionSuccessful).toBe(false);
});

test("docs/lint.md lists every rule with what it finds", () => {
  const page = readFileSync(new URL("../../../docs/lint.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| <a id="([\w-]+)"><\/a>`([\w-]+)` \| (.*?) \|/gm)].map(([, id, rule, finds]) => [
    id,
    rule,
    finds,
  ]);
  expect(rows).toEqual(Object.entries(lintRules).map(([rule, finds]) => [rule, rule, finds]));
});

test("a file in Rego v0 is an issue, and is linted all the same", async () => {
  const v0 = 'package main\n\ndeny[message] {\n\tany([input.kind == "Pod"])\n\tmessage := input.metadata.name\n}\n';
  const { code, issues } = await linted({ "policy/old.rego": v0 });
  expect({ code, found: issues.map(({ line, rule }) => `${line} ${rule}`) }).toEqual({
    code: 1,
    found: ["1 metadata", "1 v0-syntax", "3 rejected-fixture", "4 deprecated-builtin", "5 silent-message"],
  });
});

test("explain shows a policy with its parameters, and names the id that is near an unknown one", async () => {
  const directory = directoryWith({
    ...GOOD,
    "portcullis.yaml":
      "version: 1\npolicies: [policies]\nenvironments: { production: { parameters: { workloads/owner: { teams: [search] } } } }\n",
    [POLICY]: `${METADATA}#   parameters:\n#     teams: { type: array }\n${BODY.replace("not input.metadata.labels.team", 'not input.metadata.labels.team in data.parameters["workloads/owner"].teams')}`,
  });
  const { code, out } = await portcullis(directory, ["explain", "workloads/owner"]);
  expect(code).toBe(0);
  for (const line of [
    "workloads/owner: Workloads name their team\n",
    "level   deny\n",
    '  teams  {"type":"array"}\n    production: ["search"]\n',
    "\n  15 | deny contains message if {\n",
    "rejected: policies/workloads/owner/fixtures/rejected-no-team.yaml\n",
  ])
    expect(out).toContain(line);
  expect(await portcullis(directory, ["explain", "workloads/ower"])).toEqual({
    code: 2,
    out: "",
    err: "error: there is no policy workloads/ower: did you mean workloads/owner?\n",
  });
});
