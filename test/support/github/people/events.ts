import { installationOf } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { git, tryGit } from "../git/run.ts";
import { accountShape } from "../shapes/account.ts";
import { simpleInstallation } from "../shapes/installation.ts";
import { pullShape } from "../shapes/pull.ts";
import { htmlUrl, pushRepositoryShape, repositoryShape } from "../shapes/repository.ts";
import type { Account, JsonObject, PullRequest, Repository, World } from "../state.ts";

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

export const ZERO = "0".repeat(40);

async function pushedCommit(world: World, repository: Repository, sha: string, before: string): Promise<JsonObject> {
  const [tree = "", at = "", name = "", email = "", message = ""] = (
    await git(repository.directory, ["show", "--no-patch", "--format=%T%x00%cI%x00%an%x00%ae%x00%B", sha])
  ).split("\0");
  const range = before === ZERO ? ["--root", sha] : [before, sha];
  const { stdout } = await tryGit(repository.directory, [
    "diff-tree",
    "-r",
    "--no-commit-id",
    "--name-status",
    "-z",
    ...range,
  ]);
  const parts = stdout.split("\0");
  const files: Record<"A" | "D" | "M", string[]> = { A: [], D: [], M: [] };
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const kind = parts[index] === "A" || parts[index] === "D" ? (parts[index] as "A" | "D") : "M";
    files[kind].push(parts[index + 1] ?? "");
  }
  return {
    id: sha,
    tree_id: tree,
    distinct: true,
    message: message.trim(),
    timestamp: at,
    url: `${htmlUrl(world, repository)}/commit/${sha}`,
    author: { name, email },
    committer: { name, email },
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
