import { randomUUID } from "node:crypto";
import { ANNOTATIONS_PER_REQUEST, type Annotation, type Output } from "../../github/checks.ts";
import { failureOf } from "../../github/failure.ts";
import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { AuditEvent, AuditedRepository, AuditHead, PublishedVerdict, VerdictRecord } from "../../model/audit.ts";
import type { Run } from "../../store/runs.ts";
import type { Services, UsesStore } from "../services.ts";
import type { Target } from "../target.ts";
import { verdictEvents } from "./verdict-record.ts";

/** A check run of this App that exists on GitHub. */
export type LiveRun = Run & { readonly runId: number };

/** The parts of an `external_id`: what was judged and by which policies. */
export interface Identity {
  readonly subject: string;
  readonly head: string;
  readonly base: string;
  /** The name of the branch that it goes into. */
  readonly into: string;
  readonly policies: string;
  readonly job: string;
  /** The id of the judged tree, which is that of the merge; absent if none was judged. */
  readonly tree?: string;
  /** It rests on approvals or an override, so that it holds no longer than those. */
  readonly conditional?: boolean;
}

/** Formats an `external_id`. */
export function externalId({ subject, head, base, into, policies, job, tree, conditional = false }: Identity): string {
  const judged = tree === undefined ? "" : ` tree/${tree}`;
  const by = `${shortDigest(policies)}${conditional ? "+conditional" : ""}`;
  return `${subject} head/${head} base/${base} into/${into} policies/${by} job/${job}${judged}`;
}

/** As much of the digest of the policies as an `external_id` has. */
export function shortDigest(policies: string): string {
  return policies.slice(0, 16);
}

/** Reads an `external_id` of this App, of which older versions left out `into`; undefined if it is none. */
export function readExternalId(
  external: string,
): (Omit<Identity, "into" | "base" | "conditional"> & { readonly into?: string }) | undefined {
  const format = /^(\S+) head\/(\S+) base\/\S+(?: into\/(\S+))? policies\/(\S+) job\/(\S+?)(?: tree\/(\S+))?$/;
  const [, subject, head, into, policies, job, tree] = format.exec(external) ?? [];
  if (subject === undefined || head === undefined || policies === undefined || job === undefined) return undefined;
  return {
    subject,
    head,
    policies,
    job,
    ...(into === undefined ? {} : { into }),
    ...(tree === undefined ? {} : { tree }),
  };
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
  Pick<Services, "checkpoint" | "reportUrl">;
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
    left?.externalId ??
    externalId({ subject: subjectOf(target), head: target.head, base, into: target.baseRef, policies, job });
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
  const create = async (): Promise<number> => {
    const found =
      left === undefined ? undefined : await github.findRun(place, { head: target.head, appId: services.appId, job });
    return (
      found ??
      github.createRun(place, {
        name,
        head: target.head,
        externalId: external,
        ...detailsOf(services, job),
        output: {
          title: "Judging",
          summary: "Judging the state that would exist after the merge.",
        },
      })
    );
  };
  const runId = await create().catch(async (error: unknown) => {
    // GitHub has no such run, and does not create one: it does not know the commit, for example.
    if (failureOf(error)?.kind === "refused") await services.store.deleteIntendedRun(job);
    throw error;
  });
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
  const summary = "Superseded: a newer state of the pull request is being judged.";
  await endAsSuperseded(services, github, place, { ...run, runId }, summary);
}

/**
 * Turns a green run into failure whose commit is no longer the head of its pull request, or whose pull request is closed. What
 * it allowed was judged against the base and the rules of that time.
 */
export async function withdrawRun(
  services: SupersedeServices,
  github: SupersedeCalls,
  place: Place,
  run: LiveRun,
): Promise<void> {
  const summary =
    "Superseded: this commit passed, and then its pull request got another head or base, or was closed. If it is proposed again it is judged again.";
  // Without the tree, which only a verdict names.
  const externalId = run.externalId.replace(/ tree\/\S+$/, "");
  await endAsSuperseded(services, github, place, { ...run, externalId }, summary, [
    {
      kind: "withdrawal",
      repository: auditedOf(place, run),
      subject: subjectIn(run.externalId),
      body: { head: run.head, run: run.runId, job: run.job },
    },
  ]);
}

async function endAsSuperseded(
  services: SupersedeServices,
  github: SupersedeCalls,
  place: Place,
  run: LiveRun,
  summary: string,
  events: readonly AuditEvent[] = [],
): Promise<void> {
  try {
    await github.concludeRun(place, run.runId, {
      conclusion: "failure",
      externalId: run.externalId,
      output: { title: "Superseded", summary },
    });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined || failure.kind === "limited" || failure.kind === "transient") throw error;
  }
  await services.store.recordRunConclusion(run.job, "superseded", run.externalId, events);
}

/** What `publishConclusion` needs. */
export type ConclusionServices = UsesStore<"readAuditHead" | "recordAnnotationCount" | "recordRunConclusion"> &
  Pick<Services, "checkpoint" | "reportUrl">;
export type ConclusionCalls = Pick<RepositoryClient, "annotate" | "concludeRun">;

/** What a check was concluded by. */
export interface Judged extends Pick<PublishedVerdict, "base" | "tree" | "policies" | "approvals"> {
  readonly record?: VerdictRecord | undefined;
}

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
    /** What was judged, for the audit log. */
    readonly judged: Judged;
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
  const head = await services.store.readAuditHead();
  await github.concludeRun(place, run.runId, {
    name: end.name,
    conclusion: end.conclusion,
    externalId: end.externalId,
    ...detailsOf(services, run.job),
    output: { ...end.output, ...auditNote(head), ...(last.length === 0 ? {} : { annotations: last }) },
  });
  await services.checkpoint("concluded");
  const { record, ...judged } = end.judged;
  const events = verdictEvents(auditedOf(place, run), subjectIn(end.externalId), {
    ...record,
    ...judged,
    check: end.name,
    conclusion: end.conclusion,
    head: run.head,
    into: run.baseRef,
    run: run.runId,
    job: run.job,
  });
  await services.store.recordRunConclusion(run.job, end.conclusion, end.externalId, events);
}

/** What the check shows of the audit log: GitHub keeps it, so that rows that are taken away later are missed. */
function auditNote(head: AuditHead | undefined): Pick<Output, "text"> {
  return head === undefined
    ? {}
    : { text: `Audit log when this was concluded: row ${head.sequence}, \`${head.hash}\`` };
}

function auditedOf({ owner, repo }: Place, { repository }: Pick<Run, "repository">): AuditedRepository {
  return { id: repository, name: `${owner}/${repo}` };
}

/** The subject in an `external_id` of this App. */
function subjectIn(external: string): string {
  return readExternalId(external)?.subject ?? "unknown";
}

function detailsOf({ reportUrl }: Pick<Services, "reportUrl">, job: string): { readonly detailsUrl?: string } {
  return reportUrl === undefined ? {} : { detailsUrl: reportUrl(job) };
}

/** The repository of a target, as the calls of GitHub take it. */
export function placeOf(target: Target): Place {
  return { owner: target.repository.owner, repo: target.repository.name };
}
