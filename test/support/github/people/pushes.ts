import { installationOf } from "../answer.ts";
import { refreshTestMerge } from "../git/merges.ts";
import { refSha, setRef } from "../git/refs.ts";
import { git, tryGit } from "../git/run.ts";
import { timestamp, type Account, type PullRequest, type Repository, type World } from "../state.ts";
import { touched } from "../shapes/repository.ts";
import { emitPull, emitPush, ZERO } from "./events.ts";
import { publishSuite, suiteFor } from "./suites.ts";

export interface Push {
  readonly branch: string;
  /** Absent: the branch is new. */
  readonly before?: string;
  /** Absent: the branch was deleted. */
  readonly after?: string;
  readonly by: Account;
}

/** Brings `refs/pull/N/head` up to date; for a fork its objects become readable through the base repository. */
export async function publishHead(repository: Repository, pull: PullRequest): Promise<void> {
  const ref = `refs/pull/${pull.number}/head`;
  if (pull.head.repository === repository) await setRef(repository.directory, ref, pull.headSha);
  else
    await git(repository.directory, [
      "fetch",
      "--quiet",
      "--no-tags",
      pull.head.repository.directory,
      `+${pull.headSha}:${ref}`,
    ]);
}

/** The test merge at once when nothing slows it, else behind everybody's back. */
export async function startTestMerge(world: World, repository: Repository, pull: PullRequest): Promise<void> {
  const work = refreshTestMerge(world, repository, pull);
  if (world.merge.delay === 0) await work;
}

async function moveHead(world: World, repository: Repository, pull: PullRequest, push: Push): Promise<void> {
  const before = pull.headSha;
  if (push.after === undefined || push.after === before) return;
  pull.headSha = push.after;
  pull.heads.push(push.after);
  pull.updatedAt = timestamp(world.now());
  await publishHead(repository, pull);
  await startTestMerge(world, repository, pull);
  await emitPull(world, repository, pull, "synchronize", push.by, { before, after: push.after });
}

/** A branch has moved: tells the App, opens a check suite, and carries pull requests along. */
export async function afterPush(world: World, repository: Repository, push: Push): Promise<void> {
  const { branch, by, before = ZERO, after = ZERO } = push;
  touched(world, repository);
  const ancestry =
    before === ZERO || after === ZERO
      ? { code: 0 }
      : await tryGit(repository.directory, ["merge-base", "--is-ancestor", before, after]);
  await emitPush(world, repository, { ref: `refs/heads/${branch}`, before, after, forced: ancestry.code !== 0, by });
  if (after !== ZERO && installationOf(world, repository) !== undefined) {
    const suite = suiteFor(world, repository, world.app, after, branch, before);
    await publishSuite(world, repository, suite, "requested", by);
  }
  for (const base of world.repositories) {
    const moved = base.pulls.filter(
      (pull) => pull.state === "open" && pull.head.repository === repository && pull.head.name === branch,
    );
    for (const pull of moved) await moveHead(world, base, pull, push);
  }
}

/** Moves a branch to a commit that is already in the repository. */
export async function moveBranch(
  world: World,
  repository: Repository,
  branch: string,
  after: string,
  by: Account,
): Promise<void> {
  const before = await refSha(repository.directory, `refs/heads/${branch}`);
  await setRef(repository.directory, `refs/heads/${branch}`, after);
  await afterPush(world, repository, { branch, after, by, ...(before !== undefined && { before }) });
}
