import { installationOf } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { changedPaths, commitFacts } from "../git/facts.ts";
import { accountShape } from "../shapes/account.ts";
import { simpleInstallation } from "../shapes/installation.ts";
import { pullShape } from "../shapes/pull.ts";
import { htmlUrl, pushRepositoryShape, repositoryShape } from "../shapes/repository.ts";
import type { Account, PullRequest, Repository, World } from "../state.ts";
import type { JsonObject } from "../json.ts";

export async function emitPull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  action: string,
  sender: Account,
  more: JsonObject = {},
): Promise<void> {
  const installation = installationOf(world, repository);
  if (installation === undefined) return;
  const payload = {
    action,
    number: pull.number,
    ...more,
    pull_request: await pullShape(world, repository, pull),
    repository: repositoryShape(world, repository),
    sender: accountShape(world, sender),
    installation: simpleInstallation(installation),
  };
  emit(world, installation, "pull_request", payload, repository);
}

export function emitDispatch(world: World, repository: Repository, type: string, clientPayload: JsonObject): void {
  const installation = installationOf(world, repository);
  if (installation === undefined) return;
  const payload = {
    action: type,
    branch: repository.defaultBranch,
    client_payload: clientPayload,
    repository: repositoryShape(world, repository),
    sender: accountShape(world, repository.owner),
    installation: simpleInstallation(installation),
  };
  emit(world, installation, "repository_dispatch", payload, repository);
}

export const ZERO = "0".repeat(40);

async function pushedCommit(world: World, repository: Repository, sha: string, before: string): Promise<JsonObject> {
  const facts = await commitFacts(repository.directory, sha);
  const files = await changedPaths(repository.directory, before === ZERO ? undefined : before, sha);
  return {
    id: sha,
    tree_id: facts.tree,
    distinct: true,
    message: facts.message,
    timestamp: facts.committedAt,
    url: `${htmlUrl(world, repository)}/commit/${sha}`,
    author: facts.author,
    committer: facts.committer,
    added: files.A,
    removed: files.D,
    modified: files.M,
  };
}

export async function emitPush(
  world: World,
  repository: Repository,
  push: {
    readonly ref: string;
    readonly before: string;
    readonly after: string;
    readonly forced: boolean;
    readonly by: Account;
  },
): Promise<void> {
  const installation = installationOf(world, repository);
  if (installation === undefined) return;
  const { ref, before, after, forced, by } = push;
  const commit = after === ZERO ? null : await pushedCommit(world, repository, after, before);
  const payload = {
    ref,
    before,
    after,
    created: before === ZERO,
    deleted: after === ZERO,
    forced,
    base_ref: null,
    compare: `${htmlUrl(world, repository)}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: commit === null ? [] : [commit],
    head_commit: commit,
    repository: pushRepositoryShape(world, repository),
    pusher: { name: by.login, email: `${by.login}@example.invalid` },
    sender: accountShape(world, by),
    installation: simpleInstallation(installation),
  };
  emit(world, installation, "push", payload, repository);
}
