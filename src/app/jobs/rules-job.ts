import type { LeasedWork } from "../../store/work.ts";
import type { AheadRequest, PrepareAnswer } from "../judge/protocol.ts";
import { JudgeInterrupted } from "../judge/pool.ts";
import { MirrorDamaged } from "../mirror/mirror-damaged.ts";
import { recordRules, unfetchable, type RecordRulesServices } from "./judge-target.ts";
import { archived } from "./archived.ts";
import { wasEnrolled } from "../reconcile/history.ts";
import { reconcilePulls, type PullsServices } from "../reconcile/pulls.ts";
import { isTipBehind, waitForReplica } from "./behind.ts";
import type { JobOutcome } from "./job-outcome.ts";
import type { Services, UsesGitHub, UsesStore } from "../services.ts";

/** What `runRulesJob` needs. */
export type RulesJobServices = RecordRulesServices &
  PullsServices &
  UsesStore<"findRepository" | "isWorkDue" | "recordHistory" | "upsertRepository"> &
  UsesGitHub<"readLastChange" | "readMergeBase" | "readOpenPullRequests" | "readRepository" | "readRuns"> &
  Pick<Services, "mirrors" | "pool" | "authorities" | "log" | "now"> & {
    readonly clients: Pick<Services["clients"], "usedUp">;
  };

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
  const { github, token, unreadable } = await services.clients.access(installation, name.id);
  if (unreadable !== undefined)
    return { kind: "unavailable", scope: "work", reason: "permission", message: unreadable };
  const place = { owner: name.owner, repo: name.name };
  const now = await github.readRepository(place);
  if (now.archived) return archived();
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
    if (outcome.kind === "failed") return unfetchable(outcome, work.age);
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
          repositories: [now.cloneUrl],
          enrolled: repository.enrolled,
          now: services.now().toISOString(),
          ...(known === undefined ? {} : { inForce: known }),
        },
        signal,
        { readToken: (name) => services.clients.readToken(installation, name) },
      );
      await recordRules(services, repository, mirror, prepared);
    } finally {
      thread.release();
    }
    if (prepared.kind === "not enrolled" && (await wasEnrolled(services, github, repository)))
      return { kind: "later", seconds: 0, reason: "its history says that it is enrolled" };
    const after = await services.store.findRepository(now.id);
    if (after !== undefined && (after.enrolled || work.forced))
      await reconcilePulls(services, github, after, { every: false, forced: work.forced });
    if (prepared.kind === "in force")
      await judgeAhead(services, installation, signal, {
        kind: "ahead",
        mirror: mirror.directory,
        commit: trusted.id,
        rules: prepared.commit,
        branch: now.defaultBranch,
        repositories: [now.cloneUrl],
        now: services.now().toISOString(),
      });
  } finally {
    await mirror.release(job);
  }
  return { kind: "done" };
}

/**
 * Judges the tip of the default branch while no job needs the thread or the worker, so that the first pull request of a
 * large repository finds its sources rendered. What an interrupted attempt rendered is kept.
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
    // Asked while the thread is lent: work that comes later calls it back.
    if (await services.store.isWorkDue(services.clients.usedUp())) return;
    await spare.thread.judgeAhead(request, AbortSignal.any([signal, spare.wanted]), {
      readToken: (name) => services.clients.readToken(installation, name),
    });
  } catch (error) {
    if (error instanceof MirrorDamaged) throw error;
    // The pull request that needs it will find out, and say it in its check.
    if (!(error instanceof JudgeInterrupted)) services.log.warn({ err: error }, "judging ahead failed");
  } finally {
    spare.thread.release();
  }
}
