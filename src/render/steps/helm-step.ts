import { contentId } from "../files/content-id.ts";
import { isObject } from "../../manifest/identity.ts";
import { toJsonText } from "../../manifest/json-text.ts";
import { sha256 } from "../../manifest/sha256.ts";
import { isSops } from "../../manifest/encrypted.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Problem } from "../../model/problem.ts";
import type { HelmAnswer, HelmDocument, HelmRequest, RenderOutcome } from "../../model/renderer.ts";
import type { Gap } from "../../model/source.ts";
import { chartFiles, firstObject, vendored, type ChartFiles } from "../charts/chart-files.ts";
import { digestText } from "../digest-text.ts";
import { ownTexts } from "../own-text.ts";
import { readFile } from "../files/read-file.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { HelmStep } from "../plan.ts";
import { readRendered, type RenderedObject } from "../rendered-objects.ts";
import { chartAccounts, isAccounted } from "./chart-accounts.ts";
import { failure, unreadable, type Entry } from "./failure.ts";
import { finish } from "./finish.ts";
import { helmPlacesOf } from "./helm-places.ts";
import { templatePosition } from "./template-position.ts";
import { withoutPlaces } from "./without-places.ts";
import { nothing, type Read, type StepRendering, type RenderContext, type UnkeyedStep } from "./step.ts";

/** Prepares the rendering of a chart; `entry` is the line that declares the source. */
export async function helmStep(step: HelmStep, context: RenderContext, entry: Entry): Promise<UnkeyedStep> {
  const { files, vendor } = context;
  const found = await chartOf(step, context);
  const stop = (gaps: readonly Omit<Gap, "source">[], reads: readonly Read[]): UnkeyedStep => ({
    reads,
    problems: [],
    gaps,
    stopped: true,
    render: async () => nothing,
    places: async () => ({ place: () => undefined }),
  });
  if (found === undefined) {
    if (step.chart.kind === "path") return stop([{ ...entry, reason: `${step.chart.path} is not in this tree` }], []);
    const { name, version, repository } = step.chart;
    const shown = version === undefined ? name : `${name} ${version}`;
    const where =
      vendor === undefined
        ? "keep a copy in this repository and name its directory as `helm.vendor`"
        : `it is not in ${vendor}`;
    return stop([{ ...entry, reason: `chart ${shown} of ${repository} is only in a registry: ${where}` }], []);
  }
  const { chart, at } = found;
  const layers = step.values.flatMap((layer) => (layer.kind === "file" ? [layer] : []));
  const valueFiles = [...layers.map(({ path }) => path), ...ownValuePaths(step, at)];
  const reads = [...new Set([...chart.files.values(), ...valueFiles])].map((path) => ({
    path,
    id: contentId(files.fileAt(path)),
  }));
  if (chart.missing.length > 0) {
    const gaps = chart.missing.map(({ name, version, repository, path }) => ({
      path,
      line: 1,
      reason: `the chart depends on ${name} ${version} of ${repository || "no repository"}, which is not in this tree`,
    }));
    return stop(gaps, reads);
  }
  return {
    reads,
    problems: [],
    gaps: [],
    render: async () => {
      const request = await requestOf(step, { chart, at }, context);
      if (request.kind === "refused") return { kind: "failed", problems: request.problems };
      const outcome = await context.renderer.helm(request.request);
      if (outcome.kind !== "rendered") return failed(inTree(outcome, chart), { step, at, entry, files, reads });
      return rendered(outcome.answer, { step, chart, at, context, entry, gaps: request.gaps });
    },
    places: async (rendering) => {
      const request = await requestOf(step, { chart, at }, context);
      if (request.kind === "refused") return { place: () => undefined };
      const ownValues = ownValuePaths(step, at);
      return helmPlacesOf(rendering, { step, request: request.request, files: chart.files, ownValues }, context);
    },
  };
}

