import { deleteRef, refSha } from "../git/refs.ts";
import { git } from "../git/run.ts";
import {
  nextId,
  timestamp,
  type Account,
  type Branch,
  type PullRequest,
  type Repository,
  type World,
} from "../state.ts";
import { emitPull } from "./events.ts";
import { publishHead, startTestMerge } from "./pushes.ts";

export interface PullOptions {
  readonly head: string | Branch;
  readonly base?: string;
  readonly title?: string;
  readonly body?: string;
  readonly draft?: boolean;
  readonly by?: Account;
}

export async function openPull(world: World, repository: Repository, options: PullOptions): Promise<PullRequest> {
  const head: Branch = typeof options.head === "string" ? { repository, name: options.head } : options.head;
  const headSha = await refSha(head.repository.directory, `refs/heads/${head.name}`);
  if (headSha === undefined) throw new Error(`there is no branch ${head.name} to open a pull request from`);
  const now = timestamp(world.now());
  const pull: PullRequest = {
    id: nextId(world),
    number: repository.nextNumber,
    author: options.by ?? head.repository.owner,
    head,
    base: options.base ?? repository.defaultBranch,
    title: options.title ?? head.name,
    body: options.body ?? null,
    draft: options.draft ?? false,
    state: "open",
    headSha,
    heads: [headSha],
    baseChanges: [],
    createdAt: now,
    updatedAt: now,
    reviews: [],
    reviewComments: [],
  };
  repository.nextNumber += 1;
  repository.pulls.push(pull);
  await publishHead(repository, pull);
  await startTestMerge(world, repository, pull);
  await emitPull(world, repository, pull, "opened", pull.author);
  return pull;
}

/** Changes the base: the event is `edited` with `changes.base`. */
export async function retargetPull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  base: string,
  by: Account,
): Promise<void> {
  const sha = (await git(repository.directory, ["rev-parse", `refs/heads/${pull.base}`])).trim();
  const from = pull.base;
  pull.base = base;
  pull.updatedAt = timestamp(world.now());
  pull.baseChanges.push({ id: nextId(world), by, at: pull.updatedAt });
  await startTestMerge(world, repository, pull);
  await emitPull(world, repository, pull, "edited", by, { changes: { base: { ref: { from }, sha: { from: sha } } } });
}

/** Gives it another base, as GitHub does when the old one is deleted after a merge: no webhook tells. */
export async function moveBase(world: World, repository: Repository, pull: PullRequest, base: string): Promise<void> {
  pull.base = base;
  pull.updatedAt = timestamp(world.now());
  pull.baseChanges.push({ id: nextId(world), by: pull.author, at: pull.updatedAt, automatic: true });
  await startTestMerge(world, repository, pull);
}

/** Makes it part of a stack that is to reach a branch. */
export async function stackPull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  target: string,
  by: Account,
): Promise<void> {
  pull.stack = target;
  pull.updatedAt = timestamp(world.now());
  const sha = (await git(repository.directory, ["rev-parse", `refs/heads/${target}`])).trim();
  await emitPull(world, repository, pull, "stacked", by, { stack: { base: { ref: target, sha } } });
}

export async function editTitle(
  world: World,
  repository: Repository,
  pull: PullRequest,
  title: string,
  by: Account,
): Promise<void> {
  const from = pull.title;
  pull.title = title;
  await emitPull(world, repository, pull, "edited", by, { changes: { title: { from } } });
}

export async function closePull(world: World, repository: Repository, pull: PullRequest, by: Account): Promise<void> {
  pull.state = "closed";
  pull.closedAt = timestamp(world.now());
  pull.updatedAt = pull.closedAt;
  await deleteRef(repository.directory, `refs/pull/${pull.number}/merge`);
  delete pull.testMerge;
  await emitPull(world, repository, pull, "closed", by);
}

export async function reopenPull(world: World, repository: Repository, pull: PullRequest, by: Account): Promise<void> {
  pull.state = "open";
  delete pull.closedAt;
  pull.updatedAt = timestamp(world.now());
  await startTestMerge(world, repository, pull);
  await emitPull(world, repository, pull, "reopened", by);
}

export async function setDraft(
  world: World,
  repository: Repository,
  pull: PullRequest,
  draft: boolean,
  by: Account,
): Promise<void> {
  pull.draft = draft;
  await emitPull(world, repository, pull, draft ? "converted_to_draft" : "ready_for_review", by);
}
