import type { Octokit } from "octokit";
import type { Place } from "./pulls.ts";

/** A review comment on a line of the new version of a file. */
export interface ReviewComment {
  readonly path: string;
  readonly line: number;
  readonly body: string;
}

/** A review comment that is on a pull request. */
export interface PostedComment {
  readonly id: number;
  readonly path: string;
  /** Its line in the head; absent where the head no longer has the line. */
  readonly line?: number;
  readonly body: string;
  /** The review that it is part of, and the comment that it answers. */
  readonly review?: number;
  readonly inReplyTo?: number;
  /** The login of the App that wrote it; absent for a person. */
  readonly app?: string;
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

/** Replaces the text of a review. */
export async function updateReview(
  octokit: Octokit,
  place: Place,
  pull: number,
  review: number,
  body: string,
): Promise<void> {
  await octokit.rest.pulls.updateReview({ ...place, pull_number: pull, review_id: review, body });
}

/** Reads all review comments on a pull request. */
export async function readReviewComments(
  octokit: Octokit,
  place: Place,
  pull: number,
): Promise<readonly PostedComment[]> {
  const comments = await octokit.paginate(octokit.rest.pulls.listReviewComments, {
    ...place,
    pull_number: pull,
    per_page: 100,
  });
  return comments.map(({ id, path, line, body, pull_request_review_id, in_reply_to_id, user }) => ({
    id,
    path,
    body,
    // GitHub answers null for a line that is gone, though its description has a number.
    ...(typeof line === "number" ? { line } : {}),
    ...(pull_request_review_id === null ? {} : { review: pull_request_review_id }),
    ...(in_reply_to_id === undefined ? {} : { inReplyTo: in_reply_to_id }),
    ...(user?.type === "Bot" ? { app: user.login } : {}),
  }));
}

/** Replaces the text of a review comment. */
export async function updateReviewComment(octokit: Octokit, place: Place, id: number, body: string): Promise<void> {
  await octokit.rest.pulls.updateReviewComment({ ...place, comment_id: id, body });
}

/** Deletes a review comment. */
export async function deleteReviewComment(octokit: Octokit, place: Place, id: number): Promise<void> {
  await octokit.rest.pulls.deleteReviewComment({ ...place, comment_id: id });
}
