import { randomUUID } from "node:crypto";
import type { Octokit } from "octokit";
import {
  annotate,
  ANNOTATIONS_PER_REQUEST,
  concludeRun,
  createRun,
  findRun,
  readRun,
  type Annotation,
  type Output,
} from "../../github/checks.ts";
import { failureOf } from "../../github/failure.ts";
import type { Place } from "../../github/pulls.ts";
import { forgetRun, intendRun, runAnnotated, runConcluded, runCreated, runsOf, type Run } from "../../store/runs.ts";
import type { Services } from "../services.ts";
import type { Target } from "../target.ts";

/** A check run that is ours and exists. */
export type LiveRun = Run & { readonly runId: number };

/** What a run is about, for `external_id`: what was judged and by which policies. */
export interface Identity {
  readonly subject: string;
  readonly head: string;
  readonly base: string;
  readonly policies: string;
  readonly job: string;
  /** Id of the tree that was judged, which is that of the merge; absent where nothing was. */
  readonly tree?: string;
}

export function externalId({ subject, head, base, policies, job, tree }: Identity): string {
  const judged = tree === undefined ? "" : ` tree/${tree}`;
  return `${subject} head/${head} base/${base} policies/${policies.slice(0, 16)} job/${job}${judged}`;
}

/** The pull request that an external id of ours names. */
export function pullOf(external: string | null | undefined): number | undefined {
  const match = /^pull\/(\d+) head\//.exec(external ?? "");
  return match === null ? undefined : Number(match[1]);
}

export function subjectOf(target: Target): string {
  return target.pull === undefined ? "group" : `pull/${target.pull.number}`;
}

/** Runs of the work that are still open, and the newest that is concluded. */
export interface KnownRuns {
  readonly open: readonly Run[];
  readonly concluded?: Run;
}

export async function knownRuns(services: Services, work: string): Promise<KnownRuns> {
  const runs = await runsOf(services.database, work);
  const concluded = runs.findLast((run) => run.conclusion !== undefined);
  return {
    open: runs.filter((run) => run.conclusion === undefined),
    ...(concluded === undefined ? {} : { concluded }),
  };
}

/**
 * The one run in progress for this head: the one that an earlier attempt left, or a new one. The intent is written before
 * GitHub is asked, and a run whose creation nobody saw answered is looked for before another is created.
 */
export async function openRun(
  services: Services,
  octokit: Octokit,
  work: string,
  target: Target,
  known: KnownRuns,
  policies: string,
): Promise<LiveRun> {
  const place = placeOf(target);
  const left = known.open.findLast((run) => run.head === target.head && run.baseRef === target.baseRef);
  for (const run of known.open) if (run !== left) await cancelRun(services, octokit, place, run);
  if (left?.runId !== undefined) return resume(services, octokit, place, { ...left, runId: left.runId });

  const job = left?.job ?? randomUUID();
  const base = target.pull?.base ?? target.base ?? "unknown";
  const external =
    left?.externalId ?? externalId({ subject: subjectOf(target), head: target.head, base, policies, job });
  const run = {
    job,
    work,
    repository: target.repository.id,
    head: target.head,
    baseRef: target.baseRef,
    externalId: external,
  };
  if (left === undefined) await intendRun(services.database, run);
  await services.checkpoint("run intended");
  const found =
    left === undefined ? undefined : await findRun(octokit, place, { head: target.head, appId: services.appId, job });
  const runId =
    found ??
    (await createRun(octokit, place, {
      head: target.head,
      externalId: external,
      output: {
        title: "Judging",
        summary: "The change is being judged by the state that would exist after the merge.",
      },
    }));
  await services.checkpoint("run created");
  await runCreated(services.database, job, runId);
  return { ...run, runId, annotated: 0, reviewed: false };
}

/** An earlier attempt may have sent annotations, or the conclusion, and died before it wrote that down. */
async function resume(services: Services, octokit: Octokit, place: Place, run: LiveRun): Promise<LiveRun> {
  const now = await readRun(octokit, place, run.runId);
  await runAnnotated(services.database, run.job, now.annotations);
  return { ...run, annotated: now.annotations };
}

/** Ends a run that nobody waits for any more, blocking, since it says nothing of its head. A run that GitHub never made is only forgotten. */
export async function cancelRun(services: Services, octokit: Octokit, place: Place, run: Run): Promise<void> {
  const runId = run.runId ?? (await findRun(octokit, place, { head: run.head, appId: services.appId, job: run.job }));
  if (runId === undefined) return forgetRun(services.database, run.job);
  try {
    await concludeRun(octokit, place, runId, {
      conclusion: "failure",
      externalId: run.externalId,
      output: { title: "Superseded", summary: "A newer state of the pull request is judged instead." },
    });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined || failure.kind === "limited" || failure.kind === "transient") throw error;
  }
  await runConcluded(services.database, run.job, "superseded", run.externalId);
}

/** Sends the annotations that GitHub does not have yet, in batches, and concludes with the last. */
export async function finishRun(
  services: Services,
  octokit: Octokit,
  place: Place,
  run: LiveRun,
  end: {
    readonly conclusion: "success" | "failure";
    readonly externalId: string;
    readonly output: Output;
    readonly annotations: readonly Annotation[];
  },
): Promise<void> {
  let sent = run.annotated;
  while (end.annotations.length - sent > ANNOTATIONS_PER_REQUEST) {
    const batch = end.annotations.slice(sent, sent + ANNOTATIONS_PER_REQUEST);
    await annotate(octokit, place, run.runId, { ...end.output, annotations: batch });
    sent += batch.length;
    await services.checkpoint("annotated");
    await runAnnotated(services.database, run.job, sent);
  }
  const last = end.annotations.slice(sent);
  await concludeRun(octokit, place, run.runId, {
    conclusion: end.conclusion,
    externalId: end.externalId,
    output: { ...end.output, ...(last.length === 0 ? {} : { annotations: last }) },
  });
  await services.checkpoint("concluded");
  await runConcluded(services.database, run.job, end.conclusion, end.externalId);
}

export function placeOf(target: Target): Place {
  return { owner: target.repository.owner, repo: target.repository.name };
}
