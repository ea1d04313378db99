import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";

let github: SimulatedGitHub;
let app: TestApp;
let count = 0;

beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github);
});
afterAll(async () => {
  await app.stop();
  await github.close();
});
afterEach(() => {
  github.testMerges.delay = 0;
  expect(github.violations).toEqual([]);
});

const BAD = deployment("nginx:latest");
const GOOD = deployment("nginx:1.27");

async function repositoryWith(files: { readonly [path: string]: string }): Promise<Repository> {
  const repository = await github.createRepository({ fullName: `acme/fleet-${++count}`, files });
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  return repository;
}

/** The conclusion once all is quiet. */
async function verdict(pull: PullRequest): Promise<{ conclusion: string | null; title: string; summary: string }> {
  await app.idle();
  const run = await app.concluded(pull);
  return { conclusion: run.conclusion, title: run.title ?? "", summary: run.summary ?? "" };
}

test("a pull request that weakens its own judges is judged by those in force, and says what it would switch off", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const pull = await github.proposeFiles(repository, {
    "portcullis.yaml": rules()["portcullis.yaml"] + "mode: report\nlevels: { main: off }\n",
    "apps/web.yaml": BAD,
  });
  const { conclusion, summary } = await verdict(pull);
  expect(conclusion).toBe("failure");
  expect(summary).toContain("switches the gate to report only");
  expect(summary).toContain("lowers main");
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
});

test("a pull request that empties a policy is judged by the policy as it was", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const pull = await github.proposeFiles(repository, {
    "policies/tag.rego": NO_LATEST.replace('":latest"', '":never"'),
    "apps/web.yaml": BAD,
  });
  const { conclusion, summary } = await verdict(pull);
  expect(conclusion).toBe("failure");
  expect(summary).toContain("the rules in force give 1 denied");
  expect(summary).toContain("the proposed rules would give 0 denied");
  expect(summary).toMatch(/would no longer block, in the whole tree, 1 finding: main in Deployment shop\/web/);
});

test("a pull request that changes policies shows their impact by owner, and is blocked where their tests fail", async () => {
  const files = { "apps/web.yaml": BAD, CODEOWNERS: "apps/ @acme/shop\n" };
  const repository = await repositoryWith({ ...rules(), ...files });
  const pull = await github.proposeFiles(repository, {
    "policies/tag.rego": NO_LATEST.replace('":latest"', '":never"'),
    "policies/tag_test.rego": `package main_test

import rego.v1

import data.main

test_latest_is_denied if count(main.deny) > 0 with input as {"kind": "Deployment"}
`,
  });
  const { conclusion, summary } = await verdict(pull);
  expect(conclusion).toBe("failure");
  expect(summary.replaceAll("\\", "")).toContain("the policy test main_test.test_latest_is_denied failed");
  expect(summary).toContain("### Impact of the new rules");
  expect(summary).toContain("| `@acme/shop` | 1 |");
  expect(summary).toContain("No longer denied: 1");
});

test("a policy that spares one of the overlays that a line reaches is said to block less", async () => {
  const overlay = (namespace: string): string => `namespace: ${namespace}\nresources: [../../base]\n`;
  const repository = await repositoryWith({
    ...rules(),
    "apps/base/kustomization.yaml": "resources: [web.yaml]\n",
    "apps/base/web.yaml": BAD,
    "apps/overlays/dev/kustomization.yaml": overlay("dev"),
    "apps/overlays/prod/kustomization.yaml": overlay("prod"),
  });
  const pull = await github.proposeFiles(repository, {
    "policies/tag.rego": NO_LATEST.replace(" if {\n", ' if {\n  input.metadata.namespace != "prod"\n'),
  });
  const { summary } = await verdict(pull);
  expect(summary).toMatch(/would no longer block, in the whole tree, 1 finding: main in Deployment prod\/web/);
});

