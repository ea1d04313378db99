import type { Change } from "../../model/change.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Loss } from "../../model/rollback.ts";
import { valueAt } from "../dangers/differences.ts";
import { objectName } from "./object-name.ts";

/** What an object that was deleted since lacks when it comes back, by group and kind. */
const lacks: { readonly [groupKind: string]: (manifest: Manifest) => string | undefined } = {
  "/Namespace": () => "what was in it and is not in Git does not come back",
  "/PersistentVolumeClaim": ({ value }) =>
    valueAt(value, ["spec", "volumeName"]) === undefined
      ? "where it was deleted, a new and empty one is made"
      : "its volume is bound again only if it was kept and released",
  "/PersistentVolume": () => "its data are there only if what it names was kept",
  "apiextensions.k8s.io/CustomResourceDefinition": ({ value }) => {
    const kind = valueAt(value, ["spec", "names", "kind"]);
    const named = typeof kind === "string" ? kind : "object of its kind";
    return `where it was deleted, every ${named} in the cluster went with it, and only those in Git come back`;
  },
  "apps/StatefulSet": ({ value }) => {
    const templates = valueAt(value, ["spec", "volumeClaimTemplates"]);
    if (!Array.isArray(templates) || templates.length === 0) return undefined;
    return valueAt(value, ["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]) === "Delete"
      ? "its claims went with it, and new ones are empty"
      : "its claims are used again where nobody deleted them; new ones are empty";
  },
};

/** Objects with data or dependents that left since: going back makes new ones. */
export function newAndEmpty(change: Change): readonly Loss[] {
  if (change.kind !== "created") return [];
  const { group, kind } = change.after.identity;
  const without = lacks[`${group}/${kind}`]?.(change.after);
  if (without === undefined) return [];
  const message = `left the desired state since then; ${without}`;
  return [{ kind: "empty", manifest: objectName(change.after), message }];
}
