import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { gitIdentity } from "../support/github/git/run.ts";
import { directoryWith, git, write } from "./run-portcullis.ts";
import {
  commit,
  deployment,
  detailed,
  listed,
  overlays,
  repositoryWith,
  rollback,
  way,
} from "./rollback-repository.ts";

const subjects = (states: readonly { readonly subject: string }[]): readonly string[] =>
  states.map(({ subject }) => subject);

describe("two overlays of one base", () => {
  let repository: string;
  beforeAll(() => {
    repository = repositoryWith(
      overlays,
      { "base/web.yaml": deployment("2") },
      { "README.md": "nothing of the desired state\n" },
      { "base/web.yaml": `# a comment\n${deployment("2")}` },
      { "overlays/staging/kustomization.yaml": "resources: [../../base]\nnamePrefix: s-\n" },
      { "base/web.yaml": deployment("3") },
    );
  });

  test("the commits are listed that changed what each environment gets, and nothing is claimed of their checks", async () => {
    const { environments, base } = await listed(repository);
    expect(base).toBe(git(repository, "rev-parse", "HEAD"));
    expect(environments.map(({ environment, states, end }) => [environment, subjects(states), end])).toEqual([
      ["production", ["step 6", "step 2", "step 1"], "began"],
      ["staging", ["step 6", "step 5", "step 2", "step 1"], "began"],
    ]);
    expect(environments[1]?.states.map(({ objects }) => objects)).toEqual([0, 1, 2, 2]);
    for (const { check } of environments.flatMap(({ states }) => states))
      expect(check).toEqual({ state: "unknown", reason: "no GITHUB_TOKEN" });
  });

  test("a limit counts the states before the one of now", async () => {
    const { environments } = await listed(repository, ["--limit", "1"]);
    expect(environments.map(({ states, end }) => [subjects(states), end])).toEqual([
      [["step 6", "step 2"], "limit"],
      [["step 6", "step 5"], "limit"],
    ]);
    const few = await listed(repository, ["--commits", "2"]);
    expect(few.environments.map(({ end }) => end)).toEqual(["commits", "commits"]);
  });

  test("images come first, the gate's verdict is told, and so is who shares the files", async () => {
    const { rollbacks, now } = await detailed(repository, ["production"]);
    expect(now.subject).toBe("step 6");
    expect(rollbacks).toHaveLength(2);
    expect(rollbacks[0]).toMatchObject({
      subject: "step 2",
      images: [{ container: "web", before: "web:3", after: "web:2" }],
      changes: [{ kind: "updated", manifest: { kind: "Deployment", namespace: "shop", name: "web" } }],
      losses: [],
      gate: { verdict: "pass", blocking: [] },
      shared: [{ environment: "staging", objects: 1, paths: ["base/web.yaml"] }],
      paths: [{ path: "base/web.yaml", kind: "restored" }],
    });
    const { out } = await rollback(repository, ["production"]);
    expect(out.indexOf("Deployment shop/web, web: web:3 → web:2")).toBeLessThan(out.indexOf("objects: 1 updated"));
    expect(out).toContain("the gate would let it through");
    expect(out).toContain("also changes staging (1 object), which reads base/web.yaml too");
  });

  test("an unknown environment is refused with those that there are", async () => {
    const { code, err } = await rollback(repository, ["prodution"]);
    expect({ code, err }).toEqual({
      code: 2,
      err: "error: there is no environment prodution: expected one of production, staging; did you mean production?\n",
    });
  });

  test.each([
    ["--write without a commit", ["production", "--write"], /--write needs --to COMMIT/],
    ["--to without an environment", ["--to", "HEAD~1"], /--to needs an environment: production, staging/],
    ["a commit that is not there", ["production", "--to", "nowhere"], /"nowhere" names no commit/],
    ["the state of now", ["production", "--to", "HEAD"], /production is now what it was at/],
    ["a limit that is none", ["--limit", "0"], /--limit 0: expected a number/],
    ["an App that is none", ["--app-id", "x"], /--app-id x: expected a number/],
  ])("%s is a usage error", async (_, args, message) => {
    const { code, out, err } = await rollback(repository, args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
});

test("the commands do what they say: the old state, files that are new since then gone, nothing else touched", async () => {
  const claim = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: it's, namespace: shop }\n";
  const repository = repositoryWith(
    { ...overlays, "overlays/production/old [1].yaml": claim.replace("it's", "old") },
    {
      "overlays/production/kustomization.yaml": "resources: [../../base, 'it''s.yaml']\n",
      "overlays/production/it's.yaml": claim,
    },
    { "docs/notes.md": "unrelated\n" },
  );
  const { commands, paths, shared } = await way(repository, ["production"]);
  expect(paths).toEqual([
    { path: "overlays/production/it's.yaml", kind: "removed" },
    { path: "overlays/production/kustomization.yaml", kind: "restored" },
  ]);
  expect(shared).toEqual([]);
  expect(commands[0]).toMatch(/^git restore --source=[0-9a-f]{12} --staged --worktree -- overlays\/production$/);
  for (const command of commands.slice(0, 2))
    execFileSync("sh", ["-c", command], { cwd: repository, env: { ...process.env, ...gitIdentity } });
  expect(git(repository, "diff", "--name-only", "HEAD~3", "HEAD")).toBe("docs/notes.md");
  const { environments } = await listed(repository);
  expect(subjects(environments[0]?.states ?? [])[0]).toMatch(/^Roll production back to [0-9a-f]{12}$/);
});

test("one commit that all of it undoes can be reverted as well", async () => {
  const repository = repositoryWith(overlays, { "base/web.yaml": deployment("2") });
  const { commands } = await way(repository, ["production"]);
  expect(commands[2]).toBe(`git revert --no-edit ${git(repository, "rev-parse", "--short=12", "HEAD")}`);
  git(repository, "switch", "-qc", "topic", "HEAD~1");
  commit(repository, { "base/web.yaml": deployment("4") }, "on a branch");
  git(repository, "switch", "-q", "main");
  git(repository, "reset", "-q", "--hard", "HEAD~1");
  git(repository, "merge", "-q", "--no-ff", "-m", "Merge topic", "topic");
  const merged = await detailed(repository, ["production"]);
  expect(merged.now.subject).toBe("Merge topic");
  expect((await way(repository, ["production"])).commands[2]).toMatch(/^git revert --no-edit -m 1 [0-9a-f]{12}$/);
});

test("--write takes the files into the work tree and commits nothing", async () => {
  const repository = repositoryWith(overlays, { "base/web.yaml": deployment("2"), "base/new.txt": "kept\n" });
  const head = git(repository, "rev-parse", "HEAD");
  write(repository, { "notes.md": "mine\n" });
  const report = await detailed(repository, ["production", "--to", "HEAD~1", "--write"]);
  expect(report.written).toBe(git(repository, "rev-parse", "HEAD~1"));
  expect(git(repository, "rev-parse", "HEAD")).toBe(head);
  expect(git(repository, "status", "--porcelain").split("\n").toSorted()).toEqual(["?? notes.md", "M  base/web.yaml"]);
  expect(readFileSync(join(repository, "base/web.yaml"), "utf8")).toBe(deployment("1"));
});

test.each([
  ["a file that goes back", "base/web.yaml", deployment("9")],
  ["a file that the environment reads", "overlays/production/kustomization.yaml", "resources: []\n"],
])("--write refuses where %s has uncommitted changes", async (_, path, text) => {
  const repository = repositoryWith(overlays, { "base/web.yaml": deployment("2") });
  write(repository, { [path]: text });
  const { code, err } = await rollback(repository, ["production", "--to", "HEAD~1", "--write"]);
  expect({ code, err }).toEqual({
    code: 2,
    err: `error: nothing is written: ${path} has uncommitted changes; commit or stash them first\n`,
  });
  expect(readFileSync(join(repository, path), "utf8")).toBe(text);
});

test("--write does not overwrite a file that Git ignores, and changes no other branch's work tree", async () => {
  const repository = repositoryWith(
    {
      ...overlays,
      "overlays/production/kustomization.yaml": "resources: [../../base, a.yaml]\n",
      "overlays/production/a.yaml": deployment("1").replace("web,", "a,"),
    },
    {
      "overlays/production/a.yaml": null,
      "overlays/production/kustomization.yaml": "resources: [../../base]\n",
      ".gitignore": "a.yaml\n",
    },
  );
  write(repository, { "overlays/production/a.yaml": "mine\n" });
  const refused = await rollback(repository, ["production", "--to", "HEAD~1", "--write"]);
  expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/a\.yaml has uncommitted changes/) });
  git(repository, "switch", "-qc", "other");
  commit(repository, { "x.md": "x\n" }, "elsewhere");
  const elsewhere = await rollback(repository, ["production", "--base", "main", "--to", "main~1", "--write"]);
  expect(elsewhere).toMatchObject({ code: 2, err: expect.stringMatching(/check it out first/) });
  expect(existsSync(join(repository, "overlays/production/a.yaml"))).toBe(true);
});

