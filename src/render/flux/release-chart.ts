import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { FileLine, GitOpsObject, PlanContext } from "../gitops.ts";
import type { ChartReference, OwnValues, PlacedFetch, RegistryChart } from "../plan.ts";
import type { ArtifactLayout } from "./artifact-files.ts";
import { artifactOrigin, artifactTree, fetchedBy } from "./artifact-origin.ts";
import type { Unfetched } from "./origin.ts";
import { flagAt, objectAt, textAt, textsAt } from "./fields.ts";
import { findObject, namespaceOf, pathBelow } from "./find-object.ts";
import { artifactChoice } from "./remote-source.ts";

export type ReleaseChart =
  | {
      readonly kind: "chart";
      readonly chart: ChartReference;
      readonly ownValues?: OwnValues;
      /** See `ArtifactOrigin.unseen`. */
      readonly unseen?: readonly string[];
      /** See `ArtifactOrigin.away`. */
      readonly away?: readonly Manifest[];
      /** What was fetched, which the chart is in. */
      readonly fetched: readonly PlacedFetch[];
      /** The chart's directory is this tree's own. */
      readonly isOwn: boolean;
      /** See `HelmStep.artifact`. */
      readonly artifact?: ArtifactLayout;
      readonly reads: readonly string[];
    }
  | {
      readonly kind: "unknown";
      readonly reason: string;
      readonly reads: readonly string[];
      /** The source object that leads out of the tree. */
      readonly source?: Manifest | undefined;
      readonly unfetched?: Unfetched | undefined;
    }
  | {
      readonly kind: "refused";
      readonly message: string;
      /** The line that it is about; absent: that of the HelmRelease. */
      readonly at?: FileLine;
      /** The source object that it is about. */
      readonly source?: Manifest;
      readonly reads?: readonly string[];
    };

/** Finds the chart that a HelmRelease installs: by `chartRef`, or by the HelmChart template in `chart`. */
export async function releaseChart(object: GitOpsObject, context: PlanContext): Promise<ReleaseChart> {
  const spec = objectAt(object.manifest.value, "spec");
  const [template, reference] = [objectAt(spec, "chart", "spec"), objectAt(spec, "chartRef")];
  if ((template === undefined) === (reference === undefined))
    return { kind: "refused", message: "exactly one of spec.chart.spec and spec.chartRef is needed" };
  const own = namespaceOf(object.manifest);
  if (template !== undefined)
    return templateChart(
      object,
      { spec: template, in: object.manifest, pointer: "/spec/chart/spec" },
      textAt(template, "sourceRef", "namespace") ?? own,
      context,
    );
  const [kind, name] = [textAt(reference, "kind"), textAt(reference, "name")];
  const namespace = textAt(reference, "namespace") ?? own;
  if (kind === undefined || name === undefined)
    return { kind: "refused", message: "spec.chartRef needs a kind and a name" };
  if (kind !== "HelmChart") return referredChart(object, { kind, namespace, name }, context);
  const found = findObject(object, { group: sources, kind, namespace, name }, context);
  if (found.kind === "several") return several(`HelmChart ${namespace}/${name}`, found.where);
  const chart = found.kind === "object" ? found.manifest : undefined;
  const chartSpec = objectAt(chart?.value, "spec");
  if (chart === undefined || chartSpec === undefined)
    return { kind: "unknown", reason: `HelmChart ${namespace}/${name} is not in this repository`, reads: [] };
  const made = await templateChart(
    object,
    { spec: chartSpec, in: chart, pointer: "/spec" },
    namespaceOf(chart),
    context,
  );
  return made.kind === "refused" ? made : { ...made, reads: [...made.reads, chart.position.path] };
}

function several(shown: string, where: string): ReleaseChart {
  const reason = `${shown} is declared differently in ${where}, and nothing tells which of them this cluster has`;
  return { kind: "unknown", reason, reads: [] };
}

const sources = "source.toolkit.fluxcd.io";

/** The spec of a HelmChart, in an object of its own or in a HelmRelease. */
interface ChartSpec {
  readonly spec: JsonObject;
  readonly in: Manifest;
  readonly pointer: string;
}

async function templateChart(
  object: GitOpsObject,
  { spec, in: manifest, pointer }: ChartSpec,
  namespace: string,
  context: PlanContext,
): Promise<ReleaseChart> {
  const [kind, name] = [textAt(spec, "sourceRef", "kind"), textAt(spec, "sourceRef", "name")];
  const chart = textAt(spec, "chart");
  if (kind === undefined || name === undefined || chart === undefined)
    return { kind: "refused", message: "a chart needs a name and a sourceRef with kind and name" };
  const version = textAt(spec, "version");
  const ownValues = ownValuesOf(spec);
  if (kind !== "HelmRepository") return treeChart(object, { kind, namespace, name }, chart, ownValues, context);
  const found = findObject(object, { group: sources, kind, namespace, name }, context);
  const urls = new Set(
    found.kind === "several" ? found.manifests.map(({ value }) => textAt(value, "spec", "url")) : [],
  );
  if (found.kind === "several" && urls.size > 1) return several(`HelmRepository ${namespace}/${name}`, found.where);
  const repository =
    found.kind === "object" ? found.manifest : found.kind === "several" ? found.manifests[0] : undefined;
  const url = textAt(repository?.value, "spec", "url");
  return {
    kind: "chart",
    chart: {
      kind: "registry",
      repository: url ?? `HelmRepository ${namespace}/${name}, which is not in this repository`,
      name: chart,
      ...(version === undefined ? {} : { version }),
      rules: "flux",
      at: placeIn(manifest, version === undefined ? `${pointer}/chart` : `${pointer}/version`),
    },
    ...(ownValues === undefined ? {} : { ownValues }),
    fetched: [],
    isOwn: false,
    reads: repository === undefined ? [] : [repository.position.path],
  };
}

