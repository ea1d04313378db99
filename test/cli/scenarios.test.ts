import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { directoryWith, portcullis, write } from "./run-portcullis.ts";

const POLICY = `# METADATA
# title: No latest
package main

deny contains sprintf("%s uses latest", [container.name]) if {
	some container in input.spec.containers
	endswith(container.image, ":latest")
}
`;
const pod = (name: string, image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec:\n  containers:\n    - name: web\n      image: ${image}\n`;

const SCENARIO = "policies/scenarios/rollout";
const FILES = {
  "policies/tag.rego": POLICY,
  [`${SCENARIO}/base/portcullis.yaml`]: "version: 1\nlevels: { main: warn }\n",
  [`${SCENARIO}/base/old.yaml`]: pod("old", "a:latest"),
  [`${SCENARIO}/head/portcullis.yaml`]: "version: 1\n",
  [`${SCENARIO}/head/old.yaml`]: pod("old", "a:latest"),
  [`${SCENARIO}/head/new.yaml`]: pod("new", "a:latest"),
  // What a repository holds of policies and tests is not what is tested here.
  [`${SCENARIO}/head/policies/own.rego`]: "package own\n\nno Rego",
  [`${SCENARIO}/head/policies/fixtures/rejected-a.yaml`]: pod("a", "a:1"),
};
const finding = (status: string, path: string, message = "web uses latest") => ({
  policy: "main",
  level: "warn",
  status,
  path,
  line: 7,
  message,
});
const EXPECTED = {
  verdict: "warn",
  findings: [finding("introduced", "new.yaml"), finding("existing", "old.yaml")],
  problems: [],
};

test("--update writes what a change gives by the rules of its base, and the scenario then holds", async () => {
  const directory = directoryWith(FILES);
  const missing = await portcullis(directory, ["test", "policies"]);
  expect([missing.code, missing.out]).toEqual([
    2,
    expect.stringContaining("it has no expected.json; --update writes it"),
  ]);
  const updated = await portcullis(directory, ["test", "policies", "--update"]);
  expect([updated.code, updated.out]).toEqual([0, expect.stringContaining(`note: ${SCENARIO}/expected.json: written`)]);
  const written: unknown = JSON.parse(readFileSync(join(directory, SCENARIO, "expected.json"), "utf8"));
  expect(written).toEqual(EXPECTED);
  const again = await portcullis(directory, ["test", "policies"]);
  expect(again).toMatchObject({ code: 0, out: "1 passed, 0 failed (0 test rules, 0 fixtures, 1 scenario)\n" });
  // The policies stay what they are: what the repository of a scenario holds is none of them.
  const checked = await portcullis(directory, ["check", `${SCENARIO}/head/new.yaml`, "-p", "policies"]);
  expect([checked.code, checked.err]).toEqual([1, expect.stringContaining("**/scenarios/**")]);
});

test("a scenario that gives something else fails with the lines that differ", async () => {
  const directory = directoryWith({ ...FILES });
  await portcullis(directory, ["test", "policies", "--update"]);
  write(directory, { "policies/tag.rego": POLICY.replace("uses latest", "has no version") });
  const { code, out } = await portcullis(directory, ["test", "policies", "-o", "tap"]);
  expect([code, out]).toEqual([1, expect.stringContaining("not ok 1 - scenario policies/rollout\n")]);
  expect(out).toContain(
    String.raw`-      \"message\": \"web uses latest\"\n+      \"message\": \"web has no version\"`,
  );
});

test.each([
  ["without a head", { "policies/scenarios/s/expected.json": "{}" }, "it has no file in head/"],
  [
    "with an expectation that is no JSON",
    { "policies/scenarios/s/head/a.yaml": pod("a", "a:1"), "policies/scenarios/s/expected.json": "{" },
    "expected.json cannot be read: ",
  ],
])("a scenario %s is an error", async (_case, files, said) => {
  const directory = directoryWith({ "policies/tag.rego": POLICY, ...files });
  const { code, out } = await portcullis(directory, ["test", "policies", "-o", "json"]);
  expect(code).toBe(2);
  const { outcomes } = JSON.parse(out) as { readonly outcomes: readonly unknown[] };
  expect(outcomes).toEqual([
    expect.objectContaining({
      kind: "scenario",
      name: "scenario policies/s",
      outcome: "error",
      reasons: [expect.stringContaining(said)],
    }),
  ]);
});
