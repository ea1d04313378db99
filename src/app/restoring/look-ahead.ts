import { isGated } from "../../gate/gated-branches.ts";
import { gatesOf } from "../publish/check-name.ts";
import type { Services, UsesGitHub, UsesStore } from "../services.ts";
import type { Subject } from "../../store/work.ts";
import { likenesses } from "./differing-files.ts";
import { keepStates } from "./keep-states.ts";

/** What `lookAhead` needs. */
export type LookAheadServices = UsesStore<"findRepository" | "listPassed" | "markRollback" | "takeUnlooked"> &
  UsesGitHub<"readPullRequest"> &
  Pick<Services, "authorities" | "mirrors"> & { readonly log: Pick<Services["log"], "debug"> };

/** How many pull requests a worker looks at before it takes the work that is next. */
const LOOKS = 2;

/** How long a look may fetch: work that is due waits for it. */
const DEADLINE_MILLISECONDS = 10_000;

/**
 * Looks at pull requests that wait, the newest first, and lets those go first that are rollbacks. Where one cannot be looked
 * at, it waits for its turn.
 */
export async function lookAhead(services: LookAheadServices, signal: AbortSignal): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const waiting = await services.store.takeUnlooked();
    if (waiting === undefined) return;
    try {
      const soon = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MILLISECONDS)]);
      if (await looksLikeRollback(services, waiting.subject, soon)) await services.store.markRollback(waiting);
    } catch (error) {
      services.log.debug({ err: error, work: waiting.key }, "a waiting pull request could not be looked at");
    }
  }
}

const STATES = 50;
const DAYS = 30;

/**
 * Whether after the merge all files that a pull request touches are as they were in one state of its gated branch that
 * passed: told by Git alone, of a merge onto the very tip of the branch.
 */
export async function looksLikeRollback(
  services: LookAheadServices,
  subject: Subject,
  signal: AbortSignal,
): Promise<boolean> {
  if (subject.kind !== "pull") return false;
  const { number, installation, repository: named } = subject;
  const repository = await services.store.findRepository(named.id);
  if (repository === undefined || !repository.enrolled) return false;
  const branch = subject.baseRef ?? repository.defaultBranch;
  if (!isGated(branch, repository.defaultBranch, gatesOf(repository) ?? [])) return false;
  const states = await services.store.listPassed({ repository: named.id, branch, days: DAYS, limit: STATES });
  if (states.length === 0) return false;
  const { github, token } = await services.clients.access(installation, named.id);
  const pull = await github.readPullRequest({ owner: named.owner, repo: named.name }, number);
  if (!pull.open || pull.baseRef !== branch) return false;
  const remote = {
    url: pull.repository.cloneUrl,
    token,
    ...(services.authorities === undefined ? {} : { authorities: services.authorities }),
  };
  const mirror = await services.mirrors.acquire(named.id);
  const job = `look-${number}-${pull.head}`;
  try {
    const sources = { head: `refs/pull/${number}/head`, base: `refs/heads/${branch}` };
    if ((await mirror.fetch(remote, job, sources, signal)).kind !== "fetched") return false;
    await mirror.fetch(remote, job, { merge: `refs/pull/${number}/merge` }, signal);
    const [head, base, merge] = [
      await mirror.commit(job, "head"),
      await mirror.commit(job, "base"),
      await mirror.commit(job, "merge"),
    ];
    if (head === undefined || base === undefined) return false;
    const isMerge = merge?.parents[0] === base.id && merge.parents[1] === head.id;
    // What is one commit beyond the tip is merged as it is.
    const result = isMerge ? merge : head.parents.length === 1 && head.parents[0] === base.id ? head : undefined;
    if (result === undefined || result.tree === base.tree) return false;
    const others = states.filter(({ tree }) => tree !== base.tree);
    if (others.some(({ tree }) => tree === result.tree)) return true;
    const kept = await keepStates({ mirror, remote, job, branch, signal }, states, base.id);
    const trees = [...new Set(kept.map(({ tree }) => tree).filter((tree) => tree !== base.tree))];
    const alike = await likenesses(mirror, { before: base.id, after: result.tree }, trees);
    return [...alike.values()].includes("all");
  } finally {
    await mirror.release(job);
  }
}