/** A chart in a directory of a source; its values files are relative to the source's root. */
async function treeChart(
  object: GitOpsObject,
  reference: { readonly kind: string; readonly namespace: string; readonly name: string },
  chart: string,
  ownValues: OwnValues | undefined,
  context: PlanContext,
): Promise<ReleaseChart> {
  const origin = await artifactOrigin(object, reference, context);
  const sourceFile = origin.manifest === undefined ? [] : [origin.manifest.position.path];
  if (origin.kind === "elsewhere")
    return {
      kind: "unknown",
      reason: `chart ${chart}: ${origin.reason}`,
      reads: sourceFile,
      source: origin.manifest,
      unfetched: origin.unfetched,
    };
  if (origin.kind === "failed")
    return {
      kind: "refused",
      message: `chart ${chart}: ${origin.message}`,
      at: origin.at,
      source: origin.manifest,
      reads: sourceFile,
    };
  const path = pathBelow(origin.root, chart);
  const submodule = context.tree.submoduleOf(path);
  if (submodule !== undefined)
    return { kind: "unknown", reason: `chart ${path} is in the submodule ${submodule}`, reads: [...sourceFile, path] };
  const { tree, ignoreFiles } = await artifactTree(origin, context);
  const reads = [...sourceFile, ...ignoreFiles];
  if (!tree.has(path === "" ? "Chart.yaml" : `${path}/Chart.yaml`)) {
    if (tree.has(path))
      return { kind: "unknown", reason: `the packed chart ${path} is not unpacked`, reads: [...reads, path] };
    const doubt = origin.assumed ?? (origin.pinned === undefined ? undefined : `it is pinned to ${origin.pinned}`);
    const message = `there is no chart at ${path === "" ? "the root" : path}`;
    return doubt === undefined
      ? { kind: "refused", message }
      : { kind: "unknown", reason: `${message}, and ${doubt}`, reads, source: origin.manifest };
  }
  return {
    kind: "chart",
    chart: { kind: "path", path },
    ...(ownValues === undefined
      ? {}
      : { ownValues: { ...ownValues, files: ownValues.files.map((file) => pathBelow(origin.root, file)) } }),
    unseen: origin.unseen,
    ...(origin.away === undefined ? {} : { away: origin.away }),
    fetched: fetchedBy(origin),
    isOwn: origin.fetched === undefined,
    ...(origin.layout === undefined ? {} : { artifact: origin.layout }),
    reads: [...reads, path],
  };
}

/** A chart that is an artifact of its own. */
async function referredChart(
  object: GitOpsObject,
  reference: { readonly kind: string; readonly namespace: string; readonly name: string },
  context: PlanContext,
): Promise<ReleaseChart> {
  const { kind, namespace, name } = reference;
  if (kind !== "OCIRepository") return treeChart(object, reference, "", undefined, context);
  const found = findObject(object, { group: sources, kind, namespace, name }, context);
  if (found.kind === "several") return several(`OCIRepository ${namespace}/${name}`, found.where);
  const repository = found.kind === "object" ? found.manifest : undefined;
  const url = textAt(repository?.value, "spec", "url")?.replace(/\/+$/, "");
  if (repository === undefined || url === undefined)
    return {
      kind: "unknown",
      reason: `OCIRepository ${namespace}/${name}, which has the chart, is not in this repository`,
      reads: [],
    };
  const slash = url.lastIndexOf("/");
  const ref = (field: string): string | undefined => textAt(repository.value, "spec", "ref", field);
  const { choice, pointer, version } = artifactChoice(ref, repository.value);
  return {
    kind: "chart",
    chart: {
      kind: "registry",
      repository: url.slice(0, slash),
      name: url.slice(slash + 1),
      ...(version === undefined ? {} : { version }),
      rules: "flux",
      artifact: choice,
      at: placeIn(repository, pointer),
    },
    fetched: [],
    isOwn: false,
    reads: [repository.position.path],
  };
}

function placeIn({ position: { path, line, pointer } }: Manifest, within: string): NonNullable<RegistryChart["at"]> {
  return { path, line, pointer: pointer + within };
}

function ownValuesOf(spec: JsonObject): OwnValues | undefined {
  const old = textAt(spec, "valuesFile");
  const files = [...textsAt(spec, "valuesFiles"), ...(old === undefined ? [] : [old])];
  return files.length === 0 ? undefined : { files, ignoreMissing: flagAt(spec, "ignoreMissingValuesFiles") };
}
