import type { GitOpsObject, PlanContext, Planned, TreeView } from "../gitops.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Problem } from "../../model/problem.ts";
import type { SourceTraits } from "../../model/source.ts";
import type { PlacedFetch, Plan, Step } from "../plan.ts";
import { artifactOrigin, artifactTree, fetchedBy } from "./artifact-origin.ts";
import { flagAt, objectAt, textAt } from "./fields.ts";
import type { ArtifactOrigin, Unfetched } from "./origin.ts";
import { namespaceOf, pathBelow } from "./find-object.ts";
import { commonMetadata, commonTraits, dependencyViolations, fluxSource, gapOf, problemOf } from "./flux-source.ts";
import { kustomizationOf } from "./generated-resources.ts";
import { kustomizationStep } from "./kustomization-step.ts";
import { readSubstitution } from "./substitution.ts";

/** Plans what kustomize-controller applies for a Kustomization. */
export async function planKustomization(object: GitOpsObject, context: PlanContext): Promise<Planned> {
  const { manifest } = object;
  const spec = objectAt(manifest.value, "spec");
  const [kind, name] = [textAt(spec, "sourceRef", "kind"), textAt(spec, "sourceRef", "name")];
  if (spec === undefined || kind === undefined || name === undefined)
    return outcome(object, context, { problems: [problemOf(object, "spec.sourceRef needs a kind and a name")] });
  const namespace = textAt(spec, "sourceRef", "namespace") ?? namespaceOf(manifest);
  const origin = await artifactOrigin(object, { kind, namespace, name }, context);
  const sourceFile = origin.manifest === undefined ? [] : [origin.manifest.position.path];
  if (origin.kind === "elsewhere")
    return outcome(object, context, {
      gaps: [origin.reason],
      away: [origin.manifest].filter((one) => one !== undefined),
      unfetched: origin.unfetched,
      reads: sourceFile,
    });
  if (origin.kind === "failed")
    return outcome(object, context, {
      problems: [problemOf(object, origin.message, origin.at)],
      reads: sourceFile,
      objects: [origin.manifest],
    });
  const directory = pathBelow(origin.root, textAt(spec, "path") ?? "");
  const { tree, ignoreFiles } = await artifactTree(origin, context);
  const reads = [...sourceFile, ...ignoreFiles, directory];
  const submodule = context.tree.submoduleOf(directory);
  if (submodule !== undefined)
    return outcome(object, context, { gaps: [`${directory} is in the submodule ${submodule}`], reads });
  if (!tree.isDirectory(directory) || isForeignRoot(origin, directory, tree))
    return missing(object, context, { origin, directory, reads });
  const built = await kustomizationStep(tree, directory, manifest, context.tree);
  if (built.kind === "refused")
    return outcome(object, context, { problems: [problemOf(object, built.message)], applies: [directory], reads });
  const applies = origin.fetched === undefined ? [directory] : [];
  const { environments } = fluxSource(object, "flux-kustomization", applies, {}, context);
  const substitution = readSubstitution(object, environments, context);
  const { substitute } = substitution;
  const finish = { ...(substitute === undefined ? {} : { substitute }), ...commonMetadata(object) };
  const step: Step = {
    ...built.step,
    ...(origin.layout === undefined ? {} : { artifact: origin.layout }),
    ...(Object.keys(finish).length === 0 ? {} : { finish }),
  };
  return outcome(object, context, {
    steps: [step],
    applies,
    fetched: fetchedBy(origin),
    gaps: [
      ...origin.unseen,
      ...substitution.unknown.map((what) => `${what}: the variables that it sets are not substituted`),
    ],
    away: origin.away,
    problems: substitution.refused.map((variable) =>
      problemOf(
        object,
        `"${variable}" is not a valid variable name; expected letters, digits and _, not starting with a digit`,
      ),
    ),
    reads: [...reads, ...built.reads, ...substitution.reads],
  });
}

/** Whether the path is the root of a repository that may be another one: every tree has a root, so its existence proves nothing. */
function isForeignRoot(origin: ArtifactOrigin & { readonly kind: "tree" }, directory: string, tree: TreeView): boolean {
  return origin.assumed !== undefined && directory === "" && kustomizationOf(tree, "") === undefined;
}

/** A missing directory is a problem only where the source certainly is this tree; else it is a gap. */
function missing(
  object: GitOpsObject,
  context: PlanContext,
  {
    origin,
    directory,
    reads,
  }: {
    readonly origin: ArtifactOrigin & { readonly kind: "tree" };
    readonly directory: string;
    readonly reads: readonly string[];
  },
): Planned {
  const doubt = origin.assumed ?? (origin.pinned === undefined ? undefined : `it is pinned to ${origin.pinned}`);
  const shown =
    directory === ""
      ? "the root of this repository contains no kustomization"
      : `there is no directory ${directory} here`;
  if (doubt !== undefined)
    return outcome(object, context, {
      gaps: [`${shown}, and ${doubt}`],
      away: [origin.manifest].filter((one) => one !== undefined),
      reads,
    });
  const what = context.tree.isDirectory(directory)
    ? `is not in the artifact: a link, or left out by .sourceignore or spec.ignore`
    : context.tree.has(directory)
      ? "is a file, not a directory"
      : "does not exist";
  return outcome(object, context, { problems: [problemOf(object, `spec.path: ${directory} ${what}`)], reads });
}

interface KustomizationParts {
  readonly steps?: readonly Step[];
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

function outcome(object: GitOpsObject, context: PlanContext, found: KustomizationParts): Planned {
  const source = fluxSource(object, "flux-kustomization", found.applies ?? [], traitsOf(object), context);
  const plan: Plan = {
    source,
    steps: found.steps ?? [],
    gaps: (found.gaps ?? []).map((reason) => gapOf(object, reason, found.away, found.unfetched)),
    ...(found.fetched === undefined || found.fetched.length === 0 ? {} : { fetched: found.fetched }),
  };
  return {
    plans: [plan],
    children: [],
    gaps: [],
    problems: found.problems ?? [],
    violations: dependencyViolations(object, context),
    reads: [...new Set(found.reads ?? [])].toSorted(),
    ...(found.objects === undefined ? {} : { objects: found.objects }),
  };
}

function traitsOf(object: GitOpsObject): SourceTraits {
  const { value } = object.manifest;
  const prune = flagAt(value, "spec", "prune");
  const policy = textAt(value, "spec", "deletionPolicy") ?? "MirrorPrune";
  return {
    ...commonTraits(object),
    prune,
    cascades: policy === "MirrorPrune" ? prune : policy !== "Orphan",
    ...(flagAt(value, "spec", "force") ? { recreates: true } : {}),
  };
}
