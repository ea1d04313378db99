import { isGated } from "../../gate/gated-branches.ts";
import { compareStandings } from "../../gate/standing/compare-standings.ts";
import { failureOf } from "../../github/failure.ts";
import type { StoredStanding } from "../../model/standing.ts";
import type { Repository } from "../../store/repositories.ts";
import type { LeasedWork } from "../../store/work.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { JobPorts } from "../judge/pool.ts";
import type { PrepareAnswer } from "../judge/protocol.ts";
import { archived } from "../jobs/archived.ts";
import { heldBack, type JobOutcome } from "../jobs/job-outcome.ts";
import { backOff, unfetchable } from "../jobs/judge-target.ts";
import { keepIssue, type KeepIssueServices } from "./keep-issue.ts";
import type { Mirror } from "../mirror/mirror.ts";
import {
  enqueueIfIdle,
  type EnqueueIfIdleServices,
  type Services,
  type UsesGitHub,
  type UsesStore,
} from "../services.ts";

/** What `runComplianceJob` needs. */
export type ComplianceJobServices = EnqueueIfIdleServices &
  UsesStore<"findStanding" | "recordComplianceFailure" | "recordStanding" | "retireStandings" | "upsertRepository"> &
  UsesGitHub<"readRepository"> &
  KeepIssueServices &
  Pick<Services, "authorities" | "checkpoint" | "deadline" | "mirrors" | "now" | "pool">;

/** More gated branches of one repository than these are not judged by themselves. */
const MOST_BRANCHES = 20;

type InForce = Extract<PrepareAnswer, { readonly kind: "in force" }>;

/** One judgement, with what it needs. */
interface Attempt {
  readonly services: ComplianceJobServices;
  readonly work: LeasedWork;
  readonly repository: Repository;
  readonly cloneUrl: string;
  readonly mirror: Mirror;
  readonly remote: Remote;
  readonly job: string;
  readonly signal: AbortSignal;
  readonly now: string;
}

/**
 * Judges all of a gated branch by itself and stores what it shows, unless that was done today for the same commit and
 * rules. The default branch has the other gated branches judged as well.
 */
export async function runComplianceJob(
  services: ComplianceJobServices,
  work: LeasedWork,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const { installation, repository: name } = work.subject;
  const { github, token, unreadable } = await services.clients.access(installation, name.id);
  const read = await github.readRepository({ owner: name.owner, repo: name.name });
  if (read.archived) return archived();
  const repository = await services.store.upsertRepository({ ...read, installation });
  if (unreadable !== undefined) {
    await services.store.recordComplianceFailure(repository.id, unreadable);
    return { kind: "closed" };
  }
  const mirror = await services.mirrors.acquire(repository.id);
  const job = `compliance-${work.lease}`;
  const { authorities } = services;
  const remote = { url: read.cloneUrl, token, ...(authorities === undefined ? {} : { authorities }) };
  const now = services.now().toISOString();
  try {
    return await attempt({ services, work, repository, cloneUrl: read.cloneUrl, mirror, remote, job, signal, now });
  } finally {
    await mirror.release(job);
  }
}

async function attempt(asked: Attempt): Promise<JobOutcome> {
  const { services, work, repository, mirror, remote, job, signal } = asked;
  const { defaultBranch } = repository;
  const named = work.subject.kind === "compliance" ? work.subject.branch : undefined;
  const branch = named ?? defaultBranch;
  const wanted = { trusted: `refs/heads/${defaultBranch}`, head: `refs/heads/${branch}` };
  const outcome = await mirror.fetch(remote, job, wanted, signal);
  // The repository is empty, or the branch was deleted: there is nothing to judge.
  if (outcome.kind === "missing") return { kind: "closed" };
  if (outcome.kind === "failed") return unfetchable(outcome, work.age);
  const trusted = await mirror.commit(job, "trusted");
  const head = await mirror.commit(job, "head");
  if (trusted === undefined || head === undefined)
    throw new Error("a branch was fetched but is missing from the mirror");
  let held: number | undefined;
  const readToken: JobPorts["readToken"] = async (name) => {
    try {
      return await services.clients.readToken(repository.installation, name);
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.kind === "limited") held = failure.seconds;
      throw error;
    }
  };
  const judged = await judge(asked, { branch, trusted: trusted.id, head: head.id }, { readToken });
  if (held !== undefined) return heldBack(held);
  if (judged.kind !== "judged") return judged;
  if (judged.stored !== undefined) await services.store.recordStanding(judged.stored);
  await services.checkpoint("standing recorded");
  const { inForce } = judged;
  if (named === undefined) await judgeOthers(asked, inForce);
  await keepIssue(services, { repository, cloneUrl: asked.cloneUrl, wanted: inForce.issue });
  // The row of a branch is made anew when it is due again.
  return { kind: "closed" };
}