test("a rename is no other state, and going back across it takes both names", async () => {
  const files = {
    "portcullis.yaml": "version: 1\npolicies: [policies]\nenvironments: { production: { paths: [apps] } }\n",
    "policies/main.rego": overlays["policies/main.rego"] ?? "",
  };
  const repository = repositoryWith(
    { ...files, "apps/web.yaml": deployment("1") },
    { "apps/web.yaml": deployment("2") },
    { "apps/web.yaml": null, "apps/shop/web.yaml": deployment("2") },
    { "apps/shop/web.yaml": deployment("3") },
  );
  const { environments } = await listed(repository);
  expect(subjects(environments[0]?.states ?? [])).toEqual(["step 4", "step 2", "step 1"]);
  const { paths, changes } = await way(repository, ["production", "--limit", "1"]);
  expect(changes.map(({ kind }) => kind)).toEqual(["updated"]);
  expect(paths).toEqual([
    { path: "apps/shop/web.yaml", kind: "removed" },
    { path: "apps/web.yaml", kind: "restored" },
  ]);
});

test("what goes back and breaks a rule of now is told with the place", async () => {
  const repository = repositoryWith(
    { ...overlays, "base/web.yaml": deployment("latest") },
    { "base/web.yaml": deployment("2") },
  );
  const { gate } = await way(repository, ["production"]);
  expect(gate).toMatchObject({
    verdict: "fail",
    blocking: [{ policy: "main", message: "latest is no version", path: "base/web.yaml", line: 8 }],
  });
  expect((await rollback(repository, ["production"])).out).toMatch(
    /the gate would block it\n +main: .*latest is no version/,
  );
});

