import type { Octokit } from "octokit";
import type { Report } from "../../model/report.ts";
import { enroll, putInForce, type Repository } from "../../store/repositories.ts";
import { bodyOf, notEnrolled, type Body } from "../publish/check-body.ts";
import { linesOfHead, onHead } from "../mirror/head-lines.ts";
import type { LineMap } from "../mirror/hunks.ts";
import type { PrepareAnswer } from "../judge/protocol.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { Services } from "../services.ts";
import type { Target } from "../target.ts";
import { chooseTrees, fetchTarget } from "../mirror/choose-trees.ts";

/** What judging one target gave. */
export type TargetJudgement =
  | {
      readonly kind: "judged";
      readonly body: Body;
      /** What it was compared with, and by which policies. */
      readonly base: string;
      readonly policies: string;
      /** Id of the tree that was judged; absent where none was. */
      readonly tree?: string;
      /** Absent where nothing was judged. */
      readonly findings?: { readonly report: Report; readonly lines: LineMap; readonly comments: boolean };
    }
  /** Not all is there yet; to be tried again in so many seconds. */
  | { readonly kind: "later"; readonly seconds: number; readonly reason: string }
  /** The branch moved on under us: what was read is old. */
  | { readonly kind: "moved" };

export interface JudgeTargetRequest {
  readonly octokit: Octokit;
  readonly mirror: Mirror;
  readonly remote: Remote;
  /** Names the refs of this job in the mirror. */
  readonly job: string;
  readonly target: Target;
  readonly repository: Repository;
  readonly age: number;
  readonly signal: AbortSignal;
}

/** Fetches a target, finds the rules that are in force, and judges it by them. */
export async function judgeTarget(services: Services, request: JudgeTargetRequest): Promise<TargetJudgement> {
  const { mirror, remote, job, target, repository, signal } = request;
  const fetched = await fetchTarget(mirror, remote, job, target, signal);
  await services.checkpoint("fetched");
  if (fetched.kind === "missing") return { kind: "later", seconds: 2, reason: "a branch is not there yet" };
  if (fetched.kind === "failed") return { kind: "later", seconds: backOff(request.age), reason: fetched.reason };
  if ((await mirror.commit(job, "head"))?.id !== target.head) return { kind: "moved" };
  const trusted = (await mirror.commit(job, "trusted"))?.id;
  if (trusted === undefined) throw new Error("the default branch was fetched and is not in the mirror");
  await mirror.keep("trusted", trusted);
  const last = await lastRules(request);
  if (last.kind === "later") return last;

  const now = new Date().toISOString();
  const branch = repository.defaultBranch;
  const thread = await services.pool.take();
  try {
    const prepared = await thread.prepare(
      {
        kind: "prepare",
        mirror: mirror.directory,
        trusted,
        branch,
        enrolled: repository.enrolled,
        now,
        ...(last.commit === undefined ? {} : { inForce: last.commit }),
      },
      signal,
    );
    await rememberRules(services, repository, mirror, prepared);
    await services.checkpoint("rules prepared");
    if (prepared.kind === "not enrolled") {
      return { kind: "judged", body: notEnrolled(branch), base: trusted, policies: "none" };
    }
    const named = prepared.kind === "in force" ? prepared.branches : [];
    const choice = await chooseTrees({
      ...request,
      gated: named.length > 0 ? named : [branch],
    });
    if (choice.kind === "wait") return { kind: "later", seconds: 1, reason: "GitHub made no test merge yet" };
    if (choice.kind === "missing") return { kind: "later", seconds: 2, reason: "a commit is not there yet" };
    if (choice.kind === "failed") return { kind: "later", seconds: backOff(request.age), reason: choice.reason };
    const { trees } = choice;
    const started = performance.now();
    const judged = await thread.judge(
      {
        kind: "judge",
        mirror: mirror.directory,
        ...trees,
        now,
        branch,
        repositories: [target.repository.cloneUrl],
        rules:
          prepared.kind === "in force"
            ? { kind: "in force", commit: prepared.commit }
            : { kind: "none compiles", trusted },
      },
      signal,
    );
    services.metrics.judgeSeconds.observe((performance.now() - started) / 1_000);
    services.metrics.verdicts.inc({ verdict: judged.report.verdict });
    await services.checkpoint("judged");
    const lines = await linesOfHead(mirror, trees.after, target.head, judged.report);
    const notes = [...(prepared.kind === "in force" ? prepared.notes : []), ...judged.notes];
    return {
      kind: "judged",
      body: bodyOf(onHead(judged.report, lines), notes, judged.block),
      base: trees.before,
      policies: prepared.digest,
      tree: choice.tree,
      findings: {
        report: judged.report,
        lines,
        comments: prepared.kind === "in force" && prepared.comments,
      },
    };
  } finally {
    thread.release();
  }
}

/** The commit whose rules were in force last, brought into the mirror where that has lost it. */
async function lastRules({
  mirror,
  remote,
  job,
  repository,
  signal,
  age,
}: JudgeTargetRequest): Promise<
  { readonly kind: "rules"; readonly commit?: string } | Extract<TargetJudgement, { readonly kind: "later" }>
> {
  const commit = repository.trusted;
  if (commit === undefined) return { kind: "rules" };
  if ((await mirror.kept("in-force")) === commit) return { kind: "rules", commit };
  const outcome = await mirror.fetch(remote, job, { "in-force": commit }, signal);
  if (outcome.kind === "failed") return { kind: "later", seconds: backOff(age), reason: outcome.reason };
  // Gone from GitHub, after a force push: only the rules on the default branch are left.
  if (outcome.kind === "missing") return { kind: "rules" };
  await mirror.keep("in-force", commit);
  return { kind: "rules", commit };
}

/** Rules that compile come into force for all that follows; a repository that has had a configuration stays enrolled. */
export async function rememberRules(
  services: Services,
  repository: Repository,
  mirror: Mirror,
  prepared: PrepareAnswer,
): Promise<void> {
  if (prepared.kind === "not enrolled") return;
  if (!repository.enrolled) await enroll(services.database, repository.id);
  if (prepared.kind !== "in force") return;
  await mirror.keep("in-force", prepared.commit);
  if (repository.trusted !== prepared.commit || repository.policies !== prepared.digest) {
    await putInForce(services.database, repository.id, prepared.commit, prepared.digest);
  }
}

/** Seconds until the next try: the longer it has failed, the more patient, and no two jobs in step. */
export function backOff(age: number): number {
  const seconds = Math.min(60, Math.max(1, age / 2_000));
  return seconds * (0.75 + Math.random() / 2);
}
