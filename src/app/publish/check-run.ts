import { randomUUID } from "node:crypto";
import { ANNOTATIONS_PER_REQUEST, type Annotation, type Output } from "../../github/checks.ts";
import { failureOf } from "../../github/failure.ts";
import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { Run } from "../../store/runs.ts";
import type { Services, UsesStore } from "../services.ts";
import type { Target } from "../target.ts";

/** A check run of this App that exists on GitHub. */
export type LiveRun = Run & { readonly runId: number };

/** The parts of an `external_id`: what was judged and by which policies. */
export interface Identity {
  readonly subject: string;
  readonly head: string;
  readonly base: string;
  readonly policies: string;
  readonly job: string;
  /** The id of the judged tree, which is that of the merge; absent if none was judged. */
  readonly tree?: string;
}

/** Formats an `external_id`. */
export function externalId({ subject, head, base, policies, job, tree }: Identity): string {
  const judged = tree === undefined ? "" : ` tree/${tree}`;
  return `${subject} head/${head} base/${base} policies/${policies.slice(0, 16)} job/${job}${judged}`;
}

/** The number of the pull request in an `external_id` of this App. */
export function pullOf(external: string | null | undefined): number | undefined {
  const match = /^pull\/(\d+) head\//.exec(external ?? "");
  return match === null ? undefined : Number(match[1]);
}

/** The subject of a target as `external_id` names it. */
export function subjectOf(target: Target): string {
  return target.pull === undefined ? "group" : `pull/${target.pull.number}`;
}

/** The runs of one work that are still open, and the newest one that is concluded. */
export interface KnownRuns {
  readonly open: readonly Run[];
  readonly concluded?: Run;
}

/** Reads the runs of a work from the store. */
export async function findKnownRuns(services: UsesStore<"findRuns">, work: string): Promise<KnownRuns> {
  const runs = await services.store.findRuns(work);
  const concluded = runs.findLast((run) => run.conclusion !== undefined);
  return {
    open: runs.filter((run) => run.conclusion === undefined),
    ...(concluded === undefined ? {} : { concluded }),
  };
}

/** What `openRun` needs. */
export type OpenRunServices = SupersedeServices &
  UsesStore<"recordIntendedRun" | "recordRunId" | "recordAnnotationCount"> &
  Pick<Services, "checkpoint">;
export type OpenRunCalls = SupersedeCalls & Pick<RepositoryClient, "createRun" | "readRun">;

/**
 * Returns the run in progress for this head: the one that an earlier attempt created, or a new one. The intent is
 * stored before the request. A run whose creation was never confirmed is looked up before another one is created.
 */
export async function openRun(
  services: OpenRunServices,
  github: OpenRunCalls,
  work: string,
  target: Target,
  known: KnownRuns,
  { name, policies }: { readonly name: string; readonly policies: string },
): Promise<LiveRun> {
  const place = placeOf(target);
  const left = known.open.findLast((run) => run.head === target.head && run.baseRef === target.baseRef);
  for (const run of known.open) if (run !== left) await supersedeRun(services, github, place, run);
  if (left?.runId !== undefined) return resume(services, github, place, { ...left, runId: left.runId });

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
  if (left === undefined) await services.store.recordIntendedRun(run);
  await services.checkpoint("run intended");
  const found =
    left === undefined ? undefined : await github.findRun(place, { head: target.head, appId: services.appId, job });
  const runId =
    found ??
    (await github.createRun(place, {
      name,
      head: target.head,
      externalId: external,
      output: {
        title: "Judging",
        summary: "Judging the state that would exist after the merge.",
      },
    }));
  await services.checkpoint("run created");
  await services.store.recordRunId(job, runId);
  return { ...run, runId, annotated: 0, reviewed: false };
}

/** An earlier attempt may have sent annotations, or the conclusion, and crashed before it stored that. */
async function resume(services: OpenRunServices, github: OpenRunCalls, place: Place, run: LiveRun): Promise<LiveRun> {
  const now = await github.readRun(place, run.runId);
  await services.store.recordAnnotationCount(run.job, now.annotations);
  return { ...run, annotated: now.annotations };
}

/** What `supersedeRun` needs. */
export type SupersedeServices = UsesStore<"deleteIntendedRun" | "recordRunConclusion"> & Pick<Services, "appId">;
export type SupersedeCalls = Pick<RepositoryClient, "findRun" | "concludeRun">;

/**
 * Concludes a run that is no longer needed as failure, since it has no verdict on its head. An intended run that GitHub
 * never created is only deleted.
 */
export async function supersedeRun(
  services: SupersedeServices,
  github: SupersedeCalls,
  place: Place,
  run: Run,
): Promise<void> {
  const runId = run.runId ?? (await github.findRun(place, { head: run.head, appId: services.appId, job: run.job }));
  if (runId === undefined) return services.store.deleteIntendedRun(run.job);
  try {
    await github.concludeRun(place, runId, {
      conclusion: "failure",
      externalId: run.externalId,
      output: { title: "Superseded", summary: "Superseded: a newer state of the pull request is being judged." },
    });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined || failure.kind === "limited" || failure.kind === "transient") throw error;
  }
  await services.store.recordRunConclusion(run.job, "superseded", run.externalId);
}

/** What `publishConclusion` needs. */
export type ConclusionServices = UsesStore<"recordAnnotationCount" | "recordRunConclusion"> &
  Pick<Services, "checkpoint">;
export type ConclusionCalls = Pick<RepositoryClient, "annotate" | "concludeRun">;

/** Sends the annotations that GitHub does not have yet, in batches, and concludes the run with the last batch. */
export async function publishConclusion(
  services: ConclusionServices,
  github: ConclusionCalls,
  place: Place,
  run: LiveRun,
  end: {
    /** The name of the check, which was provisional until the rules were read. */
    readonly name: string;
    readonly conclusion: "success" | "failure";
    readonly externalId: string;
    readonly output: Output;
    readonly annotations: readonly Annotation[];
  },
): Promise<void> {
  let sent = run.annotated;
  while (end.annotations.length - sent > ANNOTATIONS_PER_REQUEST) {
    const batch = end.annotations.slice(sent, sent + ANNOTATIONS_PER_REQUEST);
    await github.annotate(place, run.runId, { ...end.output, annotations: batch });
    sent += batch.length;
    await services.checkpoint("annotated");
    await services.store.recordAnnotationCount(run.job, sent);
  }
  const last = end.annotations.slice(sent);
  await github.concludeRun(place, run.runId, {
    name: end.name,
    conclusion: end.conclusion,
    externalId: end.externalId,
    output: { ...end.output, ...(last.length === 0 ? {} : { annotations: last }) },
  });
  await services.checkpoint("concluded");
  await services.store.recordRunConclusion(run.job, end.conclusion, end.externalId);
}

/** The repository of a target, as the calls of GitHub take it. */
export function placeOf(target: Target): Place {
  return { owner: target.repository.owner, repo: target.repository.name };
}
