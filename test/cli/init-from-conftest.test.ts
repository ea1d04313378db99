import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ignoredGlobs } from "../../src/cli/conftest/ignored-globs.ts";
import { directoryWith, portcullis } from "./run-portcullis.ts";

test("init --from conftest writes a configuration that judges, and lists what it does not hold", async () => {
  const directory = directoryWith({
    "conftest.toml":
      'policy = "./rules/"\ndata = ["exceptions"]\nnamespace = ["main", "team"]\nignore = "vendor/|\\\\.bak$"\nfail-on-warn = true\nupdate = ["oci://registry.example.com/policies"]\n',
    "rules/p.rego": `package main

deny contains "public" if input.resource.bucket[_][_].acl == "public"

deny contains "no owner" if {
	input.kind == "Pod"
	not input.metadata.labels.owner
}
`,
    "exceptions/known.yaml": "names: []\n",
    "infra/main.tf": 'resource "bucket" "logs" {\n  acl = "public"\n}\n',
    "vendor/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: v }\n",
    "apps/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n",
  });
  const { code, out } = await portcullis(directory, ["init", "--from", "conftest"], { CONFTEST_STRICT: "true" });
  expect([code, out]).toEqual([0, expect.stringContaining("from conftest.toml, CONFTEST_STRICT")]);
  for (const name of ["namespace main, team", "fail-on-warn", "strict", "update"]) expect(out).toContain(`  ${name}: `);
  expect(readFileSync(join(directory, "portcullis.yaml"), "utf8")).toContain(`documents:
  - files: ["**/*.tf"]
    policies: ["rules"]
    data: ["exceptions"]
    namespaces: ["main", "team"]
`);
  const judged = await portcullis(directory, ["check", "--no-schemas", "-o", "json"]);
  const { findings, problems } = JSON.parse(judged.out) as {
    readonly findings: readonly { readonly location: { readonly path: string } }[];
    readonly problems: readonly { readonly message: string }[];
  };
  expect(findings.map(({ location }) => location.path)).toEqual(["apps/pod.yaml", "infra/main.tf"]);
  // No policy is in the package team.
  expect(problems).toMatchObject([{ message: expect.stringContaining("no package team") }]);
});

test("without settings of conftest nothing is written", async () => {
  const { code, err } = await portcullis(directoryWith({}), ["init", "--from", "conftest"]);
  expect([code, err]).toEqual([2, expect.stringContaining("no conftest.toml here")]);
});

test.each([
  ["vendor/", ["**/*vendor/**"]],
  ["/vendor/", ["**/vendor/**"]],
  ["^vendor/", ["vendor/**"]],
  [String.raw`\.bak$`, ["**/*.bak"]],
  ["^a/b$|^c$", ["a/b", "c"]],
  ["(draft|old/)", ["**/*draft*", "**/*draft*/**", "**/*old/**"]],
  ["a.*b", undefined],
  ["[ab]c", undefined],
])("what ignore = %p leaves out as globs", (ignore, globs) => {
  expect(ignoredGlobs(ignore)).toEqual(globs);
});
