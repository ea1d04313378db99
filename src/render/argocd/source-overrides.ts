import { isObject } from "../../manifest/identity.ts";
import { locateDeepest } from "../../manifest/locate.ts";
import type { Json, JsonObject, Pointer } from "../../model/json.ts";
import type { TreeView } from "../gitops.ts";
import { readValues } from "./read-values.ts";
import type { WrittenPlace } from "./source-request.ts";
import { keysOf, valueAt } from "../../manifest/pointer.ts";

/** The source with its overrides merged in, or the problem of the first override file that cannot be read. */
export type Overridden =
  | { readonly kind: "source"; readonly source: JsonObject; readonly layers: readonly OverrideLayer[] }
  | { readonly kind: "unreadable"; readonly path: string; readonly line: number; readonly message: string };

/** One `.argocd-source` file with its content. */
export interface OverrideLayer {
  readonly path: string;
  readonly text: string;
  readonly value: JsonObject;
}

/** Fields that an override file cannot change. */
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
  const layers: OverrideLayer[] = [];
  for (const name of [".argocd-source.yaml", `.argocd-source-${application}.yaml`]) {
    const path = directory === "" ? name : `${directory}/${name}`;
    const bytes = name.includes("/") || !tree.has(path) ? undefined : await tree.read(path);
    if (bytes === undefined) continue;
    const reading = readValues(path, bytes);
    if (reading.kind === "unreadable") return { ...reading, path };
    if (reading.kind === "empty") continue;
    layers.push({ path, text: new TextDecoder().decode(bytes), value: reading.value });
    merged = mergeObjects(merged, reading.value);
  }
  if (layers.length === 0) return { kind: "source", source, layers };
  const own = (from: JsonObject, isOwn: boolean): readonly (readonly [string, Json])[] =>
    Object.entries(from).filter(([key]) => kept.includes(key) === isOwn);
  return { kind: "source", source: Object.fromEntries([...own(merged, false), ...own(source, true)]), layers };
}

/** Where an override file writes a value of the source: the last file that has the option of its tool. Undefined where none does. `pointer` is relative to the source. */
export function placeInLayers(pointer: Pointer, layers: readonly OverrideLayer[]): WrittenPlace | undefined {
  const option = keysOf(pointer).slice(0, 2);
  const layer = layers.findLast(({ value }) => valueAt(value, option) !== undefined);
  if (layer === undefined) return undefined;
  return { path: layer.path, line: locateDeepest(layer.text, 0, pointer)?.place.line ?? 1, pointer };
}

/** JSON Merge Patch (RFC 7396). */
function mergeObjects(target: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    const old = result.get(key);
    if (value === null) result.delete(key);
    else result.set(key, isObject(value) ? mergeObjects(isObject(old) ? old : {}, value) : value);
  }
  return Object.fromEntries(result);
}