async function chartOf(
  { chart }: HelmStep,
  { files, vendor }: RenderContext,
): Promise<{ readonly chart: ChartFiles; readonly at: string } | undefined> {
  const at =
    chart.kind === "path"
      ? chart.path
      : await vendored({ name: chart.name, version: chart.version ?? "" }, files, vendor);
  if (at === undefined) return undefined;
  if (files.fileAt(at) !== undefined)
    return { chart: { files: new Map([[at.slice(at.lastIndexOf("/") + 1), at]]), missing: [] }, at };
  const directory = files.directoryAt(at);
  if (directory === undefined) return undefined;
  return { chart: await chartFiles(directory, files, vendor), at: directory };
}

function ownValuePaths({ ownValues, chart }: HelmStep, at: string): readonly string[] {
  return (ownValues?.files ?? []).map((path) => (chart.kind === "registry" ? `${at}/${path}` : path));
}

type Asked =
  | { readonly kind: "asked"; readonly request: HelmRequest; readonly gaps: readonly Omit<Gap, "source">[] }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

async function requestOf(
  step: HelmStep,
  { chart, at }: { readonly chart: ChartFiles; readonly at: string },
  { files }: RenderContext,
): Promise<Asked> {
  const layerPaths = step.values.flatMap((layer) => (layer.kind === "file" ? [layer.path] : []));
  const own = ownValuePaths(step, at);
  const bytes = await files.read([...chart.files.values(), ...layerPaths, ...own]);
  const problems: Problem[] = [];
  const gaps: Omit<Gap, "source">[] = [];
  const valuesAt = (path: string, optional: boolean): JsonObject => {
    const held = bytes.get(path);
    if (held === undefined) {
      if (!optional)
        problems.push({ stage: "render", path, message: `${path} is not in this tree: expected a values file` });
      return {};
    }
    problems.push(...readFile(path, held).problems);
    const value = firstObject(path, held) ?? {};
    if (isSops(value))
      gaps.push({ path, line: 1, reason: "the values are encrypted by SOPS: rendered with the encrypted values" });
    return value;
  };
  const values = step.values.map((layer) =>
    layer.kind === "inline" ? layer.value : valuesAt(layer.path, layer.optional === true),
  );
  const content = new Map<string, Uint8Array>();
  for (const [path, from] of chart.files) {
    if (step.skipSchemaValidation === true && /(?:^|\/)values\.schema\.json$/.test(path)) continue;
    const held = bytes.get(from);
    if (held !== undefined) content.set(path, held);
  }
  if (step.ownValues !== undefined) {
    const { ignoreMissing } = step.ownValues;
    const merged = own.reduce<JsonObject>((below, path) => merge(below, valuesAt(path, ignoreMissing)), {});
    content.set("values.yaml", new TextEncoder().encode(toJsonText(merged)));
  }
  if (problems.length > 0) return { kind: "refused", problems };
  const { releaseName, namespace, set, kubeVersion, apiVersions, includeCrds } = step;
  return {
    kind: "asked",
    gaps,
    request: {
      chart: content,
      releaseName,
      namespace,
      values,
      ...(set === undefined ? {} : { set: set.map(({ as, name, value }) => ({ as, name, value })) }),
      ...(kubeVersion === undefined ? {} : { kubeVersion }),
      ...(apiVersions === undefined ? {} : { apiVersions }),
      ...(includeCrds === undefined ? {} : { includeCrds }),
    },
  };
}

function merge(below: JsonObject, above: JsonObject): JsonObject {
  const merged: { [key: string]: JsonObject[string] } = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const held = Object.hasOwn(below, key) ? below[key] : undefined;
    merged[key] = isObject(held) && isObject(value) ? merge(held, value) : value;
  }
  return merged;
}

interface Unrendered {
  readonly step: HelmStep;
  readonly at: string;
  readonly entry: Entry;
  readonly files: TreeFiles;
  readonly reads: readonly Read[];
}

