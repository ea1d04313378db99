import { installationOf } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { accountShape } from "../shapes/account.ts";
import { simpleInstallation } from "../shapes/installation.ts";
import { issueCommentShape, issueShape, plainIssueShape } from "../shapes/issue-comment.ts";
import { repositoryShape } from "../shapes/repository.ts";
import {
  nextId,
  timestamp,
  type Account,
  type Issue,
  type IssueComment,
  type PullRequest,
  type Repository,
  type ReviewComment,
  type World,
} from "../state.ts";
import type { JsonObject } from "../json.ts";

/** A comment in the conversation of a pull request or an issue. */
export function commentOn(
  world: World,
  repository: Repository,
  pull: PullRequest | Issue,
  body: string,
  by: Account,
): IssueComment {
  const comment: IssueComment = {
    id: nextId(world),
    number: pull.number,
    user: by,
    body,
    createdAt: timestamp(world.now()),
    reactions: [],
  };
  repository.comments.push(comment);
  emitComment(world, repository, { action: "created", on: pull, comment, sender: by });
  return comment;
}

/** Edits a comment, as whoever may write to the repository can with anybody's. */
export function editComment(
  world: World,
  repository: Repository,
  comment: IssueComment,
  body: string,
  by: Account,
): void {
  const on = [...repository.pulls, ...repository.issues].find(({ number }) => number === comment.number);
  if (on === undefined) throw new Error(`there is no #${comment.number}`);
  const changes = { body: { from: comment.body } };
  comment.body = body;
  emitComment(world, repository, { action: "edited", on, comment, sender: by, changes });
}

function emitComment(
  world: World,
  repository: Repository,
  {
    action,
    on,
    comment,
    sender,
    changes,
  }: {
    readonly action: "created" | "edited";
    readonly on: PullRequest | Issue;
    readonly comment: IssueComment;
    readonly sender: Account;
    readonly changes?: JsonObject;
  },
): void {
  const installation = installationOf(world, repository);
  if (installation === undefined) return;
  const payload = {
    action,
    issue: "head" in on ? issueShape(world, repository, on) : plainIssueShape(world, repository, on),
    comment: issueCommentShape(world, repository, comment),
    ...(changes !== undefined && { changes }),
    repository: repositoryShape(world, repository),
    sender: accountShape(world, sender),
    installation: simpleInstallation(installation),
  };
  emit(world, installation, "issue_comment", payload, repository);
}

/** An answer of a person to a review comment. GitHub makes it part of a review of its own. */
export function answerTo(world: World, pull: PullRequest, comment: ReviewComment, body: string, by: Account): void {
  const submittedAt = timestamp(world.now());
  const review = {
    id: nextId(world),
    user: by,
    body: "",
    state: "COMMENTED",
    commitSha: pull.headSha,
    submittedAt,
  } as const;
  pull.reviews.push({ ...review });
  pull.reviewComments.push({
    ...comment,
    id: nextId(world),
    reviewId: review.id,
    user: by,
    body,
    inReplyTo: comment.id,
    createdAt: submittedAt,
  });
}
