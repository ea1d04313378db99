import { isDeepStrictEqual } from "node:util";
import { CONFIG_FILE, MISNAMED_CONFIG_FILE } from "../../config/config-file.ts";
import { allMatch, isGated } from "../../gate/gated-branches.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { Config } from "../../model/config.ts";
import type { Report } from "../../model/report.ts";
import type { Repository } from "../../store/repositories.ts";
import type { Output } from "../../github/checks.ts";
import {
  askAboutTarget,
  askedApprovals,
  type AskCalls,
  type AskedTarget,
  type AskServices,
} from "../approvals/asked-target.ts";
import { approvedWaiversOf, missingApproval, notesOn, withApprovals } from "../approvals/with-approvals.ts";
import type { AskedApprovals } from "../../store/heads.ts";
import { isApproved } from "../../gate/approvals/decide-approvals.ts";
import { bodyOf, notEnrolled, previewOf, waitingFor, waitingForOwners, type Body } from "../publish/check-body.ts";
import { linesOfHead, onHead } from "../mirror/head-lines.ts";
import { checkName } from "../publish/check-name.ts";
import { linksToCommit } from "../publish/head-link.ts";
import { previewCommand, repeatCommand, waiveCommand } from "../publish/repeat-command.ts";
import { placeOf } from "../publish/check-run.ts";
import type { RequirementCalls } from "../publish/requirement.ts";
import type { LineMap } from "../mirror/hunks.ts";
import type { JobPorts } from "../judge/pool.ts";
import type { JudgeRequest, PrepareAnswer, Unanswered } from "../judge/protocol.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { Services, UsesQueue, UsesStore } from "../services.ts";
import type { Target } from "../target.ts";
import { restorableStates } from "../restoring/restorable-states.ts";
import { wasEnrolled } from "../reconcile/history.ts";
import { chooseTrees, fetchTarget, isOfMerge } from "../mirror/choose-trees.ts";
import type { BranchList, FetchOutcome, Mirror } from "../mirror/mirror.ts";
import type { JobOutcome } from "./job-outcome.ts";

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
      /** When the first waiver that it rests on expires, ISO 8601; absent: it rests on none. */
      readonly validUntil?: string;
      /** What owners were asked to approve; absent: nothing. */
      readonly approvals?: AskedApprovals;
      /** Some of that is not approved. */
      readonly isUnapproved?: boolean;
      /** Absent if nothing was judged. */
      readonly findings?: {
        readonly report: Report;
        readonly lines: LineMap;
        readonly notes: readonly string[];
        readonly block: Config["block"];
        readonly gaps?: Config["gaps"];
        readonly comments: Config["comments"];
      };
    }
  /** Something is not available yet; to be retried in so many seconds. `waitsFor`: what the check says meanwhile. */
  | (Extract<JobOutcome, { readonly kind: "later" }> & { readonly waitsFor?: Output })
  /** The branch moved while it was fetched, so what was read is out of date. */
  | { readonly kind: "moved" };