/** What variables nobody knows keep from being rendered is unknown; anything else is a problem. */
function failed(
  outcome: Exclude<RenderOutcome<never>, { readonly kind: "rendered" }>,
  { step, at, entry, files, reads }: Unrendered,
): StepRendering {
  const { unknownVariables: names = [] } = step;
  if (outcome.kind !== "failed" || names.length === 0)
    return failure(outcome, { path: `${at}/Chart.yaml`, entry, files });
  const variables = names.map((name) => `\${${name}}`).join(", ");
  const reason = `the chart cannot be rendered without ${variables}, which nothing in this repository sets: ${outcome.message}`;
  return {
    ...nothing,
    unknown: true,
    gaps: [{ ...entry, reason, inputs: sha256(digestText([withoutPlaces(step), reads])) }],
  };
}

interface Built {
  readonly step: HelmStep;
  readonly chart: ChartFiles;
  readonly at: string;
  readonly context: RenderContext;
  readonly entry: Entry;
  readonly gaps: readonly Omit<Gap, "source">[];
}

async function rendered(answer: HelmAnswer, { step, chart, at, context, entry, gaps }: Built): Promise<StepRendering> {
  const { files } = context;
  const kept = [...answer.documents.entries()].flatMap(([number, document]) =>
    step.tests !== true && isTest(document) ? [] : [{ ...document, number }],
  );
  const finished = await finish(
    kept.map(({ yaml }) => yaml),
    step.finish,
    context,
  );
  if (finished.kind === "failed") return failure(finished.outcome, { path: undefined, entry, files });
  const reading = readRendered(finished.documents.map(({ text }) => text));
  const templateOf = (document: number): string | undefined =>
    chart.files.get(kept[finished.documents[document]?.from ?? -1]?.template ?? "");
  if (reading.kind === "unreadable") {
    const template = templateOf(reading.document);
    return unreadable(reading.message, template === undefined ? entry : { path: template, line: 1 });
  }
  const bytes = await files.read(chart.files.values());
  const objects = reading.objects.map((object): RenderedObject => {
    const template = templateOf(object.document);
    const position = template === undefined ? undefined : templatePosition(template, bytes.get(template), object);
    return position === undefined ? object : { ...object, position };
  });
  const layers = step.values.flatMap((layer) => (layer.kind === "file" ? [layer.path] : []));
  const own = ownTexts(bytes, (path) => path);
  const printed = new Set(kept.map(({ template }) => template));
  const read = [...layers, ...ownValuePaths(step, at)].filter((path) => isAccounted(path, own, objects));
  const accounts = [...new Set([...chartAccounts(chart.files, printed, { own, objects }), ...read])];
  return {
    kind: "rendered",
    objects,
    yaml: finished.documents.map(({ text }) => (text.endsWith("\n") ? text : `${text}\n`)).join("---\n"),
    accounts: accounts.map((path) => files.fileAt(path)?.path ?? path),
    gaps: [...gaps, ...(answer.notes ?? []).map((reason) => ({ ...entry, reason }))],
    trace: finished.documents.map(({ from }) => kept[from ?? -1]?.number ?? null),
  };
}

/** Whether a document is a hook that only `helm test` runs: Argo CD never applies it, Flux where the release asks for tests. */
function isTest({ yaml, hook }: HelmDocument): boolean {
  if (hook !== true) return false;
  const reading = readRendered([yaml]);
  const [object] = reading.kind === "objects" ? reading.objects : [];
  const metadata = object?.value["metadata"];
  const annotations = isObject(metadata) ? metadata["annotations"] : undefined;
  const hooks = isObject(annotations) ? annotations["helm.sh/hook"] : undefined;
  return typeof hooks === "string" && hooks.split(",").every((one) => /^test(?:-success|-failure)?$/.test(one.trim()));
}

/** Maps the path of a failure from the chart to the tree. */
function inTree<Outcome extends { readonly kind: string; readonly path?: string }>(
  outcome: Outcome,
  chart: ChartFiles,
): Outcome {
  const path = outcome.path === undefined ? undefined : chart.files.get(outcome.path);
  return path === undefined ? outcome : { ...outcome, path };
}
