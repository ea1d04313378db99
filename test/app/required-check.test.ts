import { expect, test } from "@jest/globals";
import { deployment, rules } from "../support/fleet.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();
const files = { ...rules(), "apps/web.yaml": deployment("nginx:1.27") };
const change = { "apps/web.yaml": deployment("nginx:1.28") };
const line = /This check (?:blocks nothing|can be forged|does not count)/;

test("a check that no rule requires says so, and how to require it", async () => {
  const { github } = shared;
  const repository = await shared.repositoryWith(files);
  const { summary, conclusion } = await shared.verdict(await github.proposeFiles(repository, change));
  expect(conclusion).toBe("success");
  expect(summary).toContain(
    "This check blocks nothing yet: no rule of the branch main requires it. Require it in Settings → Rules → Rulesets, with this App as its source \\(docs/install.md, step 3\\).",
  );
});

test("one that is required from any source says that it can be forged", async () => {
  const { github } = shared;
  const repository = await shared.repositoryWith(files);
  github.protect(repository, "main", { checks: [{ context: "portcullis" }] });
  expect((await shared.verdict(await github.proposeFiles(repository, change))).summary).toMatch(/can be forged/);
});

test.each([
  ["a ruleset", false],
  ["branch protection", true],
])("one that %s requires from this App says nothing of it", async (_what, classic) => {
  const { github } = shared;
  const repository = await shared.repositoryWith(files);
  const checks = [{ context: "portcullis", integrationId: github.appId }];
  github.protect(repository, "main", classic ? { checks: [], classic: { checks } } : { checks });
  const pull = await github.proposeFiles(repository, change);
  expect((await shared.verdict(pull)).summary).not.toMatch(line);
  expect(await github.merge(pull)).toMatchObject({ kind: "merged" });
});

test("the check of a second gated branch speaks of the rules of that branch", async () => {
  const { github } = shared;
  const config = rules()["portcullis.yaml"];
  const repository = await shared.repositoryWith({
    ...files,
    "portcullis.yaml": `${config}branches: [main, release]\n`,
  });
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  await github.pushRef(repository, "release", "main");
  const pull = await github.proposeFiles(repository, change, { base: "release" });
  await shared.app.idle();
  const run = await shared.app.concluded(pull, "portcullis: release");
  expect(run.summary).toMatch(/blocks nothing yet: no rule of the branch release requires it/);
});

test.each([
  ["a branch that is not gated", { base: "feature" }, ""],
  ["a repository that only reports", {}, "mode: report\n"],
])("a check for %s says nothing of rules", async (_what, options, more) => {
  const { github } = shared;
  const config = rules()["portcullis.yaml"];
  const repository = await shared.repositoryWith({ ...files, "portcullis.yaml": `${config}${more}` });
  await github.pushRef(repository, "feature", "main");
  expect((await shared.verdict(await github.proposeFiles(repository, change, options))).summary).not.toMatch(line);
});

test("rules that GitHub does not show change nothing, and the verdict comes all the same", async () => {
  const { github } = shared;
  const repository = await shared.repositoryWith(files);
  const fault = github.fault({ kind: "status", status: 403 }, { operation: "repos/get-branch-rules", times: 5 });
  const { summary, conclusion } = await shared.verdict(await github.proposeFiles(repository, change));
  fault.lift();
  expect(conclusion).toBe("success");
  expect(summary).not.toMatch(line);
  expect(fault.hits).toBe(1);
});
