import type { ManifestHandle, StateChange, StateOverview } from "../../model/builtin-check.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Source, SourceKind } from "../../model/source.ts";
import { identityKey } from "../fingerprint.ts";
import { annotation, syncOptions } from "./marks.ts";
import { sourceName } from "./source-name.ts";

/** What happens in the cluster to an object that leaves the desired state. */
export interface DeletionEffect {
  readonly kind: "deleted" | "kept" | "unknown";
  readonly because: string;
}

/** Determines it from the object's source (does it prune, is it removed too?) and from the object's own annotations. */
export function deletionEffect(manifest: Manifest, { before, after }: StateChange): DeletionEffect {
  const id = manifest.source;
  const source = id === undefined ? undefined : before.sources.get(id);
  if (source === undefined || id === undefined || !controllers.has(source.kind))
    return {
      kind: "unknown",
      because: `whether it is deleted depends on what applies ${id === undefined ? manifest.position.path : sourceName(id)}`,
    };
  const stays = after.sources.get(id);
  const mark = keepingMark(manifest, source, stays === undefined);
  if (mark !== undefined) return { kind: "kept", because: `it stays in the cluster: ${mark}` };
  if (stays === undefined) return effectOfCascade(source);
  const effect = effectOfPruning(stays, manifest);
  if (effect.kind === "kept" || !isNotApplied(manifest, after)) return effect;
  return {
    kind: "unknown",
    because: `${sourceName(id)} leaves it in the cluster as it is, and no longer if it leaves the tree too`,
  };
}

/** Whether its source still yields the object and its tool does nothing with it. */
export function isNotApplied(
  { identity, environment, source }: ManifestHandle,
  { notApplied = [] }: Pick<StateOverview, "notApplied">,
): boolean {
  return notApplied.some(
    (other) =>
      other.source === source && identityKey(other.identity, other.environment) === identityKey(identity, environment),
  );
}

const controllers = new Set<SourceKind>([
  "argocd-application",
  "flux-kustomization",
  "flux-helmrelease",
  "flux-resourceset",
]);

function effectOfPruning({ id, traits }: Source, manifest: Manifest): DeletionEffect {
  const name = sourceName(id);
  if (traits?.prune === false) return { kind: "kept", because: `it stays in the cluster: ${name} does not prune` };
  if (traits?.prune === undefined) return { kind: "unknown", because: `it is deleted if ${name} prunes` };
  const waits = syncOptions(manifest.value).has("Prune=confirm") ? ", once someone confirms it" : "";
  const paused = traits.suspended === true ? ", once it is resumed" : "";
  return { kind: "deleted", because: `${name} prunes it${waits}${paused}` };
}

function effectOfCascade({ id, traits }: Source): DeletionEffect {
  const name = sourceName(id);
  if (traits?.cascades === false)
    return { kind: "kept", because: `it stays in the cluster: ${name} is removed without deleting what it applied` };
  if (traits?.cascades === undefined)
    return { kind: "unknown", because: `it is deleted if ${name} deletes what it applied` };
  return { kind: "deleted", because: `${name} is removed and deletes what it applied` };
}

/** The annotation or option that keeps an object from being deleted by its tool; undefined where there is none. */
function keepingMark({ value, identity, position }: Manifest, { kind }: Source, goes: boolean): string | undefined {
  const helmKeeps =
    annotation(value, "helm.sh/resource-policy") === "keep" ? "helm.sh/resource-policy: keep" : undefined;
  switch (kind) {
    case "argocd-application": {
      const option = goes ? "Delete=false" : "Prune=false";
      if (syncOptions(value).has(option)) return option;
      const isDefinition = identity.kind === "CustomResourceDefinition";
      return (
        helmKeeps ??
        (goes && isDefinition ? "Argo CD never deletes a CustomResourceDefinition with its Application" : undefined)
      );
    }
    case "flux-kustomization":
      return annotation(value, "kustomize.toolkit.fluxcd.io/prune")?.toLowerCase() === "disabled"
        ? "kustomize.toolkit.fluxcd.io/prune: disabled"
        : undefined;
    case "flux-helmrelease":
      return (
        helmKeeps ?? (isOfCrds(position.path) ? "Helm never deletes what is in a chart's crds directory" : undefined)
      );
    case "flux-resourceset":
      return annotation(value, "fluxcd.controlplane.io/prune")?.toLowerCase() === "disabled"
        ? "fluxcd.controlplane.io/prune: disabled"
        : undefined;
    case "file":
    case "document":
    case "directory":
    case "kustomize":
    case "helm":
      return undefined;
    default:
      return kind satisfies never;
  }
}

function isOfCrds(path: string): boolean {
  return /(?:^|\/)crds\//.test(path);
}
