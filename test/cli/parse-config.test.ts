import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const HCL = 'resource "bucket" "logs" {\n  acl = "public"\n}\n';

async function tested(directory: string, args: readonly string[] = []) {
  const { code, out } = await portcullis(directory, ["test", "policy", "-o", "json", ...args]);
  const { outcomes, problems } = JSON.parse(out) as {
    readonly outcomes: readonly { readonly name: string; readonly outcome: string; readonly output?: string }[];
    readonly problems: readonly string[];
  };
  return {
    code,
    problems,
    outcomes: Object.fromEntries(outcomes.map(({ name, outcome }) => [name.replace(/^\w+\./, ""), outcome])),
    output: outcomes.map(({ output = "" }) => output).join("\n"),
  };
}

test("tests read configuration of every format, also what they compute, and nothing outside the repository", async () => {
  const outside = directoryWith({ "secret.toml": "a = 1\n" });
  const directory = directoryWith({
    "policy/a_test.rego": `package a_test

test_text if parse_config("hcl2", \`${HCL}\`).resource.bucket.logs[0].acl == "public"

test_file if parse_config_file("../infra/main.tf").resource.bucket.logs[0].acl == "public"

test_computed if {
	every name in ["a", "b"] { parse_config_file(sprintf("data/%s.toml", [name])).name == name }
}

test_one_from_another if {
	next := parse_config_file("data/a.toml").next
	parse_config("ini", sprintf("[%s]\\nx = 1\\n", [parse_config_file(next).name])).b.x == 1
}

test_combined if {
	found := parse_combined_config_files(["data/b.toml", "../infra/pods.yaml"])
	[[one.path, object.get(one.contents, "kind", "")] | some one in found] == [
		["infra/pods.yaml", "Pod"], ["infra/pods.yaml", "Job"], ["policy/data/b.toml", ""],
	]
}

test_outside if not parse_config_file("${"../".repeat(12)}${outside.slice(1)}/secret.toml")

test_absolute if not parse_config_file("${outside}/secret.toml")

test_link if not parse_config_file("../infra/link.toml")

test_linked_directory if not parse_config_file("../infra/linked/secret.toml")

test_broken if parse_config("toml", "a = ")
`,
    "policy/data/a.toml": 'name = "a"\nnext = "data/b.toml"\n',
    "policy/data/b.toml": 'name = "b"\n',
    "infra/main.tf": HCL,
    "infra/pods.yaml": "kind: Pod\n---\nkind: Job\n",
  });
  symlinkSync(join(outside, "secret.toml"), join(directory, "infra/link.toml"));
  symlinkSync(outside, join(directory, "infra/linked"));
  const { code, outcomes, output, problems } = await tested(directory);
  expect(problems).toEqual([]);
  expect(outcomes).toEqual({
    test_text: "pass",
    test_file: "pass",
    test_computed: "pass",
    test_one_from_another: "pass",
    test_combined: "pass",
    test_outside: "pass",
    test_absolute: "pass",
    test_link: "pass",
    test_linked_directory: "pass",
    test_broken: "fail",
  });
  expect(code).toBe(1);
  expect(output).toContain("the parser toml cannot read it");
  expect(output).not.toContain("portcullis-config");
});

test("policies read what their calls name, and a call that names nothing fixed is refused at its line", async () => {
  const directory = directoryWith({
    "policy/p.rego": `# METADATA
# custom:
#   id: a/limits
package limits

deny contains sprintf("more than %d", [most]) if {
	most := parse_config_file("limits.toml").replicas
	input.spec.replicas > most
}
`,
    "policy/limits.toml": "replicas = 2\n",
    "deploy.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { replicas: 3 }\n",
  });
  const judged = async () => {
    const { code, out } = await portcullis(directory, ["check", "--no-schemas", "-o", "json", "deploy.yaml"]);
    const { findings, problems } = JSON.parse(out) as {
      readonly findings: readonly { readonly message: string; readonly location: { readonly line: number } }[];
      readonly problems: readonly { readonly path: string; readonly line: number; readonly message: string }[];
    };
    return { code, findings, problems };
  };
  expect(await judged()).toMatchObject({
    code: 1,
    problems: [],
    findings: [{ message: "more than 2", location: { line: 4 } }],
  });
  writeFileSync(
    join(directory, "policy/q.rego"),
    'package main\n\ndeny contains "a" if parse_config_file("absent.toml").a\n\ndeny contains "b" if {\n\tparse_config("yaml", input.data.x).b\n}\n',
  );
  const { code, problems } = await judged();
  expect(code).toBe(2);
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ path: "policy/q.rego", line: 3, message: expect.stringContaining("no such file") }),
      expect.objectContaining({
        path: "policy/q.rego",
        line: 6,
        message: expect.stringContaining("written in the call"),
      }),
    ]),
  );
});
