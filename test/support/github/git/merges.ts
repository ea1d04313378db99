import { setTimeout as sleep } from "node:timers/promises";
import { background, type PullRequest, type Repository, type World } from "../state.ts";
import { deleteRef, refSha, setRef } from "./refs.ts";
import { git, tryGit } from "./run.ts";

const GITHUB = { name: "GitHub", email: "noreply@github.com" };

/** Joins two commits in a bare repository: the new commit's id, or nothing when they are in conflict. */
export async function mergeCommit(
  directory: string,
  base: string,
  head: string,
  message: string,
  at: Date,
  author = GITHUB,
): Promise<string | undefined> {
  const { code, stdout, stderr } = await tryGit(directory, ["merge-tree", "--write-tree", "--no-messages", base, head]);
  if (code === 1) return undefined;
  if (code !== 0) throw new Error(`git merge-tree failed: ${stderr}`);
  const tree = stdout.split("\n")[0] ?? "";
  const date = `${Math.floor(at.getTime() / 1000)} +0000`;
  const commit = await git(directory, ["commit-tree", tree, "-p", base, "-p", head], message, {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: GITHUB.name,
    GIT_COMMITTER_EMAIL: GITHUB.email,
    GIT_COMMITTER_DATE: date,
  });
  return commit.trim();
}

/** Is the known test merge that of today's base and head? */
export async function testMergeIsCurrent(repository: Repository, pull: PullRequest): Promise<boolean> {
  const base = await refSha(repository.directory, `refs/heads/${pull.base}`);
  return pull.testMerge !== undefined && pull.testMerge.base === base && pull.testMerge.head === pull.headSha;
}

async function compute(world: World, repository: Repository, pull: PullRequest): Promise<void> {
  if (pull.state !== "open" || (await testMergeIsCurrent(repository, pull))) return;
  const head = pull.headSha;
  const base = await refSha(repository.directory, `refs/heads/${pull.base}`);
  if (base === undefined) return;
  const sha = await mergeCommit(repository.directory, base, head, `Merge ${head} into ${base}`, world.now());
  if (pull.headSha !== head || (pull.state as string) !== "open") return;
  const ref = `refs/pull/${pull.number}/merge`;
  if (sha !== undefined) await setRef(repository.directory, ref, sha);
  else if (world.merge.onConflict === "delete") await deleteRef(repository.directory, ref);
  pull.testMerge = sha === undefined ? { base, head } : { base, head, sha };
}

const computing = new WeakMap<PullRequest, Promise<void>>();

/** Starts the test merge after the configured delay; one at a time for a pull request. Resolves when it is there. */
export function refreshTestMerge(world: World, repository: Repository, pull: PullRequest): Promise<void> {
  const earlier = computing.get(pull) ?? Promise.resolve();
  const work = earlier
    .then(async () => {
      if (await testMergeIsCurrent(repository, pull)) return;
      if (world.merge.delay > 0) await sleep(world.merge.delay, undefined, { ref: false });
      await compute(world, repository, pull);
    })
    .finally(() => {
      if (computing.get(pull) === work) computing.delete(pull);
    });
  computing.set(pull, work);
  background(world, work);
  return work;
}
