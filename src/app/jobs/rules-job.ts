import { workKey, type LeasedWork, type Subject } from "../../store/work.ts";
import { backOff, recordRules, type RecordRulesServices } from "./judge-target.ts";
import type { JobOutcome } from "./job-outcome.ts";
import {
  enqueueIfIdle,
  type EnqueueIfIdleServices,
  type Services,
  type UsesGitHub,
  type UsesStore,
} from "../services.ts";

/** What `runRulesJob` needs. */
export type RulesJobServices = RecordRulesServices &
  EnqueueIfIdleServices &
  UsesStore<"findHead" | "findRepository" | "listTrackedPulls" | "upsertRepository"> &
  UsesGitHub<"readOpenPullRequests" | "readRepository"> &
  Pick<Services, "mirrors" | "pool" | "authorities">;

/**
 * Reads the default branch of a repository: puts its rules into force if they compile, and enqueues every open pull
 * request that was not judged by them. The sweep runs it too, to make up for lost webhooks.
 */
export async function runRulesJob(
  services: RulesJobServices,
  work: LeasedWork,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const { installation, repository: name } = work.subject;
  const { github, token } = await services.clients.access(installation, name.id);
  const place = { owner: name.owner, repo: name.name };
  const now = await github.readRepository(place);
  const repository = await services.store.upsertRepository({ ...now, installation });
  const mirror = await services.mirrors.acquire(now.id);
  const job = `rules-${work.lease}`;
  try {
    const remote = {
      url: now.cloneUrl,
      token,
      ...(services.authorities === undefined ? {} : { authorities: services.authorities }),
    };
    const outcome = await mirror.fetch(remote, job, { trusted: `refs/heads/${now.defaultBranch}` }, signal);
    // An empty repository has no default branch yet: there is nothing to enroll.
    if (outcome.kind === "missing") return { kind: "done" };
    if (outcome.kind === "failed") return { kind: "later", seconds: backOff(work.age), reason: outcome.reason };
    const trusted = await mirror.commit(job, "trusted");
    if (trusted === undefined) throw new Error("the default branch was fetched but is missing from the mirror");
    const known = repository.trusted === undefined ? undefined : await mirror.pinned("in-force");
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
      await recordRules(services, repository, mirror, prepared);
    } finally {
      thread.release();
    }
  } finally {
    await mirror.release(job);
  }
  const after = await services.store.findRepository(now.id);
  if (after?.enrolled !== true) return { kind: "done" };
  const named = { installation, repository: { id: now.id, owner: now.owner, name: now.name } };
  const open = await github.readOpenPullRequests(place);
  for (const pull of open) {
    const subject: Subject = { kind: "pull", ...named, number: pull.number };
    const head = await services.store.findHead(workKey(subject));
    const judged = head?.head === pull.head && head.published !== undefined && head.policies === after.policies;
    if (!judged) await enqueueIfIdle(services, subject);
  }
  // Pull requests whose close event was lost: the worker will find them closed.
  const numbers = new Set(open.map((pull) => pull.number));
  for (const number of await services.store.listTrackedPulls(now.id)) {
    if (!numbers.has(number)) await enqueueIfIdle(services, { kind: "pull", ...named, number });
  }
  return { kind: "done" };
}
