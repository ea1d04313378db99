import { mergeCommit } from "../git/merges.ts";
import { deleteRef, refSha } from "../git/refs.ts";
import { git, tryGit } from "../git/run.ts";
import {
  timestamp,
  type Account,
  type CheckRun,
  type PullRequest,
  type Repository,
  type RequiredCheck,
  type World,
} from "../state.ts";
import { emitPull } from "./events.ts";
import { moveBranch } from "./pushes.ts";

export type MergeOutcome =
  | { readonly kind: "merged"; readonly sha: string }
  | { readonly kind: "refused"; readonly status: 405 | 409; readonly message: string };

const SATISFIES = ["success", "neutral", "skipped"];

const refused = (message: string, status: 405 | 409 = 405): MergeOutcome => ({ kind: "refused", status, message });

/** The newest run of the required name, from the pinned App where one is pinned, on a commit. */
function decidingRun(repository: Repository, check: RequiredCheck, sha: string): CheckRun | undefined {
  return repository.runs.findLast(
    (run) =>
      run.headSha === sha &&
      run.name === check.context &&
      (check.integrationId === undefined || run.app.id === check.integrationId),
  );
}

/** What a required check says of a commit: satisfied, or how GitHub words that it is not. */
export function checkState(
  repository: Repository,
  check: RequiredCheck,
  sha: string,
): "satisfied" | "expected" | "in progress" | "failing" {
  const run = decidingRun(repository, check, sha);
  if (run === undefined) return "expected";
  if (run.status !== "completed") return "in progress";
  return SATISFIES.includes(run.conclusion ?? "") ? "satisfied" : "failing";
}

function checkRefusal(repository: Repository, pull: PullRequest): string | undefined {
  const rules = repository.rules.get(pull.stack ?? pull.base);
  const testMerge = pull.testMerge?.head === pull.headSha ? pull.testMerge.sha : undefined;
  const missing = [...(rules?.checks ?? []), ...(rules?.classic?.checks ?? [])].flatMap((check) => {
    const onMerge = testMerge !== undefined && decidingRun(repository, check, testMerge) !== undefined;
    const state = checkState(repository, check, onMerge ? testMerge : pull.headSha);
    return state === "satisfied" ? [] : [`Required status check "${check.context}" is ${state}.`];
  });
  return missing.length === 0 ? undefined : `Repository rule violations found\n\n${missing.join("\n")}\n\n`;
}

/** Would GitHub merge it now? Its own words when not. */
async function mergeRefusal(repository: Repository, pull: PullRequest): Promise<MergeOutcome | undefined> {
  if (pull.state === "closed") return refused("Pull Request is not mergeable");
  if (pull.draft) return refused("Pull Request is still a draft");
  const rules = repository.rules.get(pull.stack ?? pull.base);
  if (rules?.mergeQueue === true)
    return refused("Repository rule violations found\n\nChanges must be made through the merge queue\n\n");
  const checks = checkRefusal(repository, pull);
  if (checks !== undefined) return refused(checks);
  if (rules?.strict === true) {
    const { code } = await tryGit(repository.directory, [
      "merge-base",
      "--is-ancestor",
      `refs/heads/${pull.base}`,
      pull.headSha,
    ]);
    if (code !== 0)
      return refused("Repository rule violations found\n\nThis branch is out-of-date with the base branch\n\n");
  }
  return undefined;
}

export async function markMerged(
  world: World,
  repository: Repository,
  pull: PullRequest,
  sha: string,
  by: Account,
): Promise<void> {
  const at = timestamp(world.now());
  pull.state = "closed";
  pull.closedAt = at;
  pull.updatedAt = at;
  pull.merged = { sha, by, at };
  await deleteRef(repository.directory, `refs/pull/${pull.number}/merge`);
  await emitPull(world, repository, pull, "closed", by);
}

/** Merges as the button does: asks the rules first, then moves the base and closes the pull request. */
export async function mergePull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  by: Account,
  options: { readonly sha?: string; readonly method?: string } = {},
): Promise<MergeOutcome> {
  const refusal = await mergeRefusal(repository, pull);
  if (refusal !== undefined) return refusal;
  if (options.sha !== undefined && options.sha !== pull.headSha)
    return refused("Head branch was modified. Review and try the merge again.", 409);
  const base = await refSha(repository.directory, `refs/heads/${pull.base}`);
  if (base === undefined) return refused("Base branch was deleted", 409);
  const person = { name: by.login, email: `${by.login}@example.invalid` };
  const title = `Merge pull request #${pull.number} from ${pull.head.repository.owner.login}/${pull.head.name}`;
  const merged = await mergeCommit(
    repository.directory,
    base,
    pull.headSha,
    `${title}\n\n${pull.title}`,
    world.now(),
    person,
  );
  if (merged === undefined) return refused("Pull Request is not mergeable");
  const sha = options.method === "squash" ? await squash(repository, merged, base, pull) : merged;
  await moveBranch(world, repository, pull.base, sha, by);
  await markMerged(world, repository, pull, sha, by);
  return { kind: "merged", sha };
}

async function squash(repository: Repository, merged: string, base: string, pull: PullRequest): Promise<string> {
  const who = {
    GIT_AUTHOR_NAME: pull.author.login,
    GIT_AUTHOR_EMAIL: "author@example.invalid",
    GIT_COMMITTER_NAME: "GitHub",
    GIT_COMMITTER_EMAIL: "noreply@github.com",
  };
  return (
    await git(
      repository.directory,
      ["commit-tree", `${merged}^{tree}`, "-p", base],
      `${pull.title} (#${pull.number})`,
      who,
    )
  ).trim();
}
