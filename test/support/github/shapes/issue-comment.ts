import type { Issue, IssueComment, PullRequest, Repository, World } from "../state.ts";
import type { JsonObject } from "../json.ts";
import { accountShape, nodeId } from "./account.ts";
import { associationOf, pullUrl } from "./pull.ts";
import { htmlUrl, repositoryUrl } from "./repository.ts";

export function issueCommentShape(world: World, repository: Repository, comment: IssueComment): JsonObject {
  const url = `${repositoryUrl(world, repository)}/issues/comments/${comment.id}`;
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url,
    html_url: `${htmlUrl(world, repository)}/pull/${comment.number}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(world, repository)}/issues/${comment.number}`,
    body: comment.body,
    user: accountShape(world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    author_association: associationOf(repository, comment.user.login),
    performed_via_github_app: null,
    reactions: reactions(`${url}/reactions`),
  };
}

const reactions = (url: string): JsonObject => ({
  url,
  total_count: 0,
  "+1": 0,
  "-1": 0,
  laugh: 0,
  confused: 0,
  heart: 0,
  hooray: 0,
  eyes: 0,
  rocket: 0,
});

/** A pull request seen as an issue, as comment events carry it. */
export function issueShape(world: World, repository: Repository, pull: PullRequest): JsonObject {
  const url = `${repositoryUrl(world, repository)}/issues/${pull.number}`;
  const html = `${htmlUrl(world, repository)}/pull/${pull.number}`;
  return {
    url,
    repository_url: repositoryUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: html,
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    number: pull.number,
    title: pull.title,
    user: accountShape(world, pull.author),
    labels: [],
    state: pull.state,
    state_reason: null,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: repository.comments.filter((comment) => comment.number === pull.number).length,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt ?? null,
    author_association: associationOf(repository, pull.author.login),
    active_lock_reason: null,
    draft: pull.draft,
    pull_request: {
      url: pullUrl(world, repository, pull),
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      merged_at: pull.merged?.at ?? null,
    },
    body: pull.body,
    reactions: reactions(`${url}/reactions`),
    performed_via_github_app: null,
  };
}

/** An issue that is no pull request. */
export function plainIssueShape(world: World, repository: Repository, issue: Issue): JsonObject {
  const url = `${repositoryUrl(world, repository)}/issues/${issue.number}`;
  return {
    url,
    repository_url: repositoryUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: `${htmlUrl(world, repository)}/issues/${issue.number}`,
    id: issue.id,
    node_id: nodeId("I", issue.id),
    number: issue.number,
    title: issue.title,
    user: accountShape(world, issue.user),
    labels: [],
    state: issue.state,
    state_reason: null,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: repository.comments.filter((comment) => comment.number === issue.number).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt ?? null,
    author_association: associationOf(repository, issue.user.login),
    active_lock_reason: null,
    body: issue.body,
    reactions: reactions(`${url}/reactions`),
    performed_via_github_app: null,
  };
}

/** An event of a timeline: a pull request was given another base branch. */
export function baseChangeShape(
  world: World,
  repository: Repository,
  { id, by, at, automatic }: PullRequest["baseChanges"][number],
): JsonObject {
  return {
    id,
    node_id: nodeId("BRCE", id),
    url: `${repositoryUrl(world, repository)}/issues/events/${id}`,
    actor: accountShape(world, by),
    event: automatic === true ? "automatic_base_change_succeeded" : "base_ref_changed",
    commit_id: null,
    commit_url: null,
    created_at: at,
    performed_via_github_app: null,
  };
}
