import type { JsonObject } from "../../model/json.ts";
import { valueAt } from "./differences.ts";

/** The text of an annotation; undefined where the manifest does not have it. */
export function annotation(manifest: JsonObject, key: string): string | undefined {
  const found = valueAt(manifest, ["metadata", "annotations", key]);
  return typeof found === "string" ? found : undefined;
}

/** The sync options in Argo CD's annotation of one object, such as `Prune=false`. */
export function syncOptions(manifest: JsonObject): ReadonlySet<string> {
  const text = annotation(manifest, "argocd.argoproj.io/sync-options") ?? "";
  return new Set(text.split(",").map((option) => option.trim()));
}

export function finalizersOf(manifest: JsonObject): readonly string[] {
  const found = valueAt(manifest, ["metadata", "finalizers"]);
  return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
}
