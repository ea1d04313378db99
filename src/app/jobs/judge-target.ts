import type { RepositoryClient } from "../../github/repository-client.ts";
import type { Report } from "../../model/report.ts";
import type { Repository } from "../../store/repositories.ts";
import type { Output } from "../../github/checks.ts";
import { bodyOf, notEnrolled, waitingFor, type Body } from "../publish/check-body.ts";
import { linesOfHead, onHead } from "../mirror/head-lines.ts";
import { checkName } from "../publish/check-name.ts";
import type { LineMap } from "../mirror/hunks.ts";
import type { JobPorts } from "../judge/pool.ts";
import type { PrepareAnswer, Unanswered } from "../judge/protocol.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { Services, UsesStore } from "../services.ts";
import type { Target } from "../target.ts";
import { chooseTrees, fetchTarget } from "../mirror/choose-trees.ts";

/** The result of judging one target. */
export type TargetJudgement =
  | {
      readonly kind: "judged";
      readonly body: Body;
      /** The name of the check, by the rules that it was judged by. */
      readonly check: string;
      /** The commit that it was compared with, and the digest of the policies. */
      readonly base: string;
      readonly policies: string;
      /** The id of the judged tree; absent if none was judged. */
      readonly tree?: string;
      /** Absent if nothing was judged. */
      readonly findings?: { readonly report: Report; readonly lines: LineMap; readonly comments: boolean };
    }
  /** Something is not available yet; to be retried in so many seconds. `waitsFor`: what the check says meanwhile. */
  | { readonly kind: "later"; readonly seconds: number; readonly reason: string; readonly waitsFor?: Output }
  /** The branch moved while it was fetched, so what was read is out of date. */
  | { readonly kind: "moved" };

/** One target to judge, with access to its repository. `age` is in milliseconds since the first attempt. */
export interface JudgeTargetRequest {
  readonly github: Pick<RepositoryClient, "readMergeBase">;
  readonly mirror: Omit<Mirror, "release">;
  readonly remote: Remote;
  /** The name under which the mirror keeps the refs of this job. */
  readonly job: string;
  readonly target: Target;
  readonly repository: Repository;
  readonly age: number;
  readonly signal: AbortSignal;
  /** What the judge thread asks for. */
  readonly ports?: JobPorts;
}

/** What `judgeTarget` needs. */
export type JudgeTargetServices = RecordRulesServices &
  Pick<Services, "pool" | "checkpoint" | "deadline"> & {
    readonly metrics: Pick<Services["metrics"], "judgeSeconds" | "verdicts">;
  };

