import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { TreeView } from "../gitops.ts";
import { readValues } from "./read-values.ts";

/** The source as Argo CD reads it, or the first override file that it cannot read. */
export type Overridden =
  | { readonly kind: "source"; readonly source: JsonObject; readonly files: readonly string[] }
  | { readonly kind: "unreadable"; readonly path: string; readonly line: number; readonly message: string };

/** What an override file cannot change. */
const kept = ["chart", "path", "repoURL", "targetRevision"];

/**
 * Merges `.argocd-source.yaml` and `.argocd-source-<application>.yaml` of a source's directory over the source, in this
 * order, as JSON merge patches; Argo CD Image Updater writes the second.
 */
export async function overrideSource(
  source: JsonObject,
  directory: string,
  application: string,
  tree: TreeView,
): Promise<Overridden> {
  let merged: JsonObject = source;
  const files: string[] = [];
  for (const name of [".argocd-source.yaml", `.argocd-source-${application}.yaml`]) {
    const path = directory === "" ? name : `${directory}/${name}`;
    const bytes = name.includes("/") || !tree.has(path) ? undefined : await tree.read(path);
    if (bytes === undefined) continue;
    const reading = readValues(path, bytes);
    if (reading.kind === "unreadable") return { ...reading, path };
    if (reading.kind === "empty") continue;
    files.push(path);
    merged = mergeObjects(merged, reading.value);
  }
  if (files.length === 0) return { kind: "source", source, files };
  const own = (from: JsonObject, isOwn: boolean): readonly (readonly [string, Json])[] =>
    Object.entries(from).filter(([key]) => kept.includes(key) === isOwn);
  return { kind: "source", source: Object.fromEntries([...own(merged, false), ...own(source, true)]), files };
}

/** RFC 7396. */
function mergeObjects(target: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    const old = result.get(key);
    if (value === null) result.delete(key);
    else result.set(key, isObject(value) ? mergeObjects(isObject(old) ? old : {}, value) : value);
  }
  return Object.fromEntries(result);
}
