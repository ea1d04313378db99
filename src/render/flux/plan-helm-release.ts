import { toJsonText } from "../../manifest/json-text.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Problem } from "../../model/problem.ts";
import type { GitOpsObject, PlanContext, Planned } from "../gitops.ts";
import type { Finish, HelmStep, PlacedFetch, PostRenderer } from "../plan.ts";
import { isGateOpen } from "./feature-gates.ts";
import type { Unfetched } from "./origin.ts";
import { flagAt, objectAt, objectsAt, textAt } from "./fields.ts";
import { commonMetadata, commonTraits, dependencyViolations, fluxSource, gapOf, problemOf } from "./flux-source.ts";
import { mergeSpec } from "./merge-spec.ts";
import { releaseChart, type ReleaseChart } from "./release-chart.ts";
import { releaseNameOf, releaseNamespaceOf } from "./release-name.ts";
import { releaseValues } from "./release-values.ts";
import { unknownIn } from "./unknown-variables.ts";

/** Plans what helm-controller installs for a HelmRelease. */
export async function planHelmRelease(object: GitOpsObject, context: PlanContext): Promise<Planned> {
  const found = await releaseChart(object, context);
  if (found.kind === "refused")
    return outcome(object, context, {
      problems: [problemOf(object, found.message, found.at)],
      reads: found.reads ?? [],
      ...(found.source === undefined ? {} : { objects: [found.source] }),
    });
  if (found.kind === "unknown") {
    const { reason, source, unfetched, reads } = found;
    return outcome(object, context, {
      gaps: [reason],
      away: [source].filter((one) => one !== undefined),
      unfetched,
      reads,
    });
  }
  const values = releaseValues(object, context);
  const step = await stepOf(object, found, values, context);
  const { chart, unseen = [] } = found;
  return outcome(object, context, {
    step,
    applies: chart.kind === "path" && found.isOwn ? [chart.path] : [],
    fetched: found.fetched,
    gaps: [...unseen, ...values.unknown.map((what) => `${what}: rendered without its values`)],
    away: found.away,
    problems: values.refused.map((message) => problemOf(object, message)),
    reads: [...found.reads, ...values.reads],
  });
}

async function stepOf(
  object: GitOpsObject,
  { chart, ownValues, artifact }: ReleaseChart & { readonly kind: "chart" },
  { layers, set }: Pick<HelmStep, "set"> & { readonly layers: HelmStep["values"] },
  context: PlanContext,
): Promise<HelmStep> {
  const { manifest } = object;
  const install = objectAt(manifest.value, "spec", "install");
  const namespace = releaseNamespaceOf(manifest);
  const kustomizations = postRenderers(manifest);
  const isOfArtifact = chart.kind === "registry" && chart.artifact !== undefined;
  const given = [
    ...layers.map((layer) => (layer.kind === "inline" ? layer.value : null)),
    set?.map(({ value }) => value) ?? [],
  ];
  const unknown = [...new Set(unknownIn(toJsonText(given)))].toSorted();
  const finish: Finish = {
    ...(kustomizations.length > 0 ? { kustomizations } : {}),
    ...commonMetadata(object),
    defaultNamespace: namespace,
  };
  return {
    kind: "helm",
    chart,
    ...(artifact === undefined ? {} : { artifact }),
    ...(isOfArtifact && !isGateOpen(object, "helm-controller", "DisableChartDigestTracking", context)
      ? { isDigestTracked: true }
      : {}),
    releaseName: await releaseNameOf(manifest),
    namespace,
    values: layers,
    ...(ownValues === undefined ? {} : { ownValues }),
    ...(set === undefined || set.length === 0 ? {} : { set }),
    includeCrds: textAt(install, "crds") !== "Skip" && !flagAt(install, "skipCRDs"),
    ...(unknown.length === 0 ? {} : { unknownVariables: unknown }),
    ...(flagAt(manifest.value, "spec", "test", "enable") ? { tests: true } : {}),
    ...(flagAt(install, "disableSchemaValidation") ? { skipSchemaValidation: true } : {}),
    finish,
  };
}

/** One kustomization for each post renderer, each applied to the output of the one before. */
function postRenderers({ value, position }: Manifest): readonly PostRenderer[] {
  return objectsAt(value, "spec", "postRenderers").flatMap(({ item, index }) => {
    const kustomize = objectAt(item, "kustomize");
    if (kustomize === undefined) return [];
    const spec = onlyPostRendered(kustomize);
    const merged = mergeSpec(spec, {}, () => true);
    const at = { ...position, pointer: `${position.pointer}/spec/postRenderers/${index}/kustomize` };
    return merged.kind === "merged" ? [{ kustomization: merged.kustomization, spec, at }] : [];
  });
}

function onlyPostRendered(kustomize: JsonObject): JsonObject {
  const fields = ["patches", "images", "patchesStrategicMerge", "patchesJson6902"];
  return Object.fromEntries(Object.entries(kustomize).filter(([key]) => fields.includes(key)));
}

interface ReleaseParts {
  readonly step?: HelmStep;
  readonly applies?: readonly string[];
  readonly fetched?: readonly PlacedFetch[];
  readonly gaps?: readonly string[];
  /** The source objects that lead out of the tree. */
  readonly away?: readonly Manifest[] | undefined;
  readonly unfetched?: Unfetched | undefined;
  readonly problems?: readonly Problem[];
  readonly reads?: readonly string[];
  /** See `Planned.objects`. */
  readonly objects?: readonly Manifest[];
}

function outcome(object: GitOpsObject, context: PlanContext, found: ReleaseParts): Planned {
  // Helm deletes what is removed from the chart, and everything when the release is deleted.
  const traits = { ...commonTraits(object), prune: true, cascades: true };
  const source = fluxSource(object, "flux-helmrelease", found.applies ?? [], traits, context);
  return {
    plans: [
      {
        source,
        steps: found.step === undefined ? [] : [found.step],
        gaps: (found.gaps ?? []).map((reason) => gapOf(object, reason, found.away, found.unfetched)),
        ...(found.fetched === undefined || found.fetched.length === 0 ? {} : { fetched: found.fetched }),
      },
    ],
    children: [],
    gaps: [],
    problems: found.problems ?? [],
    violations: dependencyViolations(object, context),
    reads: [...new Set(found.reads ?? [])].toSorted(),
    ...(found.objects === undefined ? {} : { objects: found.objects }),
  };
}
