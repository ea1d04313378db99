import type { Json, JsonObject, Pointer } from "../../model/json.ts";
import { fieldAt, textAt, textsAt } from "./fields.ts";
import { below, keysOf, pointerOf } from "../../manifest/pointer.ts";

/** Whether a value of a merged kustomization was written in the spec or in the kustomization, and where. */
export interface WrittenIn {
  readonly text: "kustomization" | "spec";
  readonly pointer: Pointer;
}

const replacing: { readonly [key: string]: string } = {
  namespace: "targetNamespace",
  namePrefix: "namePrefix",
  nameSuffix: "nameSuffix",
  buildMetadata: "buildMetadata",
};
const following = new Set(["patches", "patchesStrategicMerge", "patchesJson6902", "components"]);

/** Finds where a value in the result of `mergeSpec` was written. */
export function writtenIn(
  pointer: Pointer,
  spec: JsonObject,
  kustomization: JsonObject,
  merged: JsonObject,
): WrittenIn {
  const own: WrittenIn = { text: "kustomization", pointer };
  const [key = "", index, ...rest] = keysOf(pointer);
  const replacement = replacing[key];
  if (replacement !== undefined) {
    if (fieldAt(spec, replacement) === undefined) return own;
    const inner = pointerOf(keysOf(pointer).slice(1));
    return { text: "spec", pointer: `/${replacement}${inner}` };
  }
  if (index === undefined)
    return fieldAt(kustomization, key) === undefined ? { text: "spec", pointer: below("", key) } : own;
  const inner = pointerOf(rest);
  if (following.has(key)) {
    const before = itemsAt(kustomization, key).length;
    if (Number(index) < before) return own;
    const at = Number(index) - before;
    return {
      text: "spec",
      pointer: `/${key}/${key === "components" ? componentAt(at, spec, merged, before) : at}${inner}`,
    };
  }
  if (key !== "images") return own;
  const image = itemAt(merged, "images", Number(index));
  const name = textAt(image, "name");
  const at = itemsAt(spec, "images").findLastIndex((one) => textAt(one, "name") === name);
  const [field] = rest;
  const isInSpec = at !== -1 && (field === undefined || textAt(itemAt(spec, "images", at), field) !== undefined);
  return isInSpec ? { text: "spec", pointer: `/images/${at}${inner}` } : own;
}

function itemsAt(object: JsonObject, key: string): readonly Json[] {
  const found = fieldAt(object, key);
  return Array.isArray(found) ? found : [];
}

function itemAt(object: JsonObject, key: string, index: number): Json | undefined {
  return itemsAt(object, key)[index];
}

/** The index in the spec of a merged component: components that do not exist were left out. */
function componentAt(at: number, spec: JsonObject, merged: JsonObject, before: number): number {
  const component = textsAt(merged, "components")[before + at];
  return Math.max(0, textsAt(spec, "components").indexOf(component ?? ""));
}
