import type { Octokit } from "octokit";
import type { Place } from "./pulls.ts";

/** The name of the check run for the default branch, and how those for other branches begin. */
export const CHECK_NAME = "portcullis";

/** The number of annotations that GitHub accepts in one request; further requests append. */
export const ANNOTATIONS_PER_REQUEST = 50;

/** An annotation of a check run, with the field names of the API. */
export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

/** The text of a check run. */
export interface Output {
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
}

/** Creates a run in progress and returns its id. */
export async function createRun(
  octokit: Octokit,
  place: Place,
  run: {
    readonly name: string;
    readonly head: string;
    readonly externalId: string;
    /** Where the whole report is shown; absent: GitHub links to the App. */
    readonly detailsUrl?: string;
    readonly output: Output;
  },
): Promise<number> {
  const { data } = await octokit.rest.checks.create({
    ...place,
    name: run.name,
    head_sha: run.head,
    external_id: run.externalId,
    ...(run.detailsUrl === undefined ? {} : { details_url: run.detailsUrl }),
    status: "in_progress",
    started_at: new Date().toISOString(),
    output: run.output,
  });
  return data.id;
}

/** The id of the run of this App on `head` whose external id contains `job`: a run whose creation was not confirmed. */
export async function findRun(
  octokit: Octokit,
  place: Place,
  run: { readonly head: string; readonly appId: number; readonly job: string },
): Promise<number | undefined> {
  const runs = await readRuns(octokit, place, run);
  return runs.find((found) => found.externalId.includes(run.job))?.id;
}

/** A check run as GitHub shows it. */
export interface ShownRun {
  readonly id: number;
  readonly name: string;
  /** Empty if it has none. */
  readonly externalId: string;
  /** Absent while it is in progress. */
  readonly conclusion?: string;
}

/** Reads the runs that this App created on `head`, oldest first. */
export async function readRuns(
  octokit: Octokit,
  place: Place,
  { head, appId }: { readonly head: string; readonly appId: number },
): Promise<readonly ShownRun[]> {
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, {
    ...place,
    ref: head,
    app_id: appId,
    filter: "all",
    per_page: 100,
  });
  return runs
    .filter(({ app }) => app?.id === appId)
    .map(({ id, name, external_id: externalId, conclusion }) => ({
      id,
      name,
      externalId: externalId ?? "",
      ...(conclusion === null ? {} : { conclusion }),
    }))
    .toSorted((one, other) => one.id - other.id);
}

/** Reads the number of annotations of a run. */
export async function readRun(
  octokit: Octokit,
  place: Place,
  runId: number,
): Promise<{ readonly annotations: number }> {
  const { data } = await octokit.rest.checks.get({ ...place, check_run_id: runId });
  return { annotations: data.output.annotations_count };
}

/** Reads the text of a run. */
export async function readOutput(octokit: Octokit, place: Place, runId: number): Promise<Output> {
  const { output } = (await octokit.rest.checks.get({ ...place, check_run_id: runId })).data;
  return {
    title: output.title ?? "",
    summary: output.summary ?? "",
    ...(output.text === null ? {} : { text: output.text }),
  };
}

/** Appends at most `ANNOTATIONS_PER_REQUEST` annotations to a run in progress. */
export async function annotate(
  octokit: Octokit,
  place: Place,
  runId: number,
  output: Output & { readonly annotations: readonly Annotation[] },
): Promise<void> {
  await octokit.rest.checks.update({
    ...place,
    check_run_id: runId,
    output: { ...output, annotations: [...output.annotations] },
  });
}

/** Concludes a run, with its last annotations and the name that it has from then on. */
export async function concludeRun(
  octokit: Octokit,
  place: Place,
  runId: number,
  end: {
    /** Absent: it keeps its name. */
    readonly name?: string;
    readonly conclusion: "success" | "failure";
    readonly externalId: string;
    /** Absent: it keeps its own. */
    readonly detailsUrl?: string;
    readonly output: Output & { readonly annotations?: readonly Annotation[] };
  },
): Promise<void> {
  const { annotations, ...output } = end.output;
  await octokit.rest.checks.update({
    ...place,
    check_run_id: runId,
    ...(end.name === undefined ? {} : { name: end.name }),
    external_id: end.externalId,
    ...(end.detailsUrl === undefined ? {} : { details_url: end.detailsUrl }),
    status: "completed",
    conclusion: end.conclusion,
    completed_at: new Date().toISOString(),
    output: annotations === undefined ? output : { ...output, annotations: [...annotations] },
  });
}
