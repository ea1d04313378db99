import type { ShownRun } from "../../github/checks.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { Head } from "../../store/heads.ts";
import type { Repository } from "../../store/repositories.ts";
import { workKey, type Subject } from "../../store/work.ts";
import { pullOf } from "../publish/check-run.ts";
import { checkName, gatesOf } from "../publish/check-name.ts";
import {
  enqueue,
  enqueueIfIdle,
  type EnqueueIfIdleServices,
  type EnqueueServices,
  type Services,
  type UsesStore,
} from "../services.ts";
import type { Difference } from "./differences.ts";
import { compareRuns, type OpenPull } from "./runs.ts";

/** What `reconcilePulls` needs. */
export type PullsServices = EnqueueIfIdleServices &
  EnqueueServices &
  UsesStore<
    | "adoptHead"
    | "adoptRun"
    | "findHead"
    | "findIdleVersion"
    | "findRepository"
    | "listTrackedPulls"
    | "recordPendingHead"
  > &
  Pick<Services, "appId">;

/** The calls that `reconcilePulls` makes. */
export type PullsCalls = Pick<RepositoryClient, "readOpenPullRequests" | "readRuns">;

/** How thoroughly pull requests are compared. */
export interface PullsOptions {
  /** Reads the check runs of every open pull request, and not only of those that the App does not know. */
  readonly every: boolean;
  /** Has every open pull request judged again, whatever is known about it. */
  readonly forced?: boolean;
  readonly pace?: () => Promise<void>;
  readonly onDifference?: (kind: Difference) => void;
}

/**
 * Enqueues every open pull request of an enrolled repository that has no verdict by the rules in force, or has another
 * check by them, and those that were closed without the App hearing of it. Where nothing is stored about a pull request,
 * the verdict or the run in progress that GitHub shows is adopted. Those that are green come first.
 */
export async function reconcilePulls(
  services: PullsServices,
  github: PullsCalls,
  repository: Repository,
  { every, forced = false, pace, onDifference }: PullsOptions,
): Promise<void> {
  const { id, owner, name, installation } = repository;
  const place = { owner, repo: name };
  const subjectOf = (number: number): Subject => ({
    kind: "pull",
    installation,
    repository: { id, owner, name },
    number,
  });
  const open = await github.readOpenPullRequests(place);
  const known: { readonly pull: OpenPull; readonly head: Head | undefined }[] = [];
  for (const pull of open) known.push({ pull, head: await services.store.findHead(workKey(subjectOf(pull.number))) });
  // What is green by older rules could be merged until it is judged again.
  const isGreen = ({ head }: (typeof known)[number]): number => Number(head?.published === "success");
  for (const { pull } of known.toSorted((one, other) => isGreen(other) - isGreen(one))) {
    const subject = subjectOf(pull.number);
    const work = workKey(subject);
    // Those before it may have taken minutes. The version comes first: what is read after it is at least as new.
    const version = await services.store.findIdleVersion(work);
    const head = await services.store.findHead(work);
    const first = head?.head !== pull.head;
    if (forced) {
      await enqueue(services, subject, true, first);
      continue;
    }
    if (version === undefined) {
      if (first) await enqueueIfIdle(services, subject, true);
      continue;
    }
    const now = every ? await services.store.findRepository(id) : repository;
    if (now === undefined) return;
    const check = checkName(pull.baseRef, now.defaultBranch, gatesOf(now));
    const judged = isJudged(now, head, pull.head, check);
    // Who belongs to a team, and what reviews say, may be another thing without the App hearing of it.
    const askOwners = async (): Promise<void> => {
      if (judged && head.approvals !== undefined) await enqueueIfIdle(services, subject);
    };
    if (judged && !every) {
      await askOwners();
      continue;
    }
    let runs: readonly ShownRun[] = [];
    if (every || head === undefined) {
      await pace?.();
      runs = await github.readRuns(place, { head: pull.head, appId: services.appId });
      // It was judged while GitHub was asked, so that what is stored and what GitHub showed are of two moments.
      if ((await services.store.findIdleVersion(work)) !== version) continue;
    }
    const shared = open.some((other) => other.number !== pull.number && other.head === pull.head);
    await correct(
      services,
      now,
      { pull, subject, check, shared, runs, first, ...(judged ? { judged: head } : {}) },
      onDifference,
    );
    await askOwners();
  }
  // Pull requests whose close event was lost: the worker will find them closed.
  const numbers = new Set(open.map((pull) => pull.number));
  for (const number of await services.store.listTrackedPulls(id)) {
    if (numbers.has(number)) continue;
    await enqueueIfIdle(services, subjectOf(number));
    onDifference?.("pull request closed");
  }
}

/** Whether the verdict that is stored is about this head, by the rules in force. */
function isJudged(repository: Repository, head: Head | undefined, now: string, check: string): head is Head {
  return (
    head?.head === now &&
    head.published !== undefined &&
    head.policies === repository.policies &&
    (repository.gates === undefined || head.check === check)
  );
}

async function correct(
  services: PullsServices,
  repository: Repository,
  compared: {
    readonly pull: OpenPull;
    readonly subject: Subject;
    readonly check: string;
    readonly shared: boolean;
    readonly runs: readonly ShownRun[];
    /** Whether no verdict on this head is stored. */
    readonly first: boolean;
    readonly judged?: Head;
  },
  onDifference?: (kind: Difference) => void,
): Promise<void> {
  const { pull, subject, check } = compared;
  const work = workKey(subject);
  const found = compareRuns(compared.runs, {
    pull,
    check,
    shared: compared.shared,
    policies: repository.policies,
    judged: compared.judged?.published,
  });
  if (found.kind === "same") return;
  onDifference?.(found.kind);
  const run = { work, repository: repository.id, head: pull.head };
  for (const { job, runId, externalId, into } of found.open)
    await services.store.adoptRun({ ...run, job, runId, externalId, baseRef: into });
  if (found.kind === "verdict adopted") {
    const { job, runId, externalId, into, conclusion } = found.verdict;
    await services.store.adoptRun({ ...run, job, runId, externalId, baseRef: into, conclusion });
    await services.store.adoptHead({ ...run, pull: pull.number, check, conclusion, policies: found.policies });
    return;
  }
  // What is stored must not count any more: else the job would find that everything is done.
  if (compared.judged !== undefined) await services.store.recordPendingHead({ ...run, pull: pull.number, check });
  // Where a check shows a verdict, if an old one, nobody waits for the new one.
  const shows = compared.runs.some((one) => one.conclusion !== undefined && pullOf(one.externalId) === pull.number);
  await enqueueIfIdle(services, subject, found.kind !== "pull request not judged" || (compared.first && !shows));
}
