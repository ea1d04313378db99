import { contentId } from "../files/content-id.ts";
import { sha256 } from "../../manifest/sha256.ts";
import type { Problem } from "../../model/problem.ts";
import type { RenderOutcome } from "../../model/renderer.ts";
import type { Gap } from "../../model/source.ts";
import { chartFiles, type ChartFiles } from "../charts/chart-files.ts";
import { failedFetch, findChart, type FoundChart } from "../charts/find-chart.ts";
import { noSchemas, valuesSchemas } from "../charts/values-schemas.ts";
import { isExact } from "../charts/vendored-chart.ts";
import { digestText } from "../digest-text.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { HelmStep } from "../plan.ts";
import type { Entry, EntryPlace } from "./entry.ts";
import { failure } from "./failure.ts";
import type { HelmTrace } from "./helm-output.ts";
import { helmPlacesOf } from "./helm-places.ts";
import { renderAll, renderingsFor, withoutSchemas } from "./helm-renderings.ts";
import { ownValuePaths, requestOf, type PlacedChart } from "./helm-request.ts";
import { dependencyPlace } from "./dependency-place.ts";
import { refusedValue } from "./values-failure.ts";
import { withoutPlaces } from "./without-places.ts";
import { notFetched, type NotFetched } from "./not-fetched.ts";
import { versionPlace } from "./version-place.ts";
import { trackedVersion, type TrackedVersion } from "./tracked-version.ts";
import { missingSchemas } from "./missing-schemas.ts";
import { nothing, type Read, type UnkeyedStep, type StepRendering, type RenderContext } from "./step.ts";

/** Prepares the rendering of a chart; `entry` is the line that declares the source. */
export async function helmStep(step: HelmStep, context: RenderContext, entry: Entry): Promise<UnkeyedStep> {
  const { files } = context;
  const found = await chartOf(step, context);
  const stop = (
    reads: readonly Read[],
    { gaps = [], problems = [] }: { readonly gaps?: UnkeyedStep["gaps"]; readonly problems?: readonly Problem[] },
  ): UnkeyedStep => ({
    reads,
    problems,
    gaps,
    stopped: true,
    render: async () => nothing,
    places: async () => ({ place: () => undefined }),
  });
  if (!("chart" in found)) return stop([], await notFound(step, found, context, entry));
  const { chart, at, tracked } = found;
  const schemas = step.skipSchemaValidation === true ? noSchemas : await valuesSchemas(chart.files, context);
  const version = tracked.kind === "version" ? tracked.version : undefined;
  const placed = { chart, at, schemas: schemas.content, ...(version === undefined ? {} : { version }) };
  const layers = step.values.flatMap((layer) => (layer.kind === "file" ? [layer] : []));
  const valueFiles = [...layers.map(({ path }) => path), ...ownValuePaths(step, at)];
  const reads = [
    ...[...new Set([...chart.files.values(), ...valueFiles])].map((path) => ({
      path,
      id: contentId(files.fileAt(path)),
    })),
    ...schemas.reads,
  ];
  const referredAt = (directory: string): Promise<EntryPlace | undefined> =>
    chartPlace(directory, { step, chart, at, files });
  if (chart.missing.length > 0) {
    const asked = await Promise.all(
      chart.missing.map(async ({ name, version, repository, path, failure }): Promise<NotFetched> => {
        const what = `the chart depends on ${name} ${version} of ${repository || "no repository"}`;
        const line = (await dependencyPlace(path, name, files))?.line ?? 1;
        const at = { path, line };
        return failure === undefined
          ? { gaps: [{ ...at, reason: `${what}, which is not in this tree` }] }
          : notFetched(failure, at, `${what}: `);
      }),
    );
    const told = {
      gaps: asked.flatMap(({ gaps = [] }) => gaps),
      problems: asked.flatMap(({ problems = [] }) => problems),
    };
    return { ...stop(reads, told), fetched: chart.fetched, referredAt };
  }
  const versionAt = (await versionPlace(step, files)) ?? entry;
  const told = missingSchemas(schemas.missing, { files: chart.files, entry: versionAt }, files);
  return {
    reads,
    problems: [...wrongReleaseName(step, entry), ...wrongTag(tracked, versionAt), ...(told.problems ?? [])],
    gaps: [...rangeGaps(step, chart, entry), ...(told.gaps ?? [])],
    copies: chart.copies,
    fetched: [...chart.fetched, ...schemas.fetched],
    referredAt,
    render: async () => {
      const asked = await requestOf(step, placed, context);
      if (asked.kind === "refused") return { kind: "failed", problems: asked.problems };
      const outcome = await renderAll(
        await renderingsFor(asked.request, step, chart, context),
        { step, chart, at, context, entry },
        asked.gaps,
      );
      if (outcome.kind === "rendered" || "problems" in outcome) return outcome;
      return failed(inTree(outcome, chart), { step, entry, files, reads });
    },
    places: async ({ objects, trace }) => {
      const asked = await requestOf(step, placed, context);
      if (asked.kind === "refused") return { place: () => undefined };
      const traces = trace as readonly (HelmTrace | null)[];
      const renderings = await renderingsFor(asked.request, step, chart, context);
      const ownValues = ownValuePaths(step, at);
      const used = new Set(objects.map(({ document }) => traces[document]?.rendering));
      const places = await Promise.all(
        renderings.asked.map(({ request }, number) =>
          used.has(number)
            ? helmPlacesOf({ step, request: withoutSchemas(request), files: chart.files, ownValues }, context)
            : Promise.resolve(undefined),
        ),
      );
      return {
        ...(places.some((one) => one?.transient === true) ? { transient: true } : {}),
        place(number, pointer) {
          const object = objects[number];
          const from = traces[object?.document ?? -1];
          if (object === undefined || from === undefined || from === null) return undefined;
          return places[from.rendering]?.place(object, from.document, pointer);
        },
      };
    },
  };
}

