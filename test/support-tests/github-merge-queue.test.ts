import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";

let github: SimulatedGitHub;

beforeAll(async () => {
  github = await startGitHub();
});

afterAll(() => github.close());

async function queued(name: string): Promise<{ repository: Repository; first: PullRequest; second: PullRequest }> {
  const repository = await github.createRepository({
    fullName: `acme/${name}`,
    files: { "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" },
  });
  github.protect(repository, "main", { checks: [{ context: "portcullis" }], mergeQueue: true });
  const first = await github.proposeFiles(repository, { "a.yaml": "a: 2\n" });
  const second = await github.proposeFiles(repository, { "b.yaml": "b: 2\n" });
  return { repository, first, second };
}

const events = (repository: Repository): string[] =>
  github.deliveries
    .filter((delivery) => delivery.repositoryId === repository.id && delivery.event === "merge_group")
    .map(
      (delivery) => `${delivery.action} ${String((delivery.payload["merge_group"] as { head_sha: string }).head_sha)}`,
    );

test("a branch with a queue refuses the button; groups stand on each other and merge when their check succeeds", async () => {
  const { repository, first, second } = await queued("queue");
  expect(await github.merge(first)).toMatchObject({ kind: "refused", message: expect.stringContaining("merge queue") });
  const one = await github.addToMergeQueue(first);
  const two = await github.addToMergeQueue(second);
  expect(events(repository)).toEqual([`checks_requested ${one}`, `checks_requested ${two}`]);
  await github.forgeCheck(repository, two!, "portcullis", "success");
  expect(first.merged).toBeUndefined();
  await github.forgeCheck(repository, one!, "portcullis", "success");
  expect(first.merged?.sha).toBe(one);
  expect(second.merged?.sha).toBe(two);
  expect(events(repository).slice(2)).toEqual([`destroyed ${one}`, `destroyed ${two}`]);
  expect(github.violations).toEqual([]);
});

test("a group whose check fails is thrown out and the one behind it is built anew", async () => {
  const { repository, first, second } = await queued("ejected");
  const one = await github.addToMergeQueue(first);
  const two = await github.addToMergeQueue(second);
  await github.forgeCheck(repository, one!, "portcullis", "failure");
  expect(first).toMatchObject({ state: "open" });
  const rebuilt = repository.queues.get("main")?.[0]?.group?.headSha;
  expect(rebuilt).not.toBe(two);
  await github.forgeCheck(repository, rebuilt!, "portcullis", "success");
  expect(second.merged?.sha).toBe(rebuilt);
  expect(github.violations).toEqual([]);
});

test("checks of both groups that finish at the same moment merge each pull request once", async () => {
  const { repository, first, second } = await queued("together");
  const heads = [await github.addToMergeQueue(first), await github.addToMergeQueue(second)];
  await Promise.all(heads.map((head) => github.forgeCheck(repository, head!, "portcullis", "success")));
  const closed = github.deliveries.filter(
    (delivery) => delivery.repositoryId === repository.id && delivery.action === "closed",
  );
  expect(closed).toHaveLength(2);
  expect([first.merged?.sha, second.merged?.sha]).toEqual(heads);
});