test("each weakening stands at its own line of the head, with the level that held", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": BAD, "apps/api.yaml": BAD });
  const pull = await github.proposeFiles(repository, {
    "portcullis.yaml": `${rules()["portcullis.yaml"]}comments: off\nlevels:\n  # Too strict.\n  main: warn\n`,
  });
  await verdict(pull);
  const told = (await app.concluded(pull)).annotations.filter(({ path }) => path === "portcullis.yaml");
  expect(new Map(told.map(({ message, start_line: line }) => [message.split(": ").slice(1).join(": "), line]))).toEqual(
    new Map([
      [expect.stringContaining("turns review comments off"), 4],
      [expect.stringContaining("lowers main from deny to warn"), 7],
      [expect.stringMatching(/would no longer block, in the whole tree, 2 findings: main in Deployment/), 2],
    ]),
  );
});

test("a repository once enrolled stays so, whoever removes portcullis.yaml", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const first = await github.proposeFiles(repository, { "portcullis.yaml": null, "apps/new.yaml": BAD });
  const told = await verdict(first);
  expect(told.conclusion).toBe("failure");
  expect(told.summary).toContain("removes portcullis");
  // An owner takes it away past the gate: the rules that were in force stay.
  await github.pushCommit(repository, "main", { "portcullis.yaml": null });
  const second = await github.proposeFiles(repository, { "apps/other.yaml": BAD });
  const { conclusion, summary } = await verdict(second);
  expect(conclusion).toBe("failure");
  expect(summary).toMatch(/the last that compiled.*removed from main/);
});

test("green earned on a branch of one's own is worth nothing: not there, and not after a retarget", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  await github.pushCommit(repository, "mine", { "apps/evil.yaml": deployment("evil:latest", "evil") });
  const head = await github.pushCommit(repository, "work", { "README.md": "harmless\n" }, { from: "mine" });
  const pull = await github.openPull(repository, { head: "work", base: "mine" });
  const before = await verdict(pull);
  expect(before.conclusion).toBe("failure");
  // GitHub is slow to make the test merge onto the new base; the old one stands on a branch that is anybody's.
  github.testMerges.delay = 1_500;
  await github.retarget(pull, "main");
  const after = await verdict(pull);
  expect(pull.headSha).toBe(head);
  expect(after.conclusion).toBe("failure");
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
});

test("one head in two pull requests with one check has the worse verdict, until the worse one goes away", async () => {
  const limit = `package main\n\ndeny contains "nginx 1.28 is not for gold" if {
  input.metadata.labels.tier == "gold"
  some container in input.spec.template.spec.containers
  container.image == "nginx:1.28"
}
`;
  const padded = GOOD.replace("spec:\n  selector", "# a\n# b\n# c\n# d\nspec:\n  selector");
  const repository = await repositoryWith({ ...rules(), "policies/limit.rego": limit, "apps/web.yaml": padded });
  await github.pushCommit(repository, "mine", { "README.md": "mine\n" }, { from: "main" });
  const gold = padded.replace("  namespace: shop\n", "  namespace: shop\n  labels: { tier: gold }\n");
  await github.pushCommit(repository, "work", { "apps/web.yaml": gold }, { from: "main" });
  await github.pushCommit(repository, "main", { "apps/web.yaml": padded.replace("1.27", "1.28") });
  // A branch that is not gated: judged by what the head itself brings to main.
  const onMine = await github.openPull(repository, { head: "work", base: "mine" });
  expect((await verdict(onMine)).conclusion).toBe("success");
  const onMain = await github.openPull(repository, { head: "work", base: "main" });
  expect((await verdict(onMain)).conclusion).toBe("failure");
  const shared = await verdict(onMine);
  expect(shared.conclusion).toBe("failure");
  expect(shared.title).toContain(`#${onMain.number}`);
  await github.closePull(onMain);
  expect((await verdict(onMine)).conclusion).toBe("success");
});

test("a test merge on an older base is judged against that very base", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD, "apps/b.yaml": GOOD });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:1.28") });
  expect((await verdict(pull)).conclusion).toBe("success");
  // main gets a bad manifest past the gate; GitHub has not renewed the test merge yet.
  github.testMerges.delay = 10_000;
  await github.pushCommit(repository, "main", { "apps/b.yaml": BAD });
  const run = await app.concluded(pull);
  await github.rerequestCheck(run);
  const again = await verdict(pull);
  expect(github.runsOf(pull, "portcullis")).toHaveLength(2);
  expect(again.conclusion).toBe("success");
  expect(again.summary).toContain("test merge, on an older base");
});

