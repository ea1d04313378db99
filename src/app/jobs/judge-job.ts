import type { Repository } from "../../store/repositories.ts";
import type { LeasedWork } from "../../store/work.ts";
import { worstOf } from "../publish/check-body.ts";
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
import { isPullBehind, waitForReplica } from "./behind.ts";
import { closeSubject, type CloseServices } from "./close.ts";
import { postComments, type CommentsCalls, type CommentsServices } from "../publish/comments.ts";
import { judgeTarget, type JudgeTargetServices, type TargetJudgement } from "./judge-target.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { checkProgress } from "../publish/progress.ts";
import { enqueue, type Services, type UsesGitHub, type UsesStore } from "../services.ts";
import type { JobOutcome } from "./job-outcome.ts";
import { rejudgeSharedHead } from "./shared-heads.ts";
import { readTarget, type Target, type TargetCalls } from "../target.ts";

type JudgeJobCalls = TargetCalls & OpenRunCalls & ConclusionCalls & CommentsCalls;

/** What `runJudgeJob` needs. */
export type JudgeJobServices = CloseServices &
  OpenRunServices &
  ConclusionServices &
  CommentsServices &
  JudgeTargetServices &
  UsesStore<
    | "findHead"
    | "markRunReviewed"
    | "recordHeadConclusion"
    | "recordPendingHead"
    | "recordPublishedConclusion"
    | "upsertRepository"
  > &
  UsesGitHub<keyof JudgeJobCalls> &
  Pick<Services, "mirrors" | "authorities">;

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
  if (reading.kind === "closed") return closeSubject(services, github, work);
  const { target } = reading;
  if (subject.kind === "pull" && target.pull !== undefined && isPullBehind(target.pull, subject.updatedAt)) {
    const wait = waitForReplica(work.age);
    if (wait !== undefined) return wait;
  }
  const { owner, name, id, defaultBranch } = target.repository;
  const repository = await services.store.upsertRepository({
    id,
    owner,
    name,
    defaultBranch,
    installation: subject.installation,
  });

  const known = await findKnownRuns(services, work.key);
  const before = await findConcludedRun(services, work, target, repository, known);
  if (before === "all posted") return { kind: "done" };
  const check = checkName(target.baseRef, defaultBranch, gatesOf(repository));
  const identity = { name: check, policies: repository.policies ?? "unknown" };
  const run = before ?? (await openRun(services, github, work.key, target, known, identity));
  if (before === undefined) await startHead(services, work, target, check);

  const mirror = await services.mirrors.acquire(id);
  const job = run.job;
  try {
    const remote: Remote = {
      url: target.repository.cloneUrl,
      token: access.token,
      ...(services.authorities === undefined ? {} : { authorities: services.authorities }),
    };
    const progress = checkProgress(github, placeOf(target), run.runId);
    const { onProgress } = progress;
    const ports = { onProgress, readToken: (name: string) => services.clients.readToken(subject.installation, name) };
    const context = { github, mirror, remote, job, target, repository, age: work.age, signal, ports };
    // Whatever ends it, nothing may be sent after what follows.
    const judgement = await judgeTarget(services, context).finally(() => progress.stop());
    if (judgement.kind === "later") {
      const { waitsFor, ...later } = judgement;
      if (waitsFor !== undefined && before === undefined)
        await github.annotate(placeOf(target), run.runId, { ...waitsFor, annotations: [] });
      return later;
    }
    if (judgement.kind === "moved") return again("the head moved on");
    if (before === undefined) {
      const concluded = await conclude(services, work, github, target, run, judgement);
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

/**
 * The concluded run for this very state: same head, same base branch, same check, same rules in force. After a crash its comments
 * may still be missing. "all posted" if nothing is missing; undefined if the target must be judged.
 */
async function findConcludedRun(
  services: JudgeJobServices,
  work: LeasedWork,
  target: Target,
  repository: Repository,
  { open, concluded }: KnownRuns,
): Promise<LiveRun | "all posted" | undefined> {
  const head = await services.store.findHead(work.key);
  const gates = gatesOf(repository);
  const same =
    !work.forced &&
    open.length === 0 &&
    concluded?.runId !== undefined &&
    concluded.conclusion !== "superseded" &&
    concluded.head === target.head &&
    concluded.baseRef === target.baseRef &&
    head?.head === target.head &&
    (gates === undefined || head.check === checkName(target.baseRef, repository.defaultBranch, gates)) &&
    head.published !== undefined &&
    head.policies === (repository.policies ?? "none");
  if (!same || concluded.runId === undefined) return undefined;
  return concluded.reviewed ? "all posted" : { ...concluded, runId: concluded.runId };
}

/** Resets what is stored for this work to its new head and check, and judges again the pull requests that share the old ones. */
async function startHead(services: JudgeJobServices, work: LeasedWork, target: Target, check: string): Promise<void> {
  const repository = target.repository.id;
  const old = await services.store.findHead(work.key);
  await services.store.recordPendingHead({
    work: work.key,
    repository,
    head: target.head,
    check,
    ...(target.pull === undefined ? {} : { pull: target.pull.number }),
  });
  if (old !== undefined && (old.head !== target.head || old.check !== check))
    await rejudgeSharedHead(services, work, old);
}

type JudgedTarget = Extract<TargetJudgement, { readonly kind: "judged" }>;

/** Publishes the verdict if the target has not changed meanwhile. Returns an outcome if it cannot be published yet. */
async function conclude(
  services: JudgeJobServices,
  work: LeasedWork,
  github: JudgeJobCalls,
  target: Target,
  run: LiveRun,
  judgement: JudgedTarget,
): Promise<JobOutcome | undefined> {
  if (target.pull !== undefined) {
    const now = await readTarget(github, work);
    if (now.kind === "closed") return closeSubject(services, github, work);
    if (now.target.head !== target.head || now.target.baseRef !== target.baseRef) return again("the head moved on");
  }
  const { body, policies, check } = judgement;
  await services.store.recordHeadConclusion(work.key, body.conclusion, policies, check);
  await services.checkpoint("verdict recorded");
  const others = await services.store.otherPullsWithHead(target.repository.id, target.head, check, work.key);
  if (body.conclusion === "success" && others.some((other) => other.conclusion === undefined)) {
    return { kind: "later", seconds: 1, reason: "another pull request with the same head is being judged" };
  }
  const worst = worstOf(body, others);
  const external = externalId({
    subject: subjectOf(target),
    head: target.head,
    base: judgement.base,
    policies,
    job: run.job,
    ...(judgement.tree === undefined ? {} : { tree: judgement.tree }),
  });
  await publishConclusion(services, github, placeOf(target), run, { ...worst, name: check, externalId: external });
  await services.store.recordPublishedConclusion(work.key, worst.conclusion);
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
  if (pull === undefined || pull.draft || findings === undefined || !findings.comments) return;
  await postComments(services, { ...context, pull, report: findings.report, lines: findings.lines });
}

function again(reason: string): JobOutcome {
  return { kind: "later", seconds: 0, reason };
}
