import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

const POLICY = `package main

deny contains msg if {
	some container in input.spec.containers
	endswith(container.image, ":latest")
	msg := sprintf("container %s uses latest", [container.name])
}
`;
const pod = (name: string, image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n    - name: ${name}\n      image: ${image}\n`;
const SAID = "portcullis: no portcullis.yaml in the base: using the policies in policy/\n";

/** A repository whose main branch holds an old finding and an old unreadable file; `change` is committed on a branch. */
function repository(
  change: { readonly [path: string]: string },
  base: { readonly [path: string]: string } = {},
): string {
  const directory = directoryWith({
    "policy/tag.rego": POLICY,
    "apps/old.yaml": pod("old", "old:latest"),
    "apps/fine.yaml": pod("fine", "fine:1.2"),
    "apps/broken.yaml": "a: [\n",
    ...base,
  });
  git(directory, "init", "--quiet", "--initial-branch=main");
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=base");
  git(directory, "switch", "--quiet", "--create=change");
  write(directory, change);
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=change");
  return directory;
}

const BRANCH = ["check", "--base", "main"] as const;

test("only what the change introduces blocks; what was there is a count", async () => {
  const directory = repository({ "apps/fine.yaml": pod("fine", "fine:latest") });
  const { code, out, err } = await portcullis(directory, BRANCH);
  expect([code, err]).toEqual([1, SAID]);
  expect(out).toMatch(/^deny\[main\]: container fine uses latest\n --> apps\/fine\.yaml:8:7\n/);
  expect(out).toMatch(/problem\[parse\]: .* \(existing: does not block\)\n {2}--> apps\/broken\.yaml:/);
  expect(out).toMatch(
    /\n\nNot compliant: 1 finding blocks\n2 manifests in 2 files judged by 1 policy · 1 introduced · 1 existing \(not shown: --show-all\) · 0 fixed · 1 problem\n$/,
  );
  expect(out).not.toContain("old.yaml");
});

test("with --diff what the change does to each manifest stands below the findings", async () => {
  const directory = repository({ "apps/fine.yaml": pod("fine", "fine:1.3") });
  const { code, out } = await portcullis(directory, [...BRANCH, "--diff"]);
  expect(code).toBe(0);
  expect(out).toMatch(/updated Pod fine\n\| @@ .* @@\n(\| .*\n)*\| -.*image: fine:1\.2\n\| \+.*image: fine:1\.3\n/);
  expect(out).toContain("\n\nobjects: 1 updated\n\nCompliant\n");
  const json = await portcullis(directory, [...BRANCH, "--diff", "-o", "json"]);
  expect(JSON.parse(json.out).manifestChanges).toMatchObject([
    { kind: "updated", diff: expect.stringContaining("fine:1.3") },
  ]);
});

test("--diff needs a change", async () => {
  const { code, err } = await portcullis(directoryWith({}), ["check", "--diff"]);
  expect([code, err]).toEqual([2, expect.stringContaining("--diff needs --base")]);
});

test("with --show-all what was there is listed, and still does not block", async () => {
  const directory = repository({ "apps/new.yaml": pod("new", "new:1") });
  const { code, out } = await portcullis(directory, [...BRANCH, "--show-all"]);
  expect(code).toBe(0);
  expect(out).toContain(" --> apps/old.yaml:8:7\n");
  expect(out).toContain("  = existing: it was there before this change\n");
});

test.each([
  ["nothing that is bad", { "apps/new.yaml": pod("new", "new:1") }, [], 0],
  ["a bad manifest", { "apps/new.yaml": pod("new", "new:latest") }, [], 1],
  ["a bad value for a bad value", { "apps/old.yaml": pod("old", "evil:latest") }, [], 1],
  ["an unreadable file", { "apps/new.yaml": "b: [\n" }, [], 2],
  ["no manifest", { "README.md": "x" }, [], 0],
  ["nothing bad, where everything blocks", { "apps/new.yaml": pod("new", "new:1") }, ["--block", "all"], 2],
  [
    "the policy that forbids it",
    { "policy/tag.rego": "package main\n", "apps/new.yaml": pod("new", "n:latest") },
    [],
    1,
  ],
  [
    "the mode",
    { "portcullis.yaml": "version: 1\nmode: report\npolicies: [policy]\n", "n.yaml": pod("n", "n:latest") },
    [],
    1,
  ],
  ["a manifest outside the paths that are asked for", { "apps/new.yaml": pod("new", "new:latest") }, ["policy"], 0],
] as const)("a change that brings %s", async (_, change, args, code) => {
  const ran = await portcullis(repository(change), [...BRANCH, ...args]);
  expect([ran.code, ran]).toEqual([code, expect.anything()]);
});

test("a change that touches no manifest says so", async () => {
  const { out } = await portcullis(repository({ "README.md": "x" }), BRANCH);
  expect(out).toContain("The change touches no manifest\n");
});

test("what the change mends is thanked for", async () => {
  const { code, out } = await portcullis(repository({ "apps/old.yaml": pod("old", "old:1.3") }), BRANCH);
  expect(code).toBe(0);
  expect(out).toContain("fixed by this change: 1 finding\n  - main: Pod old in apps/old.yaml\n");
});

test("the repository may be elsewhere, and paths are its own", async () => {
  const directory = repository({ "apps/new.yaml": pod("new", "new:latest") });
  const elsewhere = directoryWith({ "README.md": "" });
  const { code, out } = await portcullis(elsewhere, [...BRANCH, "--head", "change", "--repo", directory, "apps"]);
  expect(code).toBe(1);
  expect(out).toContain(" --> apps/new.yaml:8:7\n");
});

test("from a directory below, paths are relative to it and shown from the root", async () => {
  const directory = repository({ "apps/new.yaml": pod("new", "new:latest") });
  const { code, out } = await portcullis(join(directory, "apps"), [...BRANCH, "new.yaml"]);
  expect(code).toBe(1);
  expect(out).toContain(" --> apps/new.yaml:8:7\n");
});

test("a revision that is not there is bad usage", async () => {
  const { code, out, err } = await portcullis(repository({ x: "" }), ["check", "--base", "nowhere"]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(/^error: "nowhere" names no commit in /);
});

const CLASH = `package main

deny contains msg if {
	some i, a in input.spec.containers
	some j, b in input.spec.containers
	i < j
	a.port == b.port
	msg := sprintf("%s and %s both use %d", [a.name, b.name, a.port])
}

images := [c.image | some c in array.concat(object.get(input.spec, "initContainers", []), input.spec.containers)]

deny contains msg if {
	some image in images
	endswith(image, ":latest")
	msg := sprintf("%s is latest", [image])
}
`;
const pair = (one: string, two: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: pair}\nspec:\n  initContainers:\n    - {name: init, image: "i:1"}\n  containers:\n${one}${two}`;
const container = (name: string, port: number, image = "a:1"): string =>
  `    - name: ${name}\n      image: ${image}\n      port: ${port}\n`;

test.each([
  ["second", pair(container("one", 80), container("two", 80)), 13],
  ["first", pair(container("one", 81), container("two", 81)), 10],
])("of two values that clash, the %s one is shown where it is the one that the change set", async (_, after, line) => {
  const directory = repository(
    { "apps/pair.yaml": after },
    { "policy/tag.rego": CLASH, "apps/pair.yaml": pair(container("one", 80), container("two", 81)) },
  );
  const { out } = await portcullis(directory, [...BRANCH, "--namespace", "main", "-o", "json", "apps/pair.yaml"]);
  expect(JSON.parse(out).findings).toMatchObject([
    { status: "introduced", location: { path: "apps/pair.yaml", line, precision: "value" } },
  ]);
});

test("removing an innocent container does not make the finding of another one new", async () => {
  const directory = repository(
    { "apps/pair.yaml": pair("", container("two", 81, "b:latest")) },
    { "policy/tag.rego": CLASH, "apps/pair.yaml": pair(container("one", 80), container("two", 81, "b:latest")) },
  );
  const { code, out } = await portcullis(directory, [...BRANCH, "--namespace", "main", "-o", "json", "apps/pair.yaml"]);
  expect(code).toBe(0);
  expect(JSON.parse(out).findings).toMatchObject([{ status: "existing", pointer: "/spec/containers/0/image" }]);
});
