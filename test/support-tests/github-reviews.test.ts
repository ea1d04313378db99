import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Octokit } from "octokit";
import { installationClient, ownerAndRepo } from "../support/github/clients.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest } from "../support/github/state.ts";

let github: SimulatedGitHub;
let octokit: Octokit;
let pull: PullRequest;
let at: { owner: string; repo: string; pull_number: number };

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line${from + index}: x`);

beforeAll(async () => {
  github = await startGitHub();
  const lines = numbered(1, 40);
  const repository = await github.createRepository({
    files: { "a.yaml": `${lines.join("\n")}\n`, "old.yaml": "old: 1\n" },
  });
  const changed = lines.with(19, "line20: changed").toSpliced(30, 1);
  pull = await github.proposeFiles(repository, {
    "a.yaml": `${changed.join("\n")}\n`,
    "new dir/ü.yaml": "new: 1\n",
    "old.yaml": null,
  });
  octokit = await installationClient(github, repository);
  at = { ...ownerAndRepo(repository), pull_number: pull.number };
});

afterAll(() => github.close());

const review = (comments: { path: string; line: number; side?: string; start_line?: number }[]): Promise<unknown> =>
  octokit.rest.pulls.createReview({
    ...at,
    event: "COMMENT",
    body: "Findings",
    commit_id: pull.headSha,
    comments: comments.map((comment) => ({ ...comment, body: "no" })),
  });

test.each([
  ["the changed line", { path: "a.yaml", line: 20 }],
  ["a line of context before it", { path: "a.yaml", line: 17 }],
  ["a line of context after it", { path: "a.yaml", line: 23 }],
  ["a removed line, on the left", { path: "a.yaml", line: 31, side: "LEFT" }],
  ["several lines of one hunk", { path: "a.yaml", line: 21, start_line: 19 }],
  ["a new file", { path: "new dir/ü.yaml", line: 1 }],
  ["a removed file, on the left", { path: "old.yaml", line: 1, side: "LEFT" }],
])("a comment on %s is taken", async (_, comment) => {
  await expect(review([comment])).resolves.toMatchObject({ status: 200 });
});

test.each([
  ["a line outside every hunk", { path: "a.yaml", line: 16 }, "Line could not be resolved"],
  ["a line between two hunks", { path: "a.yaml", line: 25 }, "Line could not be resolved"],
  ["a file that did not change", { path: "README.md", line: 1 }, "Path could not be resolved"],
  ["the right side of a removed file", { path: "old.yaml", line: 1 }, "Line could not be resolved"],
  ["lines of two hunks", { path: "a.yaml", line: 30, start_line: 20 }, "Start line"],
])("one comment on %s makes GitHub refuse the whole review", async (_, comment, message) => {
  const before = pull.reviewComments.length;
  await expect(review([{ path: "a.yaml", line: 20 }, comment])).rejects.toMatchObject({
    status: 422,
    response: { data: { errors: [expect.stringContaining(message)] } },
  });
  expect(pull.reviewComments).toHaveLength(before);
});

test("a single comment outside a hunk is refused with GitHub's words", async () => {
  const made = octokit.rest.pulls.createReviewComment({
    ...at,
    body: "no",
    path: "a.yaml",
    line: 2,
    commit_id: pull.headSha,
  });
  await expect(made).rejects.toThrow("must be part of the diff");
});

test("reviews and their comments are listed with their author, and the files with their patches", async () => {
  const { data: comments } = await octokit.rest.pulls.listReviewComments(at);
  expect(comments.length).toBeGreaterThan(0);
  expect(comments.every((comment) => comment.user?.login === "portcullis[bot]" && comment.body === "no")).toBe(true);
  const { data: reviews } = await octokit.rest.pulls.listReviews(at);
  expect(reviews[0]).toMatchObject({ state: "COMMENTED", commit_id: pull.headSha });
  const { data: files } = await octokit.rest.pulls.listFiles(at);
  expect(files.map(({ filename, status, changes }) => [filename, status, changes])).toEqual([
    ["a.yaml", "modified", 3],
    ["new dir/ü.yaml", "added", 1],
    ["old.yaml", "removed", 1],
  ]);
  const paged = await octokit.rest.pulls.listFiles({ ...at, per_page: 2 });
  expect(paged.headers.link).toContain('rel="next"');
  expect(github.violations).toEqual([]);
});
