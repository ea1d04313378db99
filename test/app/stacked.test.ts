import { expect, test } from "@jest/globals";
import { deployment, rules } from "../support/fleet.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { shareApp } from "./shared-app.ts";

// Of a stack of pull requests, GitHub asks the rules of the branch that the whole stack is to reach.

const shared = shareApp();
const RELEASE = "portcullis: release";

/** A repository that gates `release` too, and a harmless pull request onto `below`, which brings a violation. */
async function stacked(): Promise<{ readonly repository: Repository; readonly pull: PullRequest }> {
  const { github } = shared;
  const repository = await shared.repositoryWith({
    ...rules("branches: [main, release]\n"),
    "apps/web.yaml": deployment("nginx:1.27"),
  });
  await github.pushCommit(repository, "release", { "README.md": "release\n" });
  for (const [branch, context] of [
    ["main", "portcullis"],
    ["release", RELEASE],
  ] as const)
    github.protect(repository, branch, { checks: [{ context, integrationId: github.appId }] });
  await github.pushCommit(repository, "below", { "apps/web.yaml": deployment("nginx:latest") }, { from: "release" });
  const pull = await github.proposeFiles(repository, { "docs/a.md": "harmless\n" }, { base: "below" });
  await shared.app.idle();
  return { repository, pull };
}

test("a pull request within a stack is judged for the gated branch that the stack is to reach", async () => {
  const { github, app } = shared;
  const { pull } = await stacked();
  await github.stack(pull, "release");
  await github.settle();
  await app.idle();
  const red = await app.concluded(pull, RELEASE);
  expect(red.conclusion).toBe("failure");
  expect(red.summary).toContain("uses a tag that moves");
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
  await github.pushToPull(pull, { "apps/web.yaml": deployment("nginx:1.28") });
  await app.idle();
  expect((await app.concluded(pull, RELEASE)).conclusion).toBe("success");
  expect(await github.merge(pull)).toMatchObject({ kind: "merged" });
});

test("a stack whose webhook is lost is judged for its gated branch when something else makes it known", async () => {
  const { github, app } = shared;
  const { pull } = await stacked();
  github.delivery.drop = ({ action }) => action === "stacked";
  await github.stack(pull, "release");
  await github.settle();
  github.delivery.drop = () => false;
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
  await github.rerequestCheck(await app.concluded(pull));
  await app.idle();
  expect((await app.concluded(pull, RELEASE)).conclusion).toBe("failure");
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
});
