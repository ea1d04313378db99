import { installationOf } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { commitFacts } from "../git/facts.ts";
import { mergeCommit } from "../git/merges.ts";
import { deleteRef, refSha, setRef } from "../git/refs.ts";
import { accountShape } from "../shapes/account.ts";
import { simpleInstallation } from "../shapes/installation.ts";
import { repositoryShape } from "../shapes/repository.ts";
import type { Account, PullRequest, QueueEntry, Repository, World } from "../state.ts";
import type { JsonObject } from "../json.ts";
import { emitPull } from "./events.ts";
import { checkState, markMerged } from "./merge.ts";
import { moveBranch } from "./pushes.ts";

const turns = new WeakMap<Repository, Promise<unknown>>();

/** Checks finish at the same moment; the queue must not act on two of them at once. */
function oneAtATime<Result>(repository: Repository, work: () => Promise<Result>): Promise<Result> {
  const turn = (turns.get(repository) ?? Promise.resolve()).then(work, work);
  turns.set(repository, turn);
  return turn;
}

type Group = NonNullable<QueueEntry["group"]>;

async function emitGroup(
  world: World,
  repository: Repository,
  base: string,
  group: Group,
  action: string,
  more: JsonObject = {},
): Promise<void> {
  const installation = installationOf(world, repository);
  if (installation === undefined) return;
  const { tree, committedAt: at, message } = await commitFacts(repository.directory, group.headSha);
  const who = { name: "GitHub", email: "noreply@github.com" };
  const payload = {
    action,
    ...more,
    merge_group: {
      head_sha: group.headSha,
      head_ref: group.ref,
      base_sha: group.baseSha,
      base_ref: `refs/heads/${base}`,
      head_commit: {
        id: group.headSha,
        tree_id: tree,
        message,
        timestamp: at,
        author: who,
        committer: who,
      },
    },
    repository: repositoryShape(world, repository),
    sender: accountShape(world, world.app.bot),
    installation: simpleInstallation(installation),
  };
  emit(world, installation, "merge_group", payload, repository);
}

async function leave(
  world: World,
  repository: Repository,
  base: string,
  entry: QueueEntry,
  reason: string,
): Promise<void> {
  const queue = repository.queues.get(base) ?? [];
  queue.splice(queue.indexOf(entry), 1);
  if (entry.group !== undefined) {
    await emitGroup(world, repository, base, entry.group, "destroyed", {
      reason: reason === "MERGE" ? "merged" : "dequeued",
    });
    await deleteRef(repository.directory, entry.group.ref);
    delete entry.group;
  }
  await emitPull(world, repository, entry.pull, "dequeued", entry.by, { reason });
}

/** Builds the groups that are missing: each on the one before it, as GitHub stacks its queue. */
async function build(world: World, repository: Repository, base: string): Promise<void> {
  const queue = repository.queues.get(base) ?? [];
  let below = await refSha(repository.directory, `refs/heads/${base}`);
  for (const entry of queue.slice()) {
    if (below === undefined) return;
    if (entry.group !== undefined && entry.group.baseSha === below) {
      below = entry.group.headSha;
      continue;
    }
    if (entry.group !== undefined) {
      await emitGroup(world, repository, base, entry.group, "destroyed", { reason: "invalidated" });
      await deleteRef(repository.directory, entry.group.ref);
      delete entry.group;
    }
    const { pull } = entry;
    const title = `Merge pull request #${pull.number} from ${pull.head.repository.owner.login}/${pull.head.name}`;
    const headSha = await mergeCommit(repository.directory, below, pull.headSha, title, world.now());
    if (headSha === undefined) {
      await leave(world, repository, base, entry, "MERGE_CONFLICT");
      continue;
    }
    const ref = `refs/heads/gh-readonly-queue/${base}/pr-${pull.number}-${below}`;
    await setRef(repository.directory, ref, headSha);
    entry.group = { ref, headSha, baseSha: below };
    await emitGroup(world, repository, base, entry.group, "checks_requested");
    below = headSha;
  }
}

/** Puts a pull request at the end of its base's queue; the answer is its group's head, or nothing when it conflicts. */
export function enqueue(
  world: World,
  repository: Repository,
  pull: PullRequest,
  by: Account,
): Promise<string | undefined> {
  return oneAtATime(repository, () => join(world, repository, pull, by));
}

async function join(world: World, repository: Repository, pull: PullRequest, by: Account): Promise<string | undefined> {
  const entry: QueueEntry = { pull, by };
  const queue = repository.queues.get(pull.base) ?? [];
  repository.queues.set(pull.base, queue);
  queue.push(entry);
  await emitPull(world, repository, pull, "enqueued", by);
  await build(world, repository, pull.base);
  const group = entry.group as Group | undefined;
  await advance(world, repository);
  return group?.headSha;
}

/** Acts on finished checks: the first group merges when all required are satisfied; a failing one is thrown out and the rest rebuilt. */
export function advanceQueues(world: World, repository: Repository): Promise<void> {
  return oneAtATime(repository, () => advance(world, repository));
}

async function advance(world: World, repository: Repository): Promise<void> {
  for (const [base, queue] of repository.queues) {
    const required = repository.rules.get(base)?.checks ?? [];
    for (let entry = queue[0]; entry?.group !== undefined; entry = queue[0]) {
      const { group } = entry;
      const states = required.map((check) => checkState(repository, check, group.headSha));
      if (states.includes("failing")) await leave(world, repository, base, entry, "CI_FAILURE");
      else if (states.every((state) => state === "satisfied")) {
        await moveBranch(world, repository, base, group.headSha, entry.by);
        await leave(world, repository, base, entry, "MERGE");
        await markMerged(world, repository, entry.pull, group.headSha, entry.by);
      } else break;
      await build(world, repository, base);
    }
  }
}
