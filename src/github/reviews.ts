import type { Octokit } from "octokit";
import type { Place } from "./pulls.ts";

/** A review comment on a line of the new version of a file. */
export interface ReviewComment {
  readonly path: string;
  readonly line: number;
  readonly body: string;
}

/**
 * Posts comments in one review of `head` that neither approves nor requests changes. GitHub accepts all of them or
 * none.
 */
export async function createReview(
  octokit: Octokit,
  place: Place,
  review: {
    readonly pull: number;
    readonly head: string;
    readonly body: string;
    readonly comments: readonly ReviewComment[];
  },
): Promise<void> {
  await octokit.rest.pulls.createReview({
    ...place,
    pull_number: review.pull,
    commit_id: review.head,
    event: "COMMENT",
    body: review.body,
    comments: review.comments.map(({ path, line, body }) => ({ path, line, side: "RIGHT", body })),
  });
}

/** Reads the bodies of all review comments on a pull request. */
export async function readReviewComments(octokit: Octokit, place: Place, pull: number): Promise<readonly string[]> {
  const comments = await octokit.paginate(octokit.rest.pulls.listReviewComments, {
    ...place,
    pull_number: pull,
    per_page: 100,
  });
  return comments.map((comment) => comment.body);
}