/** Fetches a target, determines the rules in force, and judges the target by them. */
export async function judgeTarget(
  services: JudgeTargetServices,
  request: JudgeTargetRequest,
): Promise<TargetJudgement> {
  const { mirror, remote, job, target, repository, signal } = request;
  const begun = performance.now();
  const fetched = await fetchTarget(mirror, remote, job, target, signal);
  await services.checkpoint("fetched");
  if (fetched.kind === "missing") return { kind: "later", seconds: 2, reason: "a branch cannot be fetched yet" };
  if (fetched.kind === "failed") return { kind: "later", seconds: backOff(request.age), reason: fetched.reason };
  if ((await mirror.commit(job, "head"))?.id !== target.head) return { kind: "moved" };
  const trusted = (await mirror.commit(job, "trusted"))?.id;
  if (trusted === undefined) throw new Error("the default branch was fetched but is missing from the mirror");
  await mirror.pin("trusted", trusted);
  const last = await fetchRulesInForce(request);
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
    await recordRules(services, repository, mirror, prepared);
    await services.checkpoint("rules prepared");
    if (prepared.kind === "not enrolled") {
      const check = checkName(target.baseRef, branch, []);
      return { kind: "judged", body: notEnrolled(branch), check, base: trusted, policies: "none" };
    }
    const named = prepared.kind === "in force" ? prepared.branches : [];
    const gated = named.length > 0 ? named : [branch];
    const choice = await chooseTrees({ ...request, gated });
    if (choice.kind === "wait")
      return { kind: "later", seconds: 1, reason: "GitHub has not created the test merge yet" };
    if (choice.kind === "missing") return { kind: "later", seconds: 2, reason: "a commit cannot be fetched yet" };
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
        into: gated.includes(target.baseRef) ? target.baseRef : branch,
        rules:
          prepared.kind === "in force"
            ? { kind: "in force", commit: prepared.commit }
            : { kind: "none compiles", trusted },
      },
      signal,
      request.ports,
    );
    services.metrics.judgeSeconds.observe((performance.now() - started) / 1_000);
    services.metrics.verdicts.inc({ verdict: judged.report.verdict });
    await services.checkpoint("judged");
    const wait = waitForServers(judged.unanswered, services.deadline, request.age, performance.now() - begun);
    if (wait !== undefined) return wait;
    const lines = await linesOfHead(mirror, trees.after, target.head, judged.report);
    const notes = [...(prepared.kind === "in force" ? prepared.notes : []), ...judged.notes];
    return {
      kind: "judged",
      check: checkName(target.baseRef, branch, named),
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

/**
 * Waits for servers that did not answer, while the time until the deadline, in seconds, is enough for another judgement;
 * then the report says what is missing. `age` and `took` are in milliseconds.
 */
function waitForServers(
  unanswered: readonly Unanswered[],
  deadline: number,
  age: number,
  took: number,
): Extract<TargetJudgement, { readonly kind: "later" }> | undefined {
  if (unanswered.length === 0) return undefined;
  const seconds = Math.max(backOff(age), ...unanswered.map(({ after }) => after / 1_000));
  if (age + 2 * took + seconds * 1_000 > deadline * 1_000) return undefined;
  const messages = [...new Set(unanswered.map(({ message }) => message))];
  return {
    kind: "later",
    seconds,
    reason: `servers that do not answer: ${messages[0]}`,
    waitsFor: waitingFor(messages, deadline),
  };
}

/** The commit whose rules were in force last; fetched again if the mirror no longer has it. */
async function fetchRulesInForce({
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
  if ((await mirror.pinned("in-force")) === commit) return { kind: "rules", commit };
  const outcome = await mirror.fetch(remote, job, { "in-force": commit }, signal);
  if (outcome.kind === "failed") return { kind: "later", seconds: backOff(age), reason: outcome.reason };
  // A force push removed it from GitHub: only the rules on the default branch remain.
  if (outcome.kind === "missing") return { kind: "rules" };
  await mirror.pin("in-force", commit);
  return { kind: "rules", commit };
}

/** What `recordRules` needs. */
export type RecordRulesServices = UsesStore<"markEnrolled" | "recordRulesInForce">;

/**
 * Stores the rules that compiled as the rules in force, and marks the repository as enrolled once it has a
 * configuration.
 */
export async function recordRules(
  services: RecordRulesServices,
  repository: Repository,
  mirror: Pick<Mirror, "pin">,
  prepared: PrepareAnswer,
): Promise<void> {
  if (prepared.kind === "not enrolled") return;
  if (!repository.enrolled) await services.store.markEnrolled(repository.id);
  if (prepared.kind !== "in force") return;
  await mirror.pin("in-force", prepared.commit);
  const { commit, digest, branches } = prepared;
  if (repository.trusted !== commit || repository.policies !== digest || repository.gates === undefined) {
    await services.store.recordRulesInForce(repository.id, commit, digest, branches);
  }
}

/** Seconds to wait before the next attempt: longer the older the work is, with jitter. `age` is in milliseconds. */
export function backOff(age: number): number {
  const seconds = Math.min(60, Math.max(1, age / 2_000));
  return seconds * (0.75 + Math.random() / 2);
}
