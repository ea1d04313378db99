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
import { sayComments } from "../publish/comments.ts";
import { judgeTarget, type TargetJudgement } from "./judge-target.ts";
import type { Mirror, Remote } from "../mirror/mirror.ts";
import { want, type Parts } from "../services.ts";
import type { Outcome } from "./outcome.ts";
import { reconsider } from "./shared-heads.ts";
import { readTarget, type Target } from "../target.ts";

/** One job from its start to its concluded check: judges a pull request or merge group as it is now. */
export async function runJob(parts: Parts, work: Leased, signal: AbortSignal): Promise<Outcome> {
  const { subject } = work;
  const access = await parts.clients.access(subject.installation, subject.repository.id);
  const { octokit } = access;
  const reading = await readTarget(octokit, work);
  await parts.step("target read");
  if (reading.kind === "closed") return closeSubject(parts, octokit, work);
  const { target } = reading;
  const { owner, name, id, defaultBranch } = target.repository;
  const repository = await seenRepository(parts.database, {
    id,
    owner,
    name,
    defaultBranch,
    installation: subject.installation,
  });

  const known = await knownRuns(parts, work.key);
  const before = await concludedBefore(parts, work, target, repository, known);
  if (before === "all said") return { kind: "done" };
  const run = before ?? (await openRun(parts, octokit, work.key, target, known, repository.policies ?? "unknown"));
  if (before === undefined) await announceHead(parts, work, target);

  const mirror = await parts.mirrors.enter(id);
  const job = run.job;
  try {
    const remote: Remote = {
      url: target.repository.cloneUrl,
      token: access.token,
      ...(parts.authorities === undefined ? {} : { authorities: parts.authorities }),
    };
    const context = { octokit, mirror, remote, job, target, repository, age: work.age, signal };
    const judgement = await judgeTarget(parts, context);
    if (judgement.kind === "later") return judgement;
    if (judgement.kind === "moved") return again("the head moved on");
    if (before === undefined) {
      const concluded = await conclude(parts, work, octokit, target, run, judgement);
      if (concluded !== undefined) return concluded;
    }
    await comment(parts, { octokit, mirror, remote, job, signal }, target, judgement);
    // Of a draft nothing is said; it is when the draft becomes ready.
    if (target.pull?.draft !== true) await runReviewed(parts.database, run.job);
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
  parts: Parts,
  work: Leased,
  target: Target,
  repository: Repository,
  { open, concluded }: KnownRuns,
): Promise<LiveRun | "all said" | undefined> {
  const head = await headOf(parts.database, work.key);
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
  return concluded.reviewed ? "all said" : { ...concluded, runId: concluded.runId };
}

/** From now on nothing is known of this head; pull requests that share the one it had may be better off without it. */
async function announceHead(parts: Parts, work: Leased, target: Target): Promise<void> {
  const repository = target.repository.id;
  const old = await headOf(parts.database, work.key);
  await headPending(parts.database, {
    work: work.key,
    repository,
    head: target.head,
    ...(target.pull === undefined ? {} : { pull: target.pull.number }),
  });
  if (old !== undefined && old.head !== target.head) await reconsider(parts, work, old.head);
}

type Judged = Extract<TargetJudgement, { readonly kind: "judged" }>;

/** Publishes the verdict, if it is still about the head of the pull request. Answers an outcome where it cannot yet. */
async function conclude(
  parts: Parts,
  work: Leased,
  octokit: Octokit,
  target: Target,
  run: LiveRun,
  judgement: Judged,
): Promise<Outcome | undefined> {
  if (target.pull !== undefined) {
    const now = await readTarget(octokit, work);
    if (now.kind === "closed") return closeSubject(parts, octokit, work);
    if (now.target.head !== target.head || now.target.baseRef !== target.baseRef) return again("the head moved on");
  }
  const { body, policies } = judgement;
  await headJudged(parts.database, work.key, body.conclusion, policies);
  await parts.step("verdict recorded");
  const others = await sharedHead(parts.database, target.repository.id, target.head, work.key);
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
  await finishRun(parts, octokit, placeOf(target), run, { ...worst, externalId: external });
  await headPublished(parts.database, work.key, worst.conclusion);
  const worseNow = others.filter((other) => other.published === "success" && worst.conclusion === "failure");
  const { installation, repository } = work.subject;
  for (const { pull } of worseNow) {
    if (pull !== undefined) await want(parts, { kind: "pull", installation, repository, number: pull }, true);
  }
  for (const { pull, conclusion, published } of others) {
    // It waited for this one.
    if (pull !== undefined && conclusion !== undefined && published === undefined) {
      await want(parts, { kind: "pull", installation, repository, number: pull });
    }
  }
  return undefined;
}

async function comment(
  parts: Parts,
  context: {
    readonly octokit: Octokit;
    readonly mirror: Mirror;
    readonly remote: Remote;
    readonly job: string;
    readonly signal: AbortSignal;
  },
  { pull }: Target,
  { findings }: Judged,
): Promise<void> {
  if (pull === undefined || pull.draft || findings === undefined || !findings.comments) return;
  await sayComments(parts, { ...context, pull, report: findings.report, lines: findings.lines });
}

function again(reason: string): Outcome {
  return { kind: "later", seconds: 0, reason };
}
