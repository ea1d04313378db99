import { pairFacts } from "../git/facts.ts";
import { testMergeIsCurrent } from "../git/merges.ts";
import { refSha } from "../git/refs.ts";
import type { Branch, PullRequest, Repository, World } from "../state.ts";
import type { JsonObject } from "../json.ts";
import { accountShape, nodeId } from "./account.ts";
import { htmlUrl, repositoryShape, repositoryUrl } from "./repository.ts";

function branchShape(world: World, branch: Branch, sha: string): JsonObject {
  return {
    label: `${branch.repository.owner.login}:${branch.name}`,
    ref: branch.name,
    sha,
    user: accountShape(world, branch.repository.owner),
    repo: repositoryShape(world, branch.repository),
  };
}

export const pullUrl = (world: World, repository: Repository, pull: { readonly number: number }): string =>
  `${repositoryUrl(world, repository)}/pulls/${pull.number}`;

export function associationOf(repository: Repository, login: string): string {
  if (repository.owner.login === login) return "OWNER";
  return repository.collaborators.has(login) ? "COLLABORATOR" : "NONE";
}

/** `merge_commit_sha` is the test merge while the pull request is open and mergeable, the real one afterwards. */
export async function simplePullShape(world: World, repository: Repository, pull: PullRequest): Promise<JsonObject> {
  const url = pullUrl(world, repository, pull);
  const issue = `${repositoryUrl(world, repository)}/issues/${pull.number}`;
  const html = `${htmlUrl(world, repository)}/pull/${pull.number}`;
  const statuses = `${repositoryUrl(world, repository)}/statuses/${pull.headSha}`;
  const baseSha =
    (await refSha(repository.directory, `refs/heads/${pull.base}`)) ?? pull.testMerge?.base ?? pull.headSha;
  const stackSha =
    pull.stack === undefined ? undefined : await refSha(repository.directory, `refs/heads/${pull.stack}`);
  return {
    url,
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(world, repository)}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: accountShape(world, pull.author),
    body: pull.body,
    labels: [],
    milestone: null,
    active_lock_reason: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt ?? null,
    merged_at: pull.merged?.at ?? null,
    merge_commit_sha: pull.merged?.sha ?? pull.testMerge?.sha ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: branchShape(world, pull.head, pull.headSha),
    base: branchShape(world, { repository, name: pull.base }, baseSha),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${repositoryUrl(world, repository)}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    ...(pull.stack !== undefined && { stack: { base: { ref: pull.stack, sha: stackSha } } }),
    author_association: associationOf(repository, pull.author.login),
    auto_merge: null,
    draft: pull.draft,
  };
}

/** The whole pull request; `mergeable` is null until the test merge of today's base and head is there. */
export async function pullShape(world: World, repository: Repository, pull: PullRequest): Promise<JsonObject> {
  const simple = await simplePullShape(world, repository, pull);
  const current = await testMergeIsCurrent(repository, pull);
  const mergeable = pull.state === "closed" || !current ? null : pull.testMerge?.sha !== undefined;
  // Of a merged one the size stays what it was against the base it met.
  const base =
    pull.merged === undefined ? await refSha(repository.directory, `refs/heads/${pull.base}`) : `${pull.merged.sha}^1`;
  const facts = await pairFacts(repository.directory, base ?? pull.headSha, pull.headSha);
  return {
    ...simple,
    merged: pull.merged !== undefined,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? "unknown" : mergeable ? (pull.draft ? "draft" : "clean") : "dirty",
    merged_by: pull.merged === undefined ? null : accountShape(world, pull.merged.by),
    comments: repository.comments.filter((comment) => comment.number === pull.number).length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: false,
    commits: facts.commits,
    additions: facts.additions,
    deletions: facts.deletions,
    changed_files: facts.files,
  };
}
