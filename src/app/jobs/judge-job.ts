import type { RepositoryClient } from "../../github/repository-client.ts";
import type { Repository } from "../../store/repositories.ts";
import type { LeasedWork, Trouble } from "../../store/work.ts";
import { worstOf, type Body } from "../publish/check-body.ts";
import { checkName, gatesOf } from "../publish/check-name.ts";
import {
  externalId,
  publishConclusion,
  findKnownRuns,
  openRun,
  placeOf,
  subjectOf,
  type ConclusionCalls,
  type ConclusionServices,
  type KnownRuns,
  type LiveRun,
  type OpenRunCalls,
  type OpenRunServices,
} from "../publish/check-run.ts";
import type { EvidenceCalls } from "../evidence/make-evidence.ts";
import { failureOf } from "../../github/failure.ts";
import type { AskCalls } from "../approvals/asked-target.ts";
import { overridden, overrideOf, type OverriddenCalls, type OverriddenServices } from "../overrides/overridden.ts";
import { causeOf } from "../error-for-log.ts";
import { isOurFault } from "../judge/pool.ts";
import { archived } from "./archived.ts";
import { waitForReplica } from "./behind.ts";
import { findConcludedRun, type ConcludedRunServices } from "./concluded-run.ts";
import { closeSubject, type CloseServices } from "./close.ts";
import { triedHead, wasGivenUp } from "./given-up.ts";
import { giveUp, type GiveUpServices } from "./give-up.ts";
import { startHead, type StartHeadServices } from "./leave-head.ts";
import { postComments, type CommentsCalls, type CommentsServices } from "../publish/comments.ts";
import { judgeTarget, type JudgeTargetServices } from "./judge-target.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { keepReport, type KeepReportServices, type KeptResult } from "../reports/keep-report.ts";
import { checkProgress } from "../publish/progress.ts";
import type { RequirementCalls } from "../publish/requirement.ts";
import { enqueue, type Services, type UsesGitHub, type UsesStore } from "../services.ts";
import { heldBack, type JobOutcome } from "./job-outcome.ts";
import { findSavedVerdict, savedVerdict, type JudgedTarget } from "./saved-verdict.ts";
import { readTarget, type Target, type TargetCalls } from "../target.ts";

type JudgeJobCalls = TargetCalls &
  OpenRunCalls &
  ConclusionCalls &
  CommentsCalls &
  RequirementCalls &
  AskCalls &
  EvidenceCalls &
  OverriddenCalls &
  Pick<RepositoryClient, "readChangedFiles" | "readFile" | "readLastChange">;

/** What `runJudgeJob` needs. */
export type JudgeJobServices = CloseServices &
  StartHeadServices &
  ConcludedRunServices &
  Omit<GiveUpServices, "clients"> &
  OpenRunServices &
  ConclusionServices &
  CommentsServices &
  JudgeTargetServices &
  KeepReportServices &
  OverriddenServices &
  UsesStore<
    | "isWaiting"
    | "markRunReviewed"
    | "recordForcedRun"
    | "recordHeadConclusion"
    | "recordPublishedConclusion"
    | "saveVerdict"
    | "upsertRepository"
  > &
  UsesGitHub<keyof JudgeJobCalls> &
  Pick<Services, "mirrors" | "authorities"> & { readonly log: Pick<Services["log"], "error"> };

/** Judges a pull request or merge group in its current state and concludes its check. */
export async function runJudgeJob(
  services: JudgeJobServices,
  work: LeasedWork,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const { subject } = work;
  const access = await services.clients.access(subject.installation, subject.repository.id);
  const { github } = access;
  const reading = await readTarget(github, work);
  await services.checkpoint("target read");
  const wait = reading.isBehind ? waitForReplica(work.age) : undefined;
  if (wait !== undefined) return wait;
  if (reading.kind === "closed") return closeSubject(services, github, work, reading);
  const { target } = reading;
  if (target.repository.archived) return archived();
  if (access.unreadable !== undefined)
    return giveUp(services, work, { reason: "permission", message: access.unreadable });
  const { owner, name, id, defaultBranch } = target.repository;
  const repository = await services.store.upsertRepository({
    id,
    owner,
    name,
    defaultBranch,
    installation: subject.installation,
  });

  const known = await findKnownRuns(services, work.key);
  const context: Context = { access, target, repository, known, signal };
  if (wasGivenUp(work, target, known)) return judgeAgain(services, work, context);
  const before = await findConcludedRun(services, access.github, work, context);
  if (before === "all posted") return { kind: "done" };
  const run = before ?? (await startRun(services, work, context));
  const saved = before === undefined ? await findSavedVerdict(services, work, repository, run) : undefined;
  if (saved !== undefined) return publishSaved(services, work, context, run, saved);
  return judgeAndPublish(services, work, context, { run, concluded: before !== undefined });
}

