import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { directoryWith, git, write } from "../cli/run-portcullis.ts";
import { packedTarball, root } from "../package/installed.ts";

interface Job {
  readonly variables: { readonly [name: string]: string };
  readonly script: readonly string[];
  readonly artifacts: { readonly reports: { readonly [kind: string]: string } };
}

const { portcullis: job } = load(readFileSync(join(root, "ci/gitlab.yml"), "utf8")) as { readonly portcullis: Job };

let tarball: string;
beforeAll(async () => {
  tarball = await packedTarball();
});

const policy = `package main

deny contains message if {
	input.kind == "Pod"
	message := sprintf("no %s", [input.metadata.name])
}
`;
const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;

/** A project whose branch `change` adds files to what `main` has, as GitLab's runner clones it. */
function project(files: { readonly [path: string]: string }): { readonly clone: string; readonly before: string } {
  const origin = directoryWith({ "policy/p.rego": policy, "apps/old.yaml": pod("old") });
  git(origin, "init", "--quiet", "--initial-branch=main");
  git(origin, "add", "--all");
  git(origin, "commit", "--quiet", "--message=base");
  const before = git(origin, "rev-parse", "HEAD");
  git(origin, "switch", "--quiet", "--create=change");
  write(origin, files);
  git(origin, "add", "--all");
  git(origin, "commit", "--quiet", "--message=change");
  const clone = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-gitlab-")));
  git(clone, "init", "--quiet");
  git(clone, "remote", "add", "origin", origin);
  git(clone, "fetch", "--quiet", "origin", "change");
  git(clone, "checkout", "--quiet", "--detach", "FETCH_HEAD");
  return { clone, before };
}

/** Runs the lines of the job's script as the runner does: in one shell that stops at the first failure. */
function runJob(clone: string, variables: { readonly [name: string]: string }) {
  const home = mkdtempSync(join(tmpdir(), "portcullis-gitlab-home-"));
  const predefined: { readonly [name: string]: string } = {
    CI_PROJECT_DIR: clone,
    CI_PROJECT_ID: "1",
    CI_COMMIT_SHA: git(clone, "rev-parse", "HEAD"),
    ...variables,
  };
  const own = Object.entries({ ...job.variables, PORTCULLIS_PACKAGE: tarball }).map(([name, value]) => [
    name,
    value.replaceAll(/\$(\w+)/g, (_, other: string) => predefined[other] ?? ""),
  ]);
  return spawnSync("bash", ["-eo", "pipefail", "-c", job.script.join("\n")], {
    cwd: clone,
    encoding: "utf8",
    env: {
      PATH: `${join(home, "bin")}:${process.env["PATH"]}`,
      HOME: home,
      npm_config_prefix: home,
      ...predefined,
      ...Object.fromEntries(own),
    },
  });
}

const readReport = (clone: string) =>
  JSON.parse(readFileSync(join(clone, job.artifacts.reports["codequality"] ?? ""), "utf8"));

test("a merge request is judged by what it introduces, and gets a code quality report and a test report", () => {
  const { clone } = project({ "apps/new.yaml": pod("new") });
  const { status, stdout } = runJob(clone, {
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_PROJECT_ID: "1",
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
  });
  expect(stdout).toContain("no new");
  expect(status).toBe(1);
  const path = (name: string, severity: string) =>
    expect.objectContaining({ severity, location: { path: name, lines: { begin: expect.any(Number) } } });
  expect(readReport(clone)).toEqual(
    expect.arrayContaining([path("apps/new.yaml", "critical"), path("apps/old.yaml", "major")]),
  );
  expect(readFileSync(join(clone, job.artifacts.reports["junit"] ?? ""), "utf8")).toContain("<testsuite");
});

test("a push to the default branch is judged from the commit before it", () => {
  const { clone, before } = project({ "apps/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n" });
  git(clone, "fetch", "--quiet", "origin", "main");
  expect(runJob(clone, { CI_COMMIT_BEFORE_SHA: before }).status).toBe(0);
});

test("without a commit before, everything is judged, but for the cache", () => {
  const { clone } = project({ "apps/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n" });
  const { status, stdout } = runJob(clone, { CI_COMMIT_BEFORE_SHA: "0".repeat(40) });
  expect(stdout).toContain("no old");
  expect(status).toBe(1);
  expect(JSON.stringify(readReport(clone))).not.toContain("portcullis-cache");
});
