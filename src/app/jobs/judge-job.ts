import type { Octokit } from "octokit";
import { headJudged, headOf, headPending, headPublished, sharedHead } from "../../store/heads.ts";
import { seenRepository, type Repository } from "../../store/repositories.ts";
import { runReviewed } from "../../store/runs.ts";
import type { Leased } from "../../store/work.ts";
import { worstOf } from "../publish/check-body.ts";
import {
  externalId,
  finishRun,
  knownRuns,
  openRun,
  placeOf,
  subjectOf,
  type KnownRuns,
  type LiveRun,
} from "../publish/check-run.ts";
import { closeSubject } from "./close.ts";
import { postComments } from "../publish/comments.ts";
import { judgeTarget, type TargetJudgement } from "./judge-target.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { enqueue, type Services } from "../services.ts";
import type { JobOutcome } from "./job-outcome.ts";
import { reconsider } from "./shared-heads.ts";
import { readTarget, type Target } from "../target.ts";

/** One job from its start to its concluded check: judges a pull request or merge group as it is now. */
export async function runJudgeJob(services: Services, work: Leased, signal: AbortSignal): Promise<JobOutcome> {
  const { subject } = work;
  const access = await services.clients.access(subject.installation, subject.repository.id);
  const { octokit } = access;
  const reading = await readTarget(octokit, work);
  await services.checkpoint("target read");
  if (reading.kind === "closed") return closeSubject(services, octokit, work);
  const { target } = reading;
  const { owner, name, id, defaultBranch } = target.repository;
  const repository = await seenRepository(services.database, {
    id,
    owner,
    name,
    defaultBranch,
    installation: subject.installation,
  });

  const known = await knownRuns(services, work.key);
  const before = await concludedBefore(services, work, target, repository, known);
  if (before === "all posted") return { kind: "done" };
  const run = before ?? (await openRun(services, octokit, work.key, target, known, repository.policies ?? "unknown"));
  if (before === undefined) await announceHead(services, work, target);

  const mirror = await services.mirrors.enter(id);
  const job = run.job;
  try {
    const remote: Remote = {
      url: target.repository.cloneUrl,
      token: access.token,
      ...(services.authorities === undefined ? {} : { authorities: services.authorities }),
    };
    const context = { octokit, mirror, remote, job, target, repository, age: work.age, signal };
    const judgement = await judgeTarget(services, context);
    if (judgement.kind === "later") return judgement;
    if (judgement.kind === "moved") return again("the head moved on");
    if (before === undefined) {
      const concluded = await conclude(services, work, octokit, target, run, judgement);
      if (concluded !== undefined) return concluded;
    }
    await comment(services, { octokit, mirror, remote, job, signal }, target, judgement);
    // Of a draft nothing is said; it is when the draft becomes ready.
    if (target.pull?.draft !== true) await runReviewed(services.database, run.job);
    return { kind: "done" };
  } finally {
    await mirror.leave(job);
  }
}

/**
 * The run that has said this very state already: the same head into the same branch by the rules in force. Only its comments
 * may be missing, after a crash. Absent: there is something to judge.
 */
async function concludedBefore(
  services: Services,
  work: Leased,
  target: Target,
  repository: Repository,
  { open, concluded }: KnownRuns,
): Promise<LiveRun | "all posted" | undefined> {
  const head = await headOf(services.database, work.key);
  const same =
    !work.forced &&
    open.length === 0 &&
    concluded?.runId !== undefined &&
    concluded.conclusion !== "superseded" &&
    concluded.head === target.head &&
    concluded.baseRef === target.baseRef &&
    head?.head === target.head &&
    head.published !== undefined &&
    head.policies === (repository.policies ?? "none");
  if (!same || concluded.runId === undefined) return undefined;
  return concluded.reviewed ? "all posted" : { ...concluded, runId: concluded.runId };
}

/** From now on nothing is known of this head; pull requests that share the one it had may be better off without it. */
async function announceHead(services: Services, work: Leased, target: Target): Promise<void> {
  const repository = target.repository.id;
  const old = await headOf(services.database, work.key);
  await headPending(services.database, {
    work: work.key,
    repository,
    head: target.head,
    ...(target.pull === undefined ? {} : { pull: target.pull.number }),
  });
  if (old !== undefined && old.head !== target.head) await reconsider(services, work, old.head);
}

type JudgedTarget = Extract<TargetJudgement, { readonly kind: "judged" }>;

/** Publishes the verdict, if it is still about the head of the pull request. Answers an outcome where it cannot yet. */
async function conclude(
  services: Services,
  work: Leased,
  octokit: Octokit,
  target: Target,
  run: LiveRun,
  judgement: JudgedTarget,
): Promise<JobOutcome | undefined> {
  if (target.pull !== undefined) {
    const now = await readTarget(octokit, work);
    if (now.kind === "closed") return closeSubject(services, octokit, work);
    if (now.target.head !== target.head || now.target.baseRef !== target.baseRef) return again("the head moved on");
  }
  const { body, policies } = judgement;
  await headJudged(services.database, work.key, body.conclusion, policies);
  await services.checkpoint("verdict recorded");
  const others = await sharedHead(services.database, target.repository.id, target.head, work.key);
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
  await finishRun(services, octokit, placeOf(target), run, { ...worst, externalId: external });
  await headPublished(services.database, work.key, worst.conclusion);
  const worseNow = others.filter((other) => other.published === "success" && worst.conclusion === "failure");
  const { installation, repository } = work.subject;
  for (const { pull } of worseNow) {
    if (pull !== undefined) await enqueue(services, { kind: "pull", installation, repository, number: pull }, true);
  }
  for (const { pull, conclusion, published } of others) {
    // It waited for this one.
    if (pull !== undefined && conclusion !== undefined && published === undefined) {
      await enqueue(services, { kind: "pull", installation, repository, number: pull });
    }
  }
  return undefined;
}

async function comment(
  services: Services,
  context: {
    readonly octokit: Octokit;
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