/** Publishes what an earlier attempt judged. Comments need the findings, which only another judgement has. */
async function publishSaved(
  services: JudgeJobServices,
  work: LeasedWork,
  { access, target }: Context,
  run: LiveRun,
  { judgement, comments }: NonNullable<Awaited<ReturnType<typeof findSavedVerdict>>>,
): Promise<JobOutcome> {
  const concluded = await conclude(services, work, access.github, target, run, judgement, true);
  if (concluded !== undefined) return concluded;
  if (comments) return again("its comments are not posted yet");
  if (target.pull?.draft !== true) await services.store.markRunReviewed(run.job);
  return { kind: "done" };
}

interface Context {
  readonly access: { readonly github: JudgeJobCalls; readonly token: string };
  readonly target: Target;
  readonly repository: Repository;
  readonly known: KnownRuns;
  readonly signal: AbortSignal;
}

/** Opens the run in which the verdict will stand, and resets what is stored about the head. */
async function startRun(
  services: JudgeJobServices,
  work: LeasedWork,
  { access, target, repository, known }: Context,
): Promise<LiveRun> {
  const name = checkName(target.baseRef, target.repository.defaultBranch, gatesOf(repository));
  const identity = { name, policies: repository.policies ?? "unknown" };
  const run = await openRun(services, access.github, work.key, target, known, identity);
  await startHead(services, access.github, work, target, name);
  return run;
}

/**
 * Tries once more to judge a head whose check says that it could not be judged. That check stays until there is a
 * verdict: whatever prevents one ends this attempt at once, and the next one comes after a longer pause.
 */
async function judgeAgain(services: JudgeJobServices, work: LeasedWork, context: Context): Promise<JobOutcome> {
  const failed = (why: Trouble): JobOutcome => ({
    kind: "unavailable",
    scope: "work",
    head: triedHead(context.target),
    ...why,
  });
  try {
    const outcome = await judgeAndPublish(services, work, context);
    return outcome.kind === "later" && outcome.because !== undefined && !context.signal.aborted
      ? failed({ reason: outcome.because, message: outcome.reason })
      : outcome;
  } catch (error) {
    const failure = failureOf(error);
    if (isOurFault(error) || context.signal.aborted || failure?.kind === "limited") throw error;
    if (failure?.kind === "unavailable") return failure;
    if (failure === undefined) services.log.error({ err: error, work: work.key }, "job failed");
    const reasons = { transient: "unanswered", gone: "gone", refused: "refused" } as const;
    return failed({ reason: failure === undefined ? "crashed" : reasons[failure.kind], message: causeOf(error) });
  }
}

/**
 * Judges the target and concludes its run, unless that is `concluded` already and only comments are missing. Without a run
 * one is opened when there is a verdict to show.
 */
async function judgeAndPublish(
  services: JudgeJobServices,
  work: LeasedWork,
  context: Context,
  opened?: { readonly run: LiveRun; readonly concluded: boolean },
): Promise<JobOutcome> {
  const { access, target, repository, signal } = context;
  const { github } = access;
  const { installation } = work.subject;
  const mirror = await services.mirrors.acquire(repository.id);
  const job = opened?.run.job ?? `again-${work.lease}`;
  try {
    const remote: Remote = {
      url: target.repository.cloneUrl,
      token: access.token,
      ...(services.authorities === undefined ? {} : { authorities: services.authorities }),
    };
    const progress = opened === undefined ? undefined : checkProgress(github, placeOf(target), opened.run.runId);
    let held: number | undefined;
    const readToken = async (name: string): Promise<string | undefined> => {
      try {
        return await services.clients.readToken(installation, name);
      } catch (error) {
        const failure = failureOf(error);
        if (failure?.kind === "limited") held = failure.seconds;
        throw error;
      }
    };
    const ports = { ...(progress === undefined ? {} : { onProgress: progress.onProgress }), readToken };
    const request = { github, mirror, remote, job, target, repository, age: work.age, signal, ports };
    // Whatever ends it, nothing may be sent after what follows.
    const judgement = await judgeTarget(services, request).finally(() => progress?.stop());
    // What another repository holds was not read, so that the verdict is not about what would be deployed.
    if (held !== undefined) return heldBack(held);
    if (judgement.kind === "later") {
      const { waitsFor, ...later } = judgement;
      if (later.because !== undefined && (await overrideOf(services, github, target)) !== undefined)
        return await giveUp(services, work, { reason: later.because, message: later.reason });
      if (waitsFor !== undefined && opened?.concluded === false)
        await github.annotate(placeOf(target), opened.run.runId, { ...waitsFor, annotations: [] });
      return later;
    }
    if (judgement.kind === "moved") return again("the head moved on");
    const run = opened?.run ?? (await startRun(services, work, context));
    if (opened?.concluded !== true) {
      const concluded = await conclude(services, work, github, target, run, judgement).catch(async (error: unknown) => {
        // What owners said may be another thing by then.
        if (failureOf(error) !== undefined && judgement.approvals === undefined)
          await save(services, work, target, run, judgement);
        throw error;
      });
      if (concluded !== undefined) return concluded;
    }
    await comment(services, { github, mirror, remote, job, signal }, target, judgement);
    // A draft gets its review comments when it is marked as ready for review.
    if (target.pull?.draft !== true) await services.store.markRunReviewed(run.job);
    return { kind: "done" };
  } finally {
    await mirror.release(job);
  }
}