/** Helm refuses other names before it reads the chart. */
function wrongReleaseName({ releaseName }: HelmStep, entry: Entry): readonly Problem[] {
  const isName = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(releaseName);
  if (isName && releaseName.length <= longestName) return [];
  const wrong = isName ? `it has ${releaseName.length} characters` : "expected lower-case letters, digits, - and .";
  const message = `cannot be rendered: ${releaseName} is not a valid release name of at most ${longestName} characters: ${wrong}`;
  return [{ stage: "render", ...entry, message }];
}

const longestName = 53;

function wrongTag(tracked: TrackedVersion, { path, line }: Entry): readonly Problem[] {
  return tracked.kind === "version"
    ? []
    : [{ stage: "render", path, line, message: `cannot be installed: ${tracked.message}` }];
}

/** The chart of a step with its dependencies, or why it is not at hand. */
async function chartOf(
  step: HelmStep,
  context: RenderContext,
): Promise<
  (PlacedChart & { readonly tracked: TrackedVersion }) | Exclude<FoundChart, { readonly kind: "copy" | "fetched" }>
> {
  const { files } = context;
  const { chart } = step;
  const found = chart.kind === "path" ? undefined : await findChart({ version: "", ...chart }, context);
  if (found !== undefined && found.kind !== "copy" && found.kind !== "fetched") return found;
  const at = chart.kind === "path" ? chart.path : (found?.path ?? "");
  const copies = found?.kind === "copy" ? [found.copy] : [];
  const fetched = found?.kind === "fetched" ? [found.fetched] : [];
  const tracked = await trackedVersion(step, found, at, files);
  if (files.fileAt(at) !== undefined) {
    const archive = new Map([[at.slice(at.lastIndexOf("/") + 1), at]]);
    return { chart: { files: archive, missing: [], copies, fetched }, at, tracked };
  }
  const directory = files.directoryAt(at);
  if (directory === undefined) return { kind: "missing" };
  const gathered = await chartFiles(directory, context);
  return {
    chart: {
      ...gathered,
      copies: [...copies, ...gathered.copies],
      fetched: [...fetched, ...gathered.fetched],
    },
    at: directory,
    tracked,
  };
}

