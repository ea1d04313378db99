import { afterEach, expect, test } from "@jest/globals";
import { deployment, rules } from "../support/fleet.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();
afterEach(() => {
  shared.github.delivery.drop = () => false;
});

const GOOD = deployment("nginx:1.28");

/** A repository that requires the check, and a pull request that passed it. */
async function greenPull(): Promise<{ repository: Repository; pull: PullRequest; green: string }> {
  const { github } = shared;
  const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": deployment("nginx:1.27") });
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": GOOD });
  expect((await shared.verdict(pull)).conclusion).toBe("success");
  return { repository, pull, green: pull.headSha };
}

/** Tries to merge before the App hears of what was done last. */
async function mergeUnheard(pull: PullRequest, act: () => Promise<unknown>): Promise<{ readonly kind: string }> {
  shared.github.delivery.drop = () => true;
  await act();
  await shared.github.settle();
  return shared.github.merge(pull);
}

/** Has the App hear of it, by whatever comes next. */
async function hear(repository: Repository): Promise<void> {
  shared.github.delivery.drop = () => false;
  await shared.github.pushCommit(repository, "main", { "README.md": "next\n" });
}

test("an old green head that is pushed back is not merged before it is judged again", async () => {
  const { repository, pull, green } = await greenPull();
  await shared.github.pushToPull(pull, { "apps/web.yaml": deployment("nginx:latest") });
  expect((await shared.verdict(pull)).conclusion).toBe("failure");
  const old = repository.runs.find((run) => run.headSha === green);
  expect(old).toMatchObject({ conclusion: "failure", title: "Superseded" });
  // It is no verdict any more.
  expect(old?.externalId).not.toContain(" tree/");
  const back = () => shared.github.pushRef(repository, pull.head.name, green);
  expect(await mergeUnheard(pull, back)).toMatchObject({ kind: "refused" });
  expect(pull.headSha).toBe(green);
  await hear(repository);
  expect((await shared.verdict(pull)).conclusion).toBe("success");
  expect(await shared.github.merge(pull)).toMatchObject({ kind: "merged" });
});

test("a green pull request that was closed is not merged when it is reopened before it is judged again", async () => {
  const { repository, pull } = await greenPull();
  await shared.github.closePull(pull);
  await shared.app.idle();
  expect(await mergeUnheard(pull, () => shared.github.reopen(pull))).toMatchObject({ kind: "refused" });
  await hear(repository);
  expect((await shared.verdict(pull)).conclusion).toBe("success");
});

test("green of a closed pull request is worth nothing to another one with its head", async () => {
  const { repository, pull, green } = await greenPull();
  await shared.github.closePull(pull);
  await shared.app.idle();
  shared.github.delivery.drop = () => true;
  await shared.github.pushRef(repository, "again", green);
  const again = await shared.github.openPull(repository, { head: "again", base: "main" });
  expect(await shared.github.merge(again)).toMatchObject({ kind: "refused" });
  await hear(repository);
  expect((await shared.verdict(again)).conclusion).toBe("success");
});

test("of two pull requests with one head that passed, the one that stays open stays green", async () => {
  const { repository, pull, green } = await greenPull();
  await shared.github.pushRef(repository, "twin", green);
  const twin = await shared.github.openPull(repository, { head: "twin", base: "main" });
  expect((await shared.verdict(twin)).conclusion).toBe("success");
  await shared.github.closePull(twin);
  expect((await shared.verdict(pull)).conclusion).toBe("success");
  await shared.github.closePull(pull);
  await shared.app.idle();
  expect(repository.runs.filter((run) => run.headSha === green && run.conclusion === "success")).toEqual([]);
});

test("green of a pull request that was merged stays", async () => {
  const { repository, pull, green } = await greenPull();
  expect(await shared.github.merge(pull)).toMatchObject({ kind: "merged" });
  await shared.app.idle();
  expect(repository.runs.filter((run) => run.headSha === green)).toMatchObject([{ conclusion: "success" }]);
});
