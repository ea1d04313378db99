// A replica that REST is read from: the repository as it was some seconds ago.
import { cp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { background, type Repository, type RestLag, type RestView, type World } from "./state.ts";

/** Milliseconds between two copies of the repository, which is how exact the lag is. */
const STEP = 500;

let copies = 0;

async function viewOf(world: World, repository: Repository): Promise<RestView> {
  const at = Date.now();
  copies += 1;
  const directory = join(world.directory, "rest-replicas", `${copies}-${basename(repository.directory)}`);
  const view: Repository = {
    ...repository,
    directory,
    pulls: repository.pulls.map((pull) => ({
      ...pull,
      heads: [...pull.heads],
      baseChanges: [...pull.baseChanges],
      reviews: pull.reviews.map((review) => ({ ...review })),
      reviewComments: [...pull.reviewComments],
    })),
    comments: repository.comments.map((comment) => ({ ...comment, reactions: [...comment.reactions] })),
    issues: repository.issues.map((issue) => ({ ...issue })),
    suites: [...repository.suites],
    runs: repository.runs.map((run) => ({ ...run, annotations: [...run.annotations] })),
  };
  await cp(repository.directory, directory, { recursive: true });
  return { at, repository: view };
}

/** Has every read of a repository by REST answer with its state of so many seconds ago, until it catches up. Writes are never late. */
export async function lagRest(world: World, repository: Repository, seconds: number): Promise<{ catchUp(): void }> {
  const lag: RestLag = { seconds, views: [await viewOf(world, repository)], ended: false };
  world.restLags.set(repository, lag);
  const follow = async (): Promise<void> => {
    while (!lag.ended && !world.closed) {
      await sleep(STEP, undefined, { ref: false });
      // A copy of files that just change is taken anew with the next one.
      const view = await viewOf(world, repository).catch(() => undefined);
      if (view !== undefined) lag.views.push(view);
      const shown = lag.views.findLastIndex(({ at }) => at <= Date.now() - seconds * 1_000);
      for (const old of lag.views.splice(0, Math.max(0, shown - 1)))
        await rm(old.repository.directory, { recursive: true, force: true });
    }
  };
  const following = follow();
  following.catch(() => undefined);
  return {
    catchUp: () => {
      lag.ended = true;
      world.restLags.delete(repository);
      background(world, following);
    },
  };
}

/** The repository as a read by REST has it now. */
export function seenByRest(world: World, repository: Repository): Repository {
  const lag = world.restLags.get(repository);
  if (lag === undefined) return repository;
  const moment = Date.now() - lag.seconds * 1_000;
  return (lag.views.findLast(({ at }) => at <= moment) ?? lag.views[0])?.repository ?? repository;
}
