import { readOpenPullRequests, readRepository } from "../../github/pulls.ts";
import { headOf, knownPulls } from "../../store/heads.ts";
import { findRepository, seenRepository } from "../../store/repositories.ts";
import { workKey, type Leased, type Subject } from "../../store/work.ts";
import { backOff, rememberRules } from "./judge-target.ts";
import type { JobOutcome } from "./job-outcome.ts";
import { enqueueIfIdle, type Services } from "../services.ts";

/**
 * Looks at the default branch of a repository: puts rules that compile into force, and asks for every open pull request to
 * be judged that was not judged by them. Also what the sweep does, so that a lost webhook is made good.
 */
export async function runRulesJob(services: Services, work: Leased, signal: AbortSignal): Promise<JobOutcome> {
  const { installation, repository: name } = work.subject;
  const { octokit, token } = await services.clients.access(installation, name.id);
  const place = { owner: name.owner, repo: name.name };
  const now = await readRepository(octokit, place);
  const repository = await seenRepository(services.database, { ...now, installation });
  const mirror = await services.mirrors.enter(now.id);
  const job = `rules-${work.lease}`;
  try {
    const remote = {
      url: now.cloneUrl,
      token,
      ...(services.authorities === undefined ? {} : { authorities: services.authorities }),
    };
    const outcome = await mirror.fetch(remote, job, { trusted: `refs/heads/${now.defaultBranch}` }, signal);
    // An empty repository has no default branch yet: nothing to enroll, and nothing to merge into.
    if (outcome.kind === "missing") return { kind: "done" };
    if (outcome.kind === "failed") return { kind: "later", seconds: backOff(work.age), reason: outcome.reason };
    const trusted = await mirror.commit(job, "trusted");
    if (trusted === undefined) throw new Error("the default branch was fetched and is not in the mirror");
    const known = repository.trusted === undefined ? undefined : await mirror.kept("in-force");
    const thread = await services.pool.take();
    try {
      const prepared = await thread.prepare(
        {
          kind: "prepare",
          mirror: mirror.directory,
          trusted: trusted.id,
          branch: now.defaultBranch,
          enrolled: repository.enrolled,
          now: new Date().toISOString(),
          ...(known === undefined ? {} : { inForce: known }),
        },
        signal,
      );
      await rememberRules(services, repository, mirror, prepared);
    } finally {
      thread.release();
    }
  } finally {
    await mirror.leave(job);
  }
  const after = await findRepository(services.database, now.id);
  if (after?.enrolled !== true) return { kind: "done" };
  const named = { installation, repository: { id: now.id, owner: now.owner, name: now.name } };
  const open = await readOpenPullRequests(octokit, place);
  for (const pull of open) {
    const subject: Subject = { kind: "pull", ...named, number: pull.number };
    const head = await headOf(services.database, workKey(subject));
    const judged = head?.head === pull.head && head.published !== undefined && head.policies === after.policies;
    if (!judged) await enqueueIfIdle(services, subject);
  }
  // Closed, and nobody told us: the worker will see.
  const numbers = new Set(open.map((pull) => pull.number));
  for (const number of await knownPulls(services.database, now.id)) {
    if (!numbers.has(number)) await enqueueIfIdle(services, { kind: "pull", ...named, number });
  }
  return { kind: "done" };
}
