import type { PullRequest, Repository, Review, World } from "../state.ts";
import type { JsonObject } from "../json.ts";
import { accountShape, nodeId } from "./account.ts";
import { associationOf, pullUrl } from "./pull.ts";
import { htmlUrl } from "./repository.ts";

export function reviewShape(world: World, repository: Repository, pull: PullRequest, review: Review): JsonObject {
  const html = `${htmlUrl(world, repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: accountShape(world, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl(world, repository, pull),
    _links: { html: { href: html }, pull_request: { href: pullUrl(world, repository, pull) } },
    submitted_at: review.submittedAt,
    commit_id: review.commitSha,
    author_association: associationOf(repository, review.user.login),
  };
}
