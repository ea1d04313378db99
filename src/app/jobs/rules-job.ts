import { workKey, type LeasedWork, type Subject } from "../../store/work.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { AheadRequest, PrepareAnswer } from "../judge/protocol.ts";
import { JudgeInterrupted } from "../judge/pool.ts";
import { backOff, recordRules, type RecordRulesServices } from "./judge-target.ts";
import { checkName, gatesOf } from "../publish/check-name.ts";
import { isTipBehind, waitForReplica } from "./behind.ts";
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
  UsesGitHub<"readMergeBase" | "readOpenPullRequests" | "readRepository"> &
  Pick<Services, "mirrors" | "pool" | "authorities" | "log">;

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
    const announced = work.subject.kind === "rules" ? work.subject.after : undefined;
    const behind = await isTipBehind(github, place, trusted.id, announced);
    const wait = behind ? waitForReplica(work.age) : undefined;
    if (wait !== undefined) return wait;
    const known = repository.trusted === undefined ? undefined : await mirror.pinned("in-force");
    const thread = await services.pool.take();
    let prepared: PrepareAnswer;
    try {
      prepared = await thread.prepare(
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
    await enqueueOpen(services, github, installation, now);
    if (prepared.kind === "in force")
      await judgeAhead(services, installation, signal, {
        kind: "ahead",
        mirror: mirror.directory,
        commit: trusted.id,
        rules: prepared.commit,
        branch: now.defaultBranch,
        repositories: [now.cloneUrl],
        now: new Date().toISOString(),
      });
  } finally {
    await mirror.release(job);
  }
  return { kind: "done" };
}

/** Enqueues every open pull request that was not judged by the rules in force, or has another check by them. */
async function enqueueOpen(
  services: RulesJobServices,
  github: Pick<RepositoryClient, "readOpenPullRequests">,
  installation: number,
  now: { readonly id: number; readonly owner: string; readonly name: string },
): Promise<void> {
  const place = { owner: now.owner, repo: now.name };
  const after = await services.store.findRepository(now.id);
  if (after?.enrolled !== true) return;
  const named = { installation, repository: { id: now.id, owner: now.owner, name: now.name } };
  const open = await github.readOpenPullRequests(place);
  for (const pull of open) {
    const subject: Subject = { kind: "pull", ...named, number: pull.number };
    const head = await services.store.findHead(workKey(subject));
    const check = checkName(pull.baseRef, after.defaultBranch, gatesOf(after));
    const judged =
      head?.head === pull.head &&
      head.published !== undefined &&
      head.policies === after.policies &&
      (after.gates === undefined || head.check === check);
    if (!judged) await enqueueIfIdle(services, subject);
  }
  // Pull requests whose close event was lost: the worker will find them closed.
  const numbers = new Set(open.map((pull) => pull.number));
  for (const number of await services.store.listTrackedPulls(now.id)) {
    if (!numbers.has(number)) await enqueueIfIdle(services, { kind: "pull", ...named, number });
  }
}

/**
 * Judges the tip of the default branch while no job needs the thread, so that the first pull request of a large repository
 * finds its sources rendered. What an interrupted attempt rendered is kept.
 */
async function judgeAhead(
  services: RulesJobServices,
  installation: number,
  signal: AbortSignal,
  request: AheadRequest,
): Promise<void> {
  const spare = services.pool.takeSpare();
  if (spare === undefined) return;
  try {
    await spare.thread.judgeAhead(request, AbortSignal.any([signal, spare.wanted]), {
      readToken: (name) => services.clients.readToken(installation, name),
    });
  } catch (error) {
    // The pull request that needs it will find out, and say it in its check.
    if (!(error instanceof JudgeInterrupted)) services.log.warn({ err: error }, "judging ahead failed");
  } finally {
    spare.thread.release();
  }
}