test("a value that was bad and is bad in another way is new", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": deployment("nginx:latest") });
  const other = await github.proposeFiles(repository, { "apps/web.yaml": deployment("other:latest") });
  expect((await verdict(other)).conclusion).toBe("failure");
  const untouched = await github.proposeFiles(repository, {
    "apps/web.yaml": deployment("nginx:latest").replace("shop", "shop # the same"),
  });
  expect((await verdict(untouched)).conclusion).toBe("success");
});

test("a second bad container beside an old one is new", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": BAD });
  const pull = await github.proposeFiles(repository, {
    "apps/web.yaml": `${BAD}        - name: second\n          image: second:latest\n`,
  });
  const run = await verdict(pull);
  expect(run.conclusion).toBe("failure");
  const [shown] = github.runsOf(pull, "portcullis").at(-1)?.annotations ?? [];
  expect(shown).toMatchObject({ start_line: 16, annotation_level: "failure" });
});

test("a bad staging manifest copied to production is new there", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/staging/web.yaml": BAD });
  const pull = await github.proposeFiles(repository, { "apps/production/web.yaml": BAD });
  expect((await verdict(pull)).conclusion).toBe("failure");
});

test("two good pull requests with a bad sum do not pass the merge queue together", async () => {
  const limit = `package main

deny contains msg if {
  some container in input.spec.template.spec.containers
  container.image == "nginx:1.28"
  input.metadata.labels.tier == "gold"
  msg := "gold must not run nginx 1.28"
}
`;
  const labelled = (file: string): string =>
    file.replace("  namespace: shop\n", "  namespace: shop\n  labels:\n    tier: gold\n");
  const padded = (file: string): string => file.replace("spec:\n  selector", "# a\n# b\n# c\n# d\nspec:\n  selector");
  const base = padded(GOOD);
  const repository = await github.createRepository({
    fullName: `acme/queue-${++count}`,
    files: { ...rules(), "policies/limit.rego": limit, "apps/web.yaml": base },
  });
  github.protect(repository, "main", {
    checks: [{ context: "portcullis", integrationId: github.appId }],
    mergeQueue: true,
  });
  const one = await github.proposeFiles(repository, { "apps/web.yaml": base.replace("1.27", "1.28") });
  const two = await github.proposeFiles(repository, { "apps/web.yaml": labelled(base) });
  expect((await verdict(one)).conclusion).toBe("success");
  expect((await verdict(two)).conclusion).toBe("success");
  await github.addToMergeQueue(one);
  const group = await github.addToMergeQueue(two);
  await app.idle();
  const run = repository.runs.find((candidate) => candidate.headSha === group);
  expect(run).toMatchObject({ status: "completed", conclusion: "failure" });
  expect(two.merged).toBeUndefined();
});

test("a repository without portcullis.yaml is let alone, and the check says so", async () => {
  const repository = await repositoryWith({ "policies/tag.rego": NO_LATEST, "apps/web.yaml": GOOD });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": BAD });
  expect(await verdict(pull)).toMatchObject({ conclusion: "success", title: "Not enrolled, nothing judged" });
});

test("a pull request from a fork is judged like any other", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const stranger = github.person("stranger");
  const fork = await github.fork(repository, stranger);
  await github.pushCommit(fork, "work", { "apps/web.yaml": BAD }, { by: stranger });
  const pull = await github.openPull(repository, { head: { repository: fork, name: "work" }, by: stranger });
  expect((await verdict(pull)).conclusion).toBe("failure");
});

test("only those who may write can ask for another look", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": BAD });
  await verdict(pull);
  github.comment(pull, "/portcullis recheck", github.person("passer-by"));
  await app.idle();
  expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
  const writer = github.person("writer");
  github.collaborate(repository, writer, "write");
  github.comment(pull, "/portcullis recheck", writer);
  await app.idle();
  expect(github.runsOf(pull, "portcullis")).toHaveLength(2);
});
