import { expect, test } from "@jest/globals";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

const pod = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, image: a:1.2 }] }\n";
const configuration = (branches: string): string => `version: 1\nbranches: ${branches}\n`;

/** A clone of a repository with the branches main and release/1. */
function clone(branches: string, ...options: readonly string[]): string {
  const origin = directoryWith({ "portcullis.yaml": configuration(branches), "apps/a.yaml": pod });
  git(origin, "init", "--quiet", "--initial-branch=main");
  git(origin, "add", "--all");
  git(origin, "commit", "--quiet", "--message=first");
  git(origin, "branch", "release/1");
  const directory = directoryWith({});
  git(directory, "clone", "--quiet", ...options, `file://${origin}`, ".");
  return directory;
}

const NOT_KNOWN =
  "portcullis: the entries of branches: are not compared with the branches of the repository, which are not all known here\n";

test("an entry of branches that no branch of a clone matches is an error at its line", async () => {
  const { code, out } = await portcullis(clone('[main, "release/*", relase/1]'), ["check"]);
  expect(code).toBe(2);
  expect(out).toContain('no branch of this clone matches "relase/1"');
  expect(out).toContain('did you mean "release/1"?');
  expect(out).toContain("portcullis.yaml:2:");
  expect((await portcullis(clone('[main, "release/*"]'), ["check"])).code).toBe(0);
});

test("a change is not blocked by an entry of its base that matches nothing, and shows it", async () => {
  const directory = clone("[relase/1]");
  write(directory, { "apps/a.yaml": pod.replace("1.2", "1.3") });
  git(directory, "commit", "--quiet", "--all", "--message=change");
  const { code, out } = await portcullis(directory, ["check", "--base", "origin/main"]);
  expect(code).toBe(0);
  expect(out).toContain('no branch of this clone matches "relase/1"');
});

test("where not all branches are known, it says so and invents nothing", async () => {
  for (const directory of [
    clone("[relase/1]", "--depth=1"),
    directoryWith({ "portcullis.yaml": configuration("[relase/1]"), "a.yaml": pod }),
  ]) {
    const { code, err } = await portcullis(directory, ["check"]);
    expect(code).toBe(0);
    expect(err).toContain(NOT_KNOWN);
  }
});
