import { expect, test } from "@jest/globals";
import { deployment, rules } from "../support/fleet.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { LOOSENED, ownedRepositories } from "./owned.ts";
import { shareApp } from "./shared-app.ts";

// An approval is of one merge: of this head into this branch.

const shared = shareApp();
const { owned, person, loosen, approvedBy, verdict } = ownedRepositories(shared);

const LATE = "it was given before the pull request had this base branch";

/** A pull request into a branch of somebody's own, that only loosens rules once it is merged into the default branch. */
async function elsewhere(repository: Repository): Promise<PullRequest> {
  const { github } = shared;
  const loosened = { "portcullis.yaml": rules(LOOSENED)["portcullis.yaml"]! };
  await github.pushCommit(repository, "mine", loosened, { by: person("dev") });
  await github.pushCommit(repository, "work", { "README.md": "harmless\n" }, { from: "mine", by: person("dev") });
  const pull = await github.openPull(repository, { head: "work", base: "mine", by: person("dev") });
  await verdict(pull);
  await github.nextSecond();
  const { conclusion, summary } = await approvedBy(pull, "alice");
  expect(conclusion).toBe("failure");
  expect(summary).toContain("No approval counts yet: the branch mine is not gated");
  return pull;
}

/** Expects that the approval counts no longer, until it is given again. */
async function expectAskedAgain(pull: PullRequest): Promise<void> {
  const { conclusion, title, summary } = await verdict(pull);
  expect(conclusion).toBe("failure");
  expect(title).toMatch(/^Needs approval of @acme\/security/);
  expect(summary).toContain(`The approval of @alice does not count: ${LATE}`);
  await shared.github.nextSecond();
  expect((await approvedBy(pull, "alice")).conclusion).toBe("success");
}

test("an approval of a pull request into another branch ends with a retarget", async () => {
  const { github } = shared;
  const repository = await owned();
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  const pull = await elsewhere(repository);
  await github.retarget(pull, "main");
  // Even before the App has heard of it.
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
  await github.settle();
  await expectAskedAgain(pull);
});

test("an approval of a pull request into another branch ends with a retarget whose webhook is lost", async () => {
  const { github } = shared;
  const pull = await elsewhere(await owned());
  github.delivery.drop = ({ event, action }) => event === "pull_request" && action === "edited";
  await github.retarget(pull, "main");
  await github.settle();
  github.delivery.drop = () => false;
  // Another webhook makes it known, such as that of somebody else's review.
  await github.review(pull, person("bob"), "CHANGES_REQUESTED");
  await github.settle();
  await expectAskedAgain(pull);
});

test("an approval of a pull request into a branch that is deleted ends, also where the store that knew of it is lost", async () => {
  const { github, app } = shared;
  const repository = await owned();
  const pull = await elsewhere(repository);
  await github.moveBase(pull, "main");
  await app.server.database.query("delete from portcullis.runs where repository = $1", [repository.id]);
  await github.review(pull, person("bob"), "CHANGES_REQUESTED");
  await github.settle();
  await expectAskedAgain(pull);
});

test("an approval of a pull request that went elsewhere and back ends too", async () => {
  const { github } = shared;
  const repository = await owned();
  const pull = await loosen(repository);
  expect((await approvedBy(pull, "alice")).conclusion).toBe("success");
  await github.pushCommit(repository, "mine", { "README.md": "mine\n" }, { by: person("dev") });
  await github.retarget(pull, "mine");
  await github.retarget(pull, "main");
  await github.settle();
  await github.review(pull, person("bob"), "CHANGES_REQUESTED");
  await github.settle();
  await expectAskedAgain(pull);
});

test("in a merge queue the approvals of the pull requests in the group count", async () => {
  const { github, app } = shared;
  const repository = await owned();
  github.protect(repository, "main", {
    checks: [{ context: "portcullis", integrationId: github.appId }],
    mergeQueue: true,
  });
  const pull = await loosen(repository);
  expect((await approvedBy(pull, "alice")).conclusion).toBe("success");
  const other = await github.proposeFiles(
    repository,
    { "apps/web.yaml": deployment("nginx:1.28") },
    { by: person("dev") },
  );
  await verdict(other);
  // Held back, so that the second group forms on the first one.
  const hold = github.fault({ kind: "status", status: 502 }, { operation: "checks/update", times: 3 });
  const first = await github.addToMergeQueue(pull);
  const second = await github.addToMergeQueue(other);
  await app.idle();
  hold.lift();
  for (const head of [first, second])
    expect(repository.runs.findLast(({ headSha }) => headSha === head)).toMatchObject({ conclusion: "success" });
  expect(pull.merged).toBeDefined();
  expect(other.merged).toBeDefined();
});

test("a group whose approval is gone is not merged", async () => {
  const { github, app } = shared;
  const repository = await owned();
  const pull = await loosen(repository);
  await github.settle();
  const review = await github.review(pull, person("alice"));
  await github.settle();
  expect((await verdict(pull)).conclusion).toBe("success");
  github.protect(repository, "main", {
    checks: [{ context: "portcullis", integrationId: github.appId }],
    mergeQueue: true,
  });
  review.state = "DISMISSED";
  const head = await github.addToMergeQueue(pull);
  await app.idle();
  expect(repository.runs.findLast(({ headSha }) => headSha === head)).toMatchObject({
    conclusion: "failure",
    title: expect.stringContaining("Needs approval of @acme/security"),
  });
  expect(pull.merged).toBeUndefined();
});

test("where GitHub does not tell of retargets, what the App saw decides", async () => {
  const { github } = shared;
  const refused = github.fault(
    { kind: "status", status: 403 },
    { operation: "issues/list-events-for-timeline", times: Infinity },
  );
  const pull = await elsewhere(await owned());
  await github.retarget(pull, "main");
  await github.settle();
  await expectAskedAgain(pull);
  expect(refused.hits).toBeGreaterThan(0);
  refused.lift();
});
