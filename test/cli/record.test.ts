import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { directoryWith, git, portcullis, write, type Ran } from "./run-portcullis.ts";

const pod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [{ name: a, image: "a:latest" }] }\n`;
const POLICY = `# METADATA
# custom: { id: images/version }
package images.version

import rego.v1

deny contains "it moves" if {
	some container in input.spec.containers
	some tag in data.moving
	endswith(container.image, tag)
}
`;
const SCENARIO = "policies/scenarios/new-pod";

let directory: string;
let recorded: Ran;
beforeAll(async () => {
  directory = directoryWith({
    "portcullis.yaml":
      "version: 1\npolicies: [policies]\ndata: [data]\nlevels: { images/version: warn }\nmanifests: { include: [apps/**] }\n",
    "policies/policy.rego": POLICY,
    "data/tags.yaml": "moving: [latest]\n",
    "apps/old.yaml": pod("old"),
    "README.md": "not judged\n",
  });
  git(directory, "init", "-q", "-b", "main");
  git(directory, "add", ".");
  git(directory, "commit", "-q", "-m", "a");
  git(directory, "switch", "-q", "-c", "change");
  write(directory, { "apps/new.yaml": pod("new") });
  git(directory, "add", ".");
  git(directory, "commit", "-q", "-m", "b");
  recorded = await portcullis(directory, ["check", "--base", "main", "--no-schemas", "--record", SCENARIO]);
});

const has = (path: string): boolean => existsSync(join(directory, SCENARIO, path));

test("what is judged is written with what is found, by the rules of the base, and passes as a test", async () => {
  expect(recorded).toMatchObject({ code: 0, out: expect.stringContaining("warn[images/version]: it moves") });
  expect(recorded.err).toBe(`portcullis: wrote ${SCENARIO}\n`);
  expect(["base", "head"].map((part) => has(`${part}/apps/new.yaml`))).toEqual([false, true]);
  expect(["base/apps/old.yaml", "base/portcullis.yaml", "base/data/tags.yaml"].filter((path) => !has(path))).toEqual(
    [],
  );
  expect(["base/README.md", "base/policies"].filter(has)).toEqual([]);
  expect(await portcullis(directory, ["test"])).toMatchObject({
    code: 0,
    out: "1 passed, 0 failed (0 test rules, 0 fixtures, 1 scenario)\n",
  });
  const expected = JSON.parse(readFileSync(join(directory, SCENARIO, "expected.json"), "utf8")) as {
    readonly findings: readonly { readonly status: string; readonly path: string }[];
  };
  expect(expected.findings.map(({ status, path }) => `${status} ${path}`)).toEqual([
    "introduced apps/new.yaml",
    "existing apps/old.yaml",
  ]);
});

test("where options make another finding than the scenario gives, it says so and still passes", async () => {
  const args = ["check", "apps/old.yaml", "--fail-on", "warn", "--record", "policies/scenarios/strict"];
  const { code, err } = await portcullis(directory, args);
  expect(code).toBe(1);
  expect(err).toContain("policies/scenarios/strict gives another result than this check, and expects it: ");
  expect(await portcullis(directory, ["test"])).toMatchObject({ code: 0, out: expect.stringMatching(/^2 passed/) });
});

test.each([
  ["elsewhere", "expected a directory scenarios/NAME beside policies"],
  [
    "other/scenarios/a",
    "portcullis test finds no scenario here; expected a directory below the policies that it tests",
  ],
  [SCENARIO, "there is something of this name"],
])("--record %s is refused, and leaves nothing", async (to, message) => {
  const { code, out, err } = await portcullis(directory, ["check", "--record", to]);
  expect([code, out, err]).toEqual([2, "", expect.stringContaining(`error: --record ${to}: ${message}`)]);
  expect(existsSync(join(directory, to.split("/")[0] ?? ""))).toBe(to === SCENARIO);
});
