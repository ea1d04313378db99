import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { directoryWith, git, write } from "../cli/run-portcullis.ts";
import { packedTarball } from "../package/installed.ts";
import { runAction, type ActionEvent } from "./composite.ts";

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

interface Change {
  readonly origin: string;
  readonly base: string;
  readonly head: string;
  readonly merge: string;
}

/** A repository with a pull request: its base has moved on, and refs/pull/1/merge merges its head into it. */
function pullRequest(files: { readonly [path: string]: string }): Change {
  const origin = directoryWith({ "policy/p.rego": policy, "apps/old.yaml": pod("old") });
  git(origin, "init", "--quiet", "--initial-branch=main");
  git(origin, "config", "uploadpack.allowAnySHA1InWant", "true");
  git(origin, "add", "--all");
  git(origin, "commit", "--quiet", "--message=base");
  git(origin, "switch", "--quiet", "--create=change");
  write(origin, files);
  git(origin, "add", "--all");
  git(origin, "commit", "--quiet", "--message=change");
  const head = git(origin, "rev-parse", "HEAD");
  git(origin, "switch", "--quiet", "main");
  write(origin, { "apps/meanwhile.yaml": pod("meanwhile") });
  git(origin, "add", "--all");
  git(origin, "commit", "--quiet", "--message=meanwhile");
  const base = git(origin, "rev-parse", "HEAD");
  git(origin, "switch", "--quiet", "--detach");
  git(origin, "merge", "--quiet", "--no-ff", "--message=merge", "change");
  const merge = git(origin, "rev-parse", "HEAD");
  git(origin, "update-ref", "refs/pull/1/merge", merge);
  git(origin, "switch", "--quiet", "main");
  return { origin, base, head, merge };
}

/** What actions/checkout leaves for a commit, by default without its history. */
function checkedOut({ origin }: Change, commit: string, depth = 1): string {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-workspace-")));
  git(workspace, "init", "--quiet");
  git(workspace, "remote", "add", "origin", `file://${origin}`);
  git(workspace, "fetch", "--quiet", "--no-tags", `--depth=${depth}`, "origin", commit);
  git(workspace, "checkout", "--quiet", "--detach", "FETCH_HEAD");
  return workspace;
}

const opened = ({ base, merge }: Change, fork = false): ActionEvent => ({
  name: "pull_request",
  sha: merge,
  payload: {
    pull_request: { base: { sha: base }, head: { repo: { full_name: fork ? "mallory/gitops" : "acme/gitops" } } },
  },
});

describe("the action", () => {
  test("judges a pull request by its merge: annotations, the job summary, SARIF, and red", () => {
    const change = pullRequest({ "apps/new.yaml": pod("new") });
    const run = runAction(checkedOut(change, change.merge), opened(change), { package: tarball, sarif: "true" });
    expect(run.log).toMatch(/^::error file=apps\/new\.yaml,line=\d+.*no new/m);
    expect(run.log).not.toMatch(/^::error.*(?:no old|no meanwhile)/m);
    expect(run.summary).toContain("no new");
    expect(run.failed).toBe(true);
    expect(run.outputs["exit-code"]).toBe("1");
    const [cache, upload] = run.used;
    expect(cache).toEqual({
      uses: expect.stringMatching(/^actions\/cache@/),
      with: {
        path: expect.stringMatching(/\/portcullis-cache$/),
        key: `portcullis-${tarball}-Linux-X64-${change.base}`,
        "restore-keys": `portcullis-${tarball}-Linux-X64-`,
      },
    });
    expect(upload?.uses).toMatch(/^github\/codeql-action\/upload-sarif@/);
    expect(JSON.parse(readFileSync(upload?.with["sarif_file"] ?? "", "utf8"))).toMatchObject({ version: "2.1.0" });
    expect(JSON.parse(readFileSync(run.outputs["report"] ?? "", "utf8"))).toMatchObject({
      counts: { introduced: 1, existing: 2 },
    });
  });

  test("passes a change that complies, and finds the cache of the run before", () => {
    const change = pullRequest({ "apps/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n" });
    const workspace = checkedOut(change, change.merge);
    const temporary = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-runner-")));
    for (let runs = 0; runs < 2; runs++) {
      const run = runAction(workspace, opened(change), { package: tarball }, temporary);
      expect({ failed: run.failed, code: run.outputs["exit-code"] }).toEqual({ failed: false, code: "0" });
    }
    expect(existsSync(join(temporary, "portcullis-cache/judged"))).toBe(true);
  });

  test("takes the rules of the base for a fork, and uploads nothing for it", () => {
    const change = pullRequest({
      "apps/new.yaml": pod("new"),
      "policy/p.rego": "package main\n\nwarn contains 1 if false\n",
    });
    const run = runAction(checkedOut(change, change.merge), opened(change, true), { package: tarball, sarif: "true" });
    expect(run.outputs["exit-code"]).toBe("1");
    expect(run.used.map(({ uses }) => uses.split("@")[0])).toEqual(["actions/cache"]);
  });

  test("judges a merge group from its base, and a push from what was there", () => {
    const change = pullRequest({ "apps/new.yaml": pod("new") });
    for (const event of [
      { name: "merge_group", sha: change.merge, payload: { merge_group: { base_sha: change.base } } },
      { name: "push", sha: change.merge, payload: { before: change.base } },
    ]) {
      const run = runAction(checkedOut(change, change.merge), event, { package: tarball, cache: "false" });
      expect(run.log).toContain("no new");
      expect(run.log).not.toMatch(/^::error.*no old/m);
      expect(run.outputs["exit-code"]).toBe("1");
      expect(run.used).toEqual([]);
    }
  });

  test("judges a new branch as it is", () => {
    const change = pullRequest({ "apps/new.yaml": pod("new") });
    const event = { name: "push", sha: change.base, payload: { before: "0".repeat(40) } };
    const run = runAction(checkedOut(change, change.base), event, { package: tarball, arguments: "--namespace\nmain" });
    expect(run.log).toMatch(/^::error.*no old/m);
    expect(run.outputs["exit-code"]).toBe("1");
  });

  test.each([
    { name: "pull_request_target", expected: "expected the event pull_request" },
    { name: "pull_request", head: true, expected: "is no merge commit" },
  ])("stops where it would judge something else: $name", ({ name, head = false, expected }) => {
    const change = pullRequest({ "apps/new.yaml": pod("new") });
    const workspace = checkedOut(change, head ? change.head : change.merge, head ? 2 : 1);
    const run = runAction(workspace, { ...opened(change), name }, { package: tarball });
    expect(run.log).toContain("::error title=portcullis::");
    expect(run.log).toContain(expected);
    expect({ failed: run.failed, code: run.outputs["exit-code"] }).toEqual({ failed: true, code: "2" });
  });

  test("says that nothing was judged where the arguments are wrong", () => {
    const change = pullRequest({ "apps/new.yaml": pod("new") });
    const run = runAction(checkedOut(change, change.merge), opened(change), {
      package: tarball,
      arguments: "--nonsense",
    });
    expect(run.log).toContain("::error title=portcullis::could not be judged");
    expect({ failed: run.failed, code: run.outputs["exit-code"] }).toEqual({ failed: true, code: "2" });
  });
});

test("no script of ci/ has what bash cannot read", () => {
  for (const name of ["github.sh", "pre-commit.sh"])
    expect(spawnSync("bash", ["-n", join("ci", name)], { encoding: "utf8" }).stderr).toBe("");
});
