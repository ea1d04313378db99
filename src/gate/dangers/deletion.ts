import type { BuiltinFinding, ManifestHandle, StateChange } from "../../model/builtin-check.ts";
import type { Manifest } from "../../model/manifest.ts";
import { identityKey } from "../fingerprint.ts";
import { dangerViolation, named } from "./danger-violation.ts";
import { valueAt } from "./differences.ts";
import { deletionEffect } from "./deletion-effect.ts";
import { finalizersOf } from "./marks.ts";
import { dangers } from "./policies.ts";
import { sourceName } from "./source-name.ts";

/** What is lost with an object, by group and kind. Only these kinds are dangerous to delete. */
const goesWith: { readonly [groupKind: string]: (manifest: Manifest) => string } = {
  "/Namespace": () => "everything in it is deleted with it",
  "/PersistentVolumeClaim": () => "its data is deleted with it if the volume's reclaim policy is Delete",
  "apiextensions.k8s.io/CustomResourceDefinition": ({ value }) =>
    `every ${kindOf(valueAt(value, ["spec", "names", "kind"]))} in the cluster is deleted with it`,
  "apps/StatefulSet": ({ value }) =>
    valueAt(value, ["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]) === "Delete"
      ? "its claims and their data are deleted with it"
      : "its Pods are deleted with it, but the claims of its volumeClaimTemplates stay",
};

/** Finds objects with data or dependents that leave the desired state: a warning, or only information where the cluster keeps them. */
export function deletions(change: StateChange): readonly BuiltinFinding[] {
  let left: ReadonlyMap<string, ManifestHandle> | undefined;
  return change.changes.flatMap((one): readonly BuiltinFinding[] => {
    if (one.kind !== "deleted") return [];
    const { before } = one;
    const { group, kind, namespace, name } = before.identity;
    const consequence = goesWith[`${group}/${kind}`]?.(before);
    if (consequence === undefined || name.endsWith("*")) return [];
    left ??= new Map(change.after.manifests.map((manifest) => [keyOf(manifest), manifest]));
    const fate = deletionEffect(before, change);
    const finalizers = finalizersOf(before.value);
    const other = left.get(keyOf(before));
    const parts = [
      `${named({ kind, name, ...(namespace === undefined ? {} : { namespace }) })} leaves the desired state; ${fate.because}`,
      ...(fate.kind === "kept" ? [] : [consequence]),
      ...(fate.kind === "kept" || finalizers.length === 0
        ? []
        : [`its finalizers run first: ${finalizers.join(", ")}`]),
      ...(other === undefined
        ? []
        : [
            `${other.source === undefined ? other.position.path : sourceName(other.source)} also yields it and would create it again`,
          ]),
    ];
    return [
      {
        about: "manifest",
        manifest: before,
        violation: dangerViolation({
          policy: dangers.deletion,
          level: fate.kind === "kept" ? "info" : "warn",
          message: parts.join("; "),
        }),
      },
    ];
  });
}

function keyOf({ identity, environment }: ManifestHandle): string {
  return identityKey(identity, environment);
}

function kindOf(value: unknown): string {
  return typeof value === "string" ? value : "object of its kind";
}