/** What is told of a chart that is not at hand. */
async function notFound(
  step: HelmStep,
  found: Exclude<FoundChart, { readonly kind: "copy" | "fetched" }>,
  { vendor, files }: RenderContext,
  entry: Entry,
): Promise<NotFetched> {
  if (step.chart.kind === "path") return { gaps: [{ ...entry, reason: `${step.chart.path} is not in this tree` }] };
  const { name, version, repository } = step.chart;
  const shown = version === undefined ? name : `${name} ${version}`;
  const failure = failedFetch(found);
  if (failure !== undefined)
    return notFetched(failure, (await versionPlace(step, files)) ?? entry, `chart ${shown} of ${repository}: `);
  const where =
    vendor === undefined
      ? "keep a copy in this repository and name its directory as `helm.vendor`"
      : `it is not in ${vendor.directory}`;
  return { gaps: [{ ...entry, reason: `chart ${shown} of ${repository} is only in a registry: ${where}` }] };
}

/** The place that says which version of a fetched chart is used: of the source's own chart, or of a dependency. */
async function chartPlace(
  directory: string,
  {
    step,
    chart,
    at,
    files,
  }: { readonly step: HelmStep; readonly chart: ChartFiles; readonly at: string; readonly files: TreeFiles },
): Promise<EntryPlace | undefined> {
  const fetched = chart.fetched.find((one) => one.directory === directory);
  if (fetched === undefined) return undefined;
  if (step.chart.kind === "registry") return versionPlace(step, files);
  const path = at === "" ? "Chart.yaml" : `${at}/Chart.yaml`;
  const { reference } = fetched;
  if (files.fetchedAt(path) !== undefined || reference.kind !== "chart") return undefined;
  return dependencyPlace(path, reference.name, files);
}

/** A gap for a registry's chart without an exact version: any that the registry gets may be installed. */
function rangeGaps({ chart }: HelmStep, { copies: [copy] }: ChartFiles, entry: Entry): readonly Omit<Gap, "source">[] {
  if (chart.kind === "path" || copy === undefined || isExact(chart.version ?? "")) return [];
  const asked = chart.version === undefined ? "without a version" : `as ${chart.version}, which is no exact version`;
  const reason = `chart ${chart.name} of ${chart.repository} is asked for ${asked}: rendered as the copy of ${copy.version} in ${copy.path}`;
  return [{ ...entry, reason }];
}

interface Unrendered {
  readonly step: HelmStep;
  readonly entry: Entry;
  readonly files: TreeFiles;
  readonly reads: readonly Read[];
}

/** What variables nobody knows keep from being rendered is unknown; anything else is a problem. */
async function failed(
  outcome: Exclude<RenderOutcome<never>, { readonly kind: "rendered" }>,
  { step, entry, files, reads }: Unrendered,
): Promise<StepRendering> {
  const { unknownVariables: names = [] } = step;
  if (outcome.kind !== "failed" || names.length === 0) {
    const refused = outcome.kind === "failed" ? await refusedValue(outcome.message, step, files) : undefined;
    return failure(outcome, { path: undefined, entry: refused ?? entry, files });
  }
  const variables = names.map((name) => `\${${name}}`).join(", ");
  const reason = `the chart cannot be rendered without ${variables}, which nothing in this repository sets: ${outcome.message}`;
  return {
    ...nothing,
    unknown: true,
    gaps: [{ ...entry, reason, inputs: sha256(digestText([withoutPlaces(step), reads])) }],
  };
}

/** Maps the path of a failure from the chart to the tree. */
function inTree<Outcome extends { readonly kind: string; readonly path?: string }>(
  outcome: Outcome,
  chart: ChartFiles,
): Outcome {
  const path = outcome.path === undefined ? undefined : chart.files.get(outcome.path);
  return path === undefined ? outcome : { ...outcome, path };
}
