import { timestamp, type Repository, type World } from "../state.ts";
import type { JsonObject } from "../json.ts";
import { accountShape, nodeId } from "./account.ts";

export const repositoryUrl = (world: World, repository: Repository): string =>
  `${world.url}/api/v3/repos/${repository.owner.login}/${repository.name}`;

export const htmlUrl = (world: World, repository: Repository): string =>
  `${world.url}/${repository.owner.login}/${repository.name}`;

export const cloneUrl = (world: World, repository: Repository): string => `${htmlUrl(world, repository)}.git`;

const LINKS = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

/** The one shape used in answers and payloads: what `full-repository` asks is a superset of the others. */
export function repositoryShape(world: World, repository: Repository): JsonObject {
  const url = repositoryUrl(world, repository);
  const html = htmlUrl(world, repository);
  const open = repository.pulls.filter((pull) => pull.state === "open").length;
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: `${repository.owner.login}/${repository.name}`,
    private: repository.isPrivate,
    visibility: repository.isPrivate ? "private" : "public",
    owner: accountShape(world, repository.owner),
    html_url: html,
    description: null,
    fork: repository.parent !== undefined,
    url,
    ...Object.fromEntries(Object.entries(LINKS).map(([name, path]) => [name, url + path])),
    clone_url: `${html}.git`,
    git_url: `git://127.0.0.1/${repository.owner.login}/${repository.name}.git`,
    ssh_url: `git@127.0.0.1:${repository.owner.login}/${repository.name}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    default_branch: repository.defaultBranch,
    forks: 0,
    forks_count: 0,
    network_count: 0,
    stargazers_count: 0,
    subscribers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: open,
    open_issues_count: open,
    size: 1,
    archived: repository.archived,
    disabled: false,
    has_discussions: false,
    has_downloads: true,
    has_issues: repository.hasIssues,
    has_pages: false,
    has_projects: false,
    has_wiki: false,
    is_template: false,
    topics: [],
    web_commit_signoff_required: false,
    allow_forking: true,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    pushed_at: repository.pushedAt,
  };
}

/** A push carries the same repository with times in seconds, and its owner's name. */
export function pushRepositoryShape(world: World, repository: Repository): JsonObject {
  const seconds = (text: string): number => Math.floor(Date.parse(text) / 1000);
  const shape = repositoryShape(world, repository);
  return {
    ...shape,
    url: htmlUrl(world, repository),
    owner: { ...accountShape(world, repository.owner), name: repository.owner.login, email: null },
    created_at: seconds(repository.createdAt),
    pushed_at: seconds(repository.pushedAt),
    stargazers: 0,
    master_branch: repository.defaultBranch,
  };
}

export const touched = (world: World, repository: Repository): void => {
  repository.pushedAt = timestamp(world.now());
};