test("rules stay those of now: policies and portcullis.yaml do not go back", async () => {
  const repository = repositoryWith(overlays, {
    "base/web.yaml": deployment("2"),
    "policies/main.rego": 'package main\n\ndeny contains "never" if input.kind == "Nothing"\n',
  });
  const { paths, commands } = await way(repository, ["production"]);
  expect(paths.map(({ path }) => path)).toEqual(["base/web.yaml"]);
  expect(commands).toHaveLength(2);
});

test("an environment begins where it came to be, and has no state before", async () => {
  const { "overlays/production/kustomization.yaml": production = null, ...rest } = overlays;
  const repository = repositoryWith(
    rest,
    { "overlays/production/kustomization.yaml": production },
    { "base/web.yaml": deployment("2") },
  );
  const { environments } = await listed(repository);
  expect(environments.map(({ states, end }) => [subjects(states), end])).toEqual([
    [["step 3", "step 2"], "began"],
    [["step 3", "step 1"], "began"],
  ]);
  const { code, err } = await rollback(repository, ["production", "--to", "HEAD~2"]);
  expect(code).toBe(2);
  expect(err).toMatch(/production did not exist at [0-9a-f]{12}/);
});

test("where nothing names environments, all of the tree goes back together", async () => {
  const repository = repositoryWith({ "web.yaml": deployment("1") }, { "web.yaml": deployment("2") });
  const report = await detailed(repository);
  expect(report.environment).toBeUndefined();
  expect(report.rollbacks).toMatchObject([{ subject: "step 1", images: [{ before: "web:2", after: "web:1" }] }]);
  expect(await rollback(repository, ["production"])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/nothing names environments here/),
  });
});

test("what lands in no named environment is a state of its own, called .", async () => {
  const repository = repositoryWith(
    overlays,
    { "tools/job.yaml": deployment("1") },
    { "tools/job.yaml": deployment("2") },
  );
  const { environments } = await listed(repository);
  expect(environments.map(({ environment, states }) => [environment, states.length])).toEqual([
    ["production", 1],
    ["staging", 1],
    [undefined, 2],
  ]);
  expect((await way(repository, ["."])).paths).toEqual([{ path: "tools/job.yaml", kind: "restored" }]);
});

test("a shallow clone says what it lacks", async () => {
  const origin = repositoryWith(overlays, { "base/web.yaml": deployment("2") }, { "base/web.yaml": deployment("3") });
  const cloned = (depth: number): string => {
    const directory = directoryWith({});
    git(directory, "clone", "-q", `--depth=${depth}`, `file://${origin}`, ".");
    return directory;
  };
  const one = await rollback(cloned(1));
  expect(one).toMatchObject({
    code: 2,
    err: expect.stringMatching(/this clone is shallow and has one commit.*--unshallow/),
  });
  const two = await listed(cloned(2));
  expect(two.environments.map(({ states, end }) => [subjects(states), end])).toEqual([
    [["step 3", "step 2"], "shallow"],
    [["step 3", "step 2"], "shallow"],
  ]);
});

test("a state that was undone and one that comes twice are listed once", async () => {
  const repository = repositoryWith(
    overlays,
    { "base/web.yaml": deployment("2") },
    { "base/web.yaml": deployment("3") },
    { "base/web.yaml": deployment("2") },
    { "base/web.yaml": deployment("1") },
  );
  const { rollbacks } = await detailed(repository, ["production"]);
  expect(subjects(rollbacks)).toEqual(["step 4", "step 3"]);
});

test("a directory without Git and a tree without objects are refused", async () => {
  expect(await rollback(directoryWith({ "a.yaml": deployment("1") }))).toMatchObject({
    code: 2,
    err: expect.stringMatching(/earlier states are read from Git/),
  });
  expect(await rollback(repositoryWith({ "README.md": "x\n" }))).toMatchObject({
    code: 2,
    err: expect.stringMatching(/no Kubernetes objects/),
  });
});