type Judged =
  | JobOutcome
  /** `stored`: absent where it was judged today already. */
  | { readonly kind: "judged"; readonly inForce: InForce; readonly stored?: StoredStanding };

async function judge(
  { services, work, repository, cloneUrl, mirror, signal, now }: Attempt,
  { branch, trusted, head }: { readonly branch: string; readonly trusted: string; readonly head: string },
  ports: JobPorts,
): Promise<Judged> {
  const { id, defaultBranch } = repository;
  // What the pin names is in the mirror; a job that puts rules into force keeps it up to date.
  const last = repository.trusted === undefined ? undefined : await mirror.pinned("in-force");
  const common = { mirror: mirror.directory, branch: defaultBranch, repositories: [cloneUrl], now };
  const thread = await services.pool.take();
  try {
    const prepared = await thread.prepare(
      {
        kind: "prepare",
        ...common,
        trusted,
        enrolled: repository.enrolled,
        ...(last === undefined ? {} : { inForce: last }),
      },
      signal,
      ports,
    );
    if (prepared.kind === "not enrolled") return { kind: "closed" };
    if (prepared.kind === "none compiles") {
      await services.store.recordComplianceFailure(id, `the rules on ${defaultBranch} do not compile`);
      return { kind: "closed" };
    }
    if (!isGated(branch, defaultBranch, prepared.branches)) return { kind: "closed" };
    const { digest: policies, commit: rules } = prepared;
    const before = await services.store.findStanding(id, branch);
    const isSame = before?.commit === head && before.policies === policies;
    if (isSame && before.judgedAt.slice(0, 10) === now.slice(0, 10)) return { kind: "judged", inForce: prepared };
    const request = { kind: "standing", ...common, commit: head, rules, into: branch } as const;
    const { standing, unanswered } = await thread.judgeStanding(request, signal, ports);
    if (unanswered.length > 0 && work.age < services.deadline * 500)
      return {
        kind: "later",
        seconds: Math.max(backOff(work.age), ...unanswered.map(({ after }) => after / 1_000)),
        reason: `servers that do not answer: ${unanswered[0]?.message ?? ""}`,
      };
    const judged = { branch, commit: head, policies, rules, judgedAt: now, standing };
    const compared = compareStandings(before, judged);
    return { kind: "judged", inForce: prepared, stored: { ...judged, repository: id, standing: compared } };
  } finally {
    thread.release();
  }
}

/** Has the other gated branches judged, and ends what is stored about those that are gated no more. */
async function judgeOthers(
  { services, work, repository, mirror, remote, signal }: Attempt,
  { branches }: InForce,
): Promise<void> {
  const { id, defaultBranch, installation } = repository;
  const listed = branches.length === 0 ? undefined : await mirror.listBranches(remote, signal);
  // A list that cannot be read now is read the next night.
  if (listed?.kind === "failed") return;
  const others = (listed?.names ?? [])
    .filter((name) => name !== defaultBranch && isGated(name, defaultBranch, branches))
    .slice(0, MOST_BRANCHES);
  await services.store.retireStandings(id, [defaultBranch, ...others]);
  const { repository: name } = work.subject;
  for (const branch of others)
    await enqueueIfIdle(services, { kind: "compliance", installation, repository: name, branch });
}
