import { installationOf } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { accountShape } from "../shapes/account.ts";
import { simpleInstallation } from "../shapes/installation.ts";
import { issueCommentShape, issueShape } from "../shapes/issue-comment.ts";
import { repositoryShape } from "../shapes/repository.ts";
import {
  nextId,
  timestamp,
  type Account,
  type IssueComment,
  type PullRequest,
  type Repository,
  type World,
} from "../state.ts";

/** A comment in the conversation of a pull request. */
export function commentOn(
  world: World,
  repository: Repository,
  pull: PullRequest,
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
  const installation = installationOf(world, repository);
  if (installation !== undefined) {
    const payload = {
      action: "created",
      issue: issueShape(world, repository, pull),
      comment: issueCommentShape(world, repository, comment),
      repository: repositoryShape(world, repository),
      sender: accountShape(world, by),
      installation: simpleInstallation(installation),
    };
    emit(world, installation, "issue_comment", payload, repository);
  }
  return comment;
}