/** One target to judge, with access to its repository. `age` is in milliseconds since the first attempt. */
export interface JudgeTargetRequest {
  readonly github: Pick<RepositoryClient, "readLastChange"> & AskCalls & RequirementCalls;
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
  AskServices &
  UsesStore<"listPassed" | "recordHistory"> &
  Pick<Services, "pool" | "checkpoint" | "deadline" | "now" | "requirements"> & {
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
  if (fetched.kind !== "fetched") return unfetchable(fetched, request.age);
  if ((await mirror.commit(job, "head"))?.id !== target.head) return { kind: "moved" };
  const trusted = (await mirror.commit(job, "trusted"))?.id;
  if (trusted === undefined) throw new Error("the default branch was fetched but is missing from the mirror");
  await mirror.pin("trusted", trusted);
  const last = await fetchRulesInForce(request);
  if (last.kind === "later") return last;

  const now = services.now().toISOString();
  const branch = repository.defaultBranch;
  const thread = await services.pool.take();
  try {
    const prepared = await thread.prepare(
      {
        kind: "prepare",
        mirror: mirror.directory,
        trusted,
        branch,
        repositories: [target.repository.cloneUrl],
        enrolled: repository.enrolled,
        now,
        ...(last.commit === undefined ? {} : { inForce: last.commit }),
      },
      signal,
      request.ports,
    );
    await recordRules(services, repository, mirror, prepared);
    await services.checkpoint("rules prepared");
    const isEnrolled = prepared.kind !== "not enrolled";
    if (!isEnrolled && (await wasEnrolled(services, request.github, repository)))
      return { kind: "later", seconds: 0, reason: "its history says that it is enrolled" };
    const check = checkName(target.baseRef, branch, prepared.kind === "in force" ? prepared.branches : []);
    const nothingJudged = {
      kind: "judged",
      body: notEnrolled(branch),
      check,
      base: trusted,
      policies: "none",
    } as const;
    if (!isEnrolled && !(await proposesRules(mirror, target.head))) return nothingJudged;
    const gates = prepared.kind === "in force" ? prepared.branches : [];
    const gated = isGated(target.baseRef, branch, gates);
    const choice = await chooseTrees({ ...request, gated });
    if (choice.kind === "wait")
      return { kind: "later", seconds: 1, reason: "GitHub has not created the test merge yet" };
    if (choice.kind !== "trees") return unfetchable(choice, request.age);
    const { trees } = choice;
    // The merge has none where the default branch had it once and removed it.
    if (!isEnrolled && !(await proposesRules(mirror, trees.after))) return nothingJudged;
    const branches = await branchesOf(request, gates, trees);
    if (branches.kind === "failed") return unfetchable(branches, request.age);
    const days = prepared.kind === "in force" && gated && isOfMerge(trees) ? prepared.rollback.days : 0;
    const change = { ...request, repository: repository.id, branch: target.baseRef, place: placeOf(target), days };
    const passed = await restorableStates(services, {
      ...change,
      trees: { before: trees.before, after: choice.tree },
    });
    const started = performance.now();
    const judgement: JudgeRequest = {
      kind: "judge",
      mirror: mirror.directory,
      ...trees,
      now,
      branch,
      repositories: [target.repository.cloneUrl],
      into: gated ? target.baseRef : branch,
      ...(branches.kind === "branches" ? { branches: branches.names } : {}),
      ...(passed.length === 0 ? {} : { passed }),
      rules: rulesFor(prepared, trusted),
    };
    const first = await thread.judge(judgement, signal, request.ports);
    services.metrics.judgeSeconds.observe((performance.now() - started) / 1_000);
    services.metrics.verdicts.inc({ verdict: first.report.verdict });
    await services.checkpoint("judged");
    const wait = waitForServers(first.unanswered, services.deadline, request.age, performance.now() - begun);
    if (wait !== undefined) return wait;
    const answer =
      first.needs && (await askAboutTarget(services, request.github, askedTarget(request, gated), first.needs));
    if (answer !== undefined && answer.kind !== "decided") return answer;
    const decision = answer?.decision;
    // What owners have approved counts for this change; the rest of it is known by now.
    const approvedWaivers = decision === undefined ? [] : approvedWaiversOf(decision);
    const judged =
      approvedWaivers.length === 0
        ? first
        : await thread.judge({ ...judgement, approvedWaivers }, signal, request.ports);
    const report = decision === undefined ? judged.report : withApprovals(judged.report, decision, judged.block);
    const lines = await linesOfHead(mirror, trees.after, target.head, report);
    // A change into another branch is on its way to a gated one, and what only reports is required nowhere.
    const binds = gated && report.mode !== "report";
    const notes = [
      ...(prepared.kind === "in force" ? prepared.notes : []),
      ...judged.notes,
      ...(decision === undefined ? [] : notesOn(decision)),
      ...(binds ? await services.requirements.notesOf(request.github, placeOf(target), target.baseRef, check) : []),
    ];
    const waive = waiveCommand(target);
    const judgedBody = bodyOf(onHead(report, lines), {
      notes,
      ...(judged.impact === undefined ? {} : { impact: judged.impact }),
      block: judged.block,
      linkTo: linksToCommit(target.repository.cloneUrl, target.head),
      repeat: isEnrolled ? repeatCommand(target) : previewCommand(target),
      ...(waive === undefined || !isEnrolled ? {} : { waive }),
    });
    const missing = decision === undefined || report.mode === "report" ? undefined : missingApproval(decision);
    const body = waitingForOwners(judgedBody, missing);
    const comments = prepared.kind === "in force" ? prepared.comments : "off";
    const { block, gaps } = judged;
    const findings = { report, lines, notes, block, ...(gaps === undefined ? {} : { gaps }), comments };
    // Rules that are not in force are no word on the tree.
    if (!isEnrolled) return { ...nothingJudged, body: previewOf(body), base: trees.before, findings };
    const approvals =
      decision === undefined ? {} : { approvals: askedApprovals(decision), isUnapproved: !isApproved(decision) };
    const verdict = {
      check,
      body,
      base: trees.before,
      policies: prepared.digest,
      tree: choice.tree,
      ...validityOf(report),
    };
    return { kind: "judged", ...verdict, ...approvals, findings };
  } finally {
    thread.release();
  }
}

/** Until when a report holds: then the first waiver that it used expires. */
function validityOf({ findings, problems, gaps }: Report): { readonly validUntil?: string } {
  const [first] = [...findings, ...problems, ...gaps].flatMap(({ waiver }) => waiver?.expires ?? []).toSorted();
  return first === undefined ? {} : { validUntil: `${first}T00:00:00.000Z` };
}

function askedTarget({ target, repository, age }: JudgeTargetRequest, gated: boolean): AskedTarget {
  return { target, installation: repository.installation, age, gated };
}

/** Whether a commit has a configuration, so that a change that brings it would enroll the repository. */
async function proposesRules(mirror: Pick<Mirror, "read">, commit: string): Promise<boolean> {
  const entries = await mirror.read(["ls-tree", commit, "--", CONFIG_FILE, MISNAMED_CONFIG_FILE]);
  return /^\d+ (?:blob|commit) /m.test(entries);
}

function rulesFor(prepared: PrepareAnswer, trusted: string): JudgeRequest["rules"] {
  switch (prepared.kind) {
    case "in force":
      return { kind: "in force", commit: prepared.commit };
    case "none compiles":
      return { kind: "none compiles", trusted };
    case "not enrolled":
      return { kind: "proposed" };
    default:
      return prepared satisfies never;
  }
}

/** Lists the branches of the repository where an entry of `branches:` may match none: in force, or in the change. */
async function branchesOf(
  { mirror, remote, target, signal }: JudgeTargetRequest,
  gates: Config["branches"],
  { before, after }: { readonly before: string; readonly after: string },
): Promise<BranchList | { readonly kind: "not needed" }> {
  const known = [target.repository.defaultBranch, target.baseRef];
  const touched = ["diff", "--name-only", before, after, "--", CONFIG_FILE, MISNAMED_CONFIG_FILE];
  if (allMatch(gates, known) && (await mirror.read(touched)) === "") return { kind: "not needed" };
  return mirror.listBranches(remote, signal);
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
  if (outcome.kind === "failed") return unfetchable(outcome, age);
  // A force push removed it from GitHub: only the rules on the default branch remain.
  if (outcome.kind === "missing") return { kind: "rules" };
  await mirror.pin("in-force", commit);
  return { kind: "rules", commit };
}

/** What `recordRules` needs. */
export type RecordRulesServices = UsesStore<"markEnrolled" | "recordOverrideRule" | "recordRulesInForce" | "wakeWork"> &
  UsesQueue;

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
  const { commit, digest, branches, override } = prepared;
  if (!isDeepStrictEqual(repository.override, override))
    await services.store.recordOverrideRule(repository.id, override);
  if (repository.trusted !== commit || repository.policies !== digest || repository.gates === undefined) {
    await services.store.recordRulesInForce(repository.id, commit, digest, branches);
  }
  if (repository.policies === digest) return;
  // By other rules, what could not be judged may be judged.
  const { id, installation } = repository;
  await services.store.wakeWork({ kind: "repository", installation, repository: id });
  services.queue.wake();
}

/** The outcome of a fetch that failed. `age` is in milliseconds. */
export function unfetchable(
  outcome: Exclude<FetchOutcome, { readonly kind: "fetched" }>,
  age: number,
): Extract<JobOutcome, { readonly kind: "later" }> {
  const { kind, reason = "GitHub has no such branch or commit" } = outcome;
  // GitHub's refs lag by seconds.
  const seconds = kind === "missing" ? Math.max(2, backOff(age)) : backOff(age);
  return { kind: "later", seconds, reason, because: "unfetchable" };
}

/** Seconds to wait before the next attempt: longer the older the work is, with jitter. `age` is in milliseconds. */
export function backOff(age: number): number {
  const seconds = Math.min(60, Math.max(1, age / 2_000));
  return seconds * (0.75 + Math.random() / 2);
}
