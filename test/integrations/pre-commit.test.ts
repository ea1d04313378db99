import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { directoryWith, git, write } from "../cli/run-portcullis.ts";
import { packedTarball, root } from "../package/installed.ts";

let tarball: string;
/** As pre-commit clones the repository. */
let hook: string;
beforeAll(async () => {
  tarball = await packedTarball();
  hook = mkdtempSync(join(tmpdir(), "portcullis-hook-"));
  for (const path of ["ci", "package.json"]) cpSync(join(root, path), join(hook, path), { recursive: true });
});

const policy = `package main

deny contains message if {
	input.kind == "Pod"
	message := sprintf("no %s", [input.metadata.name])
}
`;
const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;

function repository(): string {
  const directory = directoryWith({ "policy/p.rego": policy, "apps/old.yaml": pod("old") });
  git(directory, "init", "--quiet", "--initial-branch=main");
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=base");
  return directory;
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  const cache = mkdtempSync(join(tmpdir(), "portcullis-hook-cache-"));
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      HOME: cache,
      PRE_COMMIT_HOME: join(cache, "pre-commit"),
      PORTCULLIS_PACKAGE: tarball,
      ...env,
    },
  });
  return { status, out: stdout, err: stderr, error };
}

const hookRun = (cwd: string, env: NodeJS.ProcessEnv = {}) => run(join(hook, "ci/pre-commit.sh"), [], cwd, env);

describe("the hook for pre-commit", () => {
  test("blocks what is staged, and neither what is old nor what is not staged", () => {
    const directory = repository();
    write(directory, { "apps/new.yaml": pod("new"), "apps/later.yaml": pod("later") });
    git(directory, "add", "apps/new.yaml");
    const { status, out } = hookRun(directory);
    expect(out).toContain("no new");
    expect(out).not.toMatch(/no (?:old|later)/);
    expect(status).toBe(1);
    git(directory, "reset", "--quiet");
    write(directory, { "apps/new.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n" });
    git(directory, "add", "apps/new.yaml");
    expect(hookRun(directory).status).toBe(0);
  });

  test("judges what is pushed", () => {
    const directory = repository();
    const from = git(directory, "rev-parse", "HEAD");
    write(directory, { "apps/new.yaml": pod("new") });
    git(directory, "add", "--all");
    git(directory, "commit", "--quiet", "--message=change");
    const { status, out } = hookRun(directory, { PRE_COMMIT_FROM_REF: from, PRE_COMMIT_TO_REF: "HEAD" });
    expect(out).toContain("no new");
    expect(out).not.toContain("no old");
    expect(status).toBe(1);
  });

  test("judges everything where nothing is staged, and before the first commit", () => {
    const { status, out } = hookRun(repository());
    expect(out).toContain("no old");
    expect(status).toBe(1);
    const directory = directoryWith({ "policy/p.rego": policy, "apps/old.yaml": pod("first") });
    git(directory, "init", "--quiet");
    git(directory, "add", "--all");
    expect(hookRun(directory).out).toContain("no first");
  });

  test("runs in pre-commit itself", () => {
    const directory = repository();
    write(directory, { "apps/new.yaml": pod("new") });
    git(directory, "add", "apps/new.yaml");
    const published = mkdtempSync(join(tmpdir(), "portcullis-published-"));
    mkdirSync(join(published, "ci"));
    for (const path of ["ci", "package.json", ".pre-commit-hooks.yaml"])
      cpSync(join(root, path), join(published, path), { recursive: true });
    git(published, "init", "--quiet");
    git(published, "add", "--all");
    git(published, "commit", "--quiet", "--message=published");
    const program = process.env["PRE_COMMIT"] ?? "pre-commit";
    const { status, out, err, error } = run(program, ["try-repo", published, "portcullis", "--verbose"], directory);
    if (error !== undefined)
      return void process.stderr.write("SKIPPED: the hook is not run in pre-commit, which is missing\n");
    expect(err + out).toContain("no new");
    expect(out).not.toContain("no old");
    expect(status).toBe(1);
  });
});