function resultOf(target: Target, run: LiveRun, judgement: JudgedTarget, published: Body): KeptResult {
  const { body, check, base, findings } = judgement;
  return { run, target, check, published, own: body, base, ...(findings === undefined ? {} : { judged: findings }) };
}

/** Keeps what was judged and cannot be published now, so that it is not judged again for that. */
async function save(
  services: JudgeJobServices,
  work: LeasedWork,
  target: Target,
  run: LiveRun,
  judgement: JudgedTarget,
): Promise<void> {
  await keepReport(services, resultOf(target, run, judgement, judgement.body));
  await services.store.saveVerdict(run.job, savedVerdict(work, judgement));
}

/** Publishes the verdict if the target has not changed meanwhile. Returns an outcome if it cannot be published yet. */
async function conclude(
  services: JudgeJobServices,
  work: LeasedWork,
  github: JudgeJobCalls,
  target: Target,
  run: LiveRun,
  judgement: JudgedTarget,
  reportIsKept = false,
): Promise<JobOutcome | undefined> {
  if (target.pull !== undefined) {
    const now = await readTarget(github, work);
    const wait = now.isBehind ? waitForReplica(work.age) : undefined;
    if (wait !== undefined) return wait;
    if (now.kind === "closed") return closeSubject(services, github, work, now);
    if (now.target.head !== target.head || now.target.baseRef !== target.baseRef) return again("the head moved on");
  }
  const { policies, check, approvals, validUntil } = judgement;
  const body = await letThrough(services, github, target, judgement);
  await services.store.recordHeadConclusion(work.key, body.conclusion, policies, check, { approvals, validUntil });
  await services.checkpoint("verdict recorded");
  const others = await services.store.otherPullsWithHead(target.repository.id, target.head, check, work.key);
  if (body.conclusion === "success" && others.some((other) => other.conclusion === undefined)) {
    return { kind: "later", seconds: 1, reason: "another pull request with the same head is being judged" };
  }
  const worst = worstOf(body, others);
  const { base } = judgement;
  const external = externalId({
    subject: subjectOf(target),
    head: target.head,
    base,
    into: target.baseRef,
    policies,
    job: run.job,
    conditional: approvals !== undefined || body !== judgement.body,
    ...(judgement.tree === undefined ? {} : { tree: judgement.tree }),
  });
  if (!reportIsKept) await keepReport(services, resultOf(target, run, judgement, worst));
  const { tree } = judgement;
  await publishConclusion(services, github, placeOf(target), run, {
    ...worst,
    name: check,
    externalId: external,
    judged: {
      base,
      policies,
      record: worst.record,
      ...(tree === undefined ? {} : { tree }),
      ...(approvals === undefined ? {} : { approvals: approvals.approvers }),
    },
  });
  await services.store.recordPublishedConclusion(work.key, worst.conclusion);
  if (work.forced) await services.store.recordForcedRun(work);
  const worseNow = others.filter((other) => other.published === "success" && worst.conclusion === "failure");
  const { installation, repository } = work.subject;
  for (const { pull } of worseNow) {
    if (pull !== undefined) await enqueue(services, { kind: "pull", installation, repository, number: pull }, true);
  }
  for (const { pull, conclusion, published } of others) {
    // That pull request was waiting for this one.
    if (pull !== undefined && conclusion !== undefined && published === undefined) {
      await enqueue(services, { kind: "pull", installation, repository, number: pull });
    }
  }
  return undefined;
}

/** What the check says of a judgement, with an override that is in force. What owners have not approved is not overridden. */
async function letThrough(
  services: JudgeJobServices,
  github: JudgeJobCalls,
  target: Target,
  { body, isUnapproved }: JudgedTarget,
): Promise<Body> {
  if (body.conclusion === "success" || isUnapproved === true) return body;
  const override = await overrideOf(services, github, target);
  return override === undefined ? body : overridden(body, override);
}

async function comment(
  services: JudgeJobServices,
  context: {
    readonly github: CommentsCalls;
    readonly mirror: Mirror;
    readonly remote: Remote;
    readonly job: string;
    readonly signal: AbortSignal;
  },
  { pull }: Target,
  { findings }: JudgedTarget,
): Promise<void> {
  if (pull === undefined || pull.draft || findings === undefined || findings.comments === "off") return;
  await postComments(services, { ...context, ...findings, comments: findings.comments, pull });
}

function again(reason: string): JobOutcome {
  return { kind: "later", seconds: 0, reason };
}
