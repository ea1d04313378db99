import type { Json, JsonObject, Pointer } from "../model/json.ts";
import { isManifest, isObject } from "./identity.ts";

/** One object found in a document, or a part of the document that is not an object. */
export type Recognised =
  | {
      readonly kind: "manifest";
      readonly pointer: Pointer;
      readonly value: JsonObject & { readonly apiVersion: string; readonly kind: string };
    }
  | { readonly kind: "other"; readonly pointer: Pointer; readonly reason: string; readonly value: Json };

/**
 * Finds the Kubernetes objects in a document: itself, the items of a `List`, or the elements of an array. Kubernetes
 * refuses an array, but whatever cuts it up before (kustomize, a script) hands on its elements, so they are judged.
 */
export function recognise(value: Json, pointer: Pointer = ""): readonly Recognised[] {
  if (Array.isArray(value)) return recogniseArray(value, pointer);
  if (!isManifest(value)) return [{ kind: "other", pointer, reason: whyNot(value), value }];
  const items = Object.hasOwn(value, "items") ? value["items"] : undefined;
  if (!isList(value, items)) return [{ kind: "manifest", pointer, value }, ...hiddenItems(value, items, pointer)];
  if (items === undefined || items === null || items.length === 0) {
    return [{ kind: "other", pointer, reason: `a ${value.kind} without items`, value }];
  }
  return items.flatMap((item, index) => recognise(typed(item, value), `${pointer}/items/${index}`));
}

// kubectl and Argo CD treat anything with items as a list, whatever its kind and name, so nothing may hide there. A
// resource's own `items` of another sort have neither a kind nor metadata.
function hiddenItems(
  value: JsonObject & { readonly apiVersion: string; readonly kind: string },
  items: Json | undefined,
  pointer: Pointer,
): readonly Recognised[] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: Json, index) => {
    if (!isObject(item) || !(isManifest(item) || isObject(item["metadata"]))) return [];
    return recognise(typed(item, value), `${pointer}/items/${index}`);
  });
}

function recogniseArray(elements: readonly Json[], pointer: Pointer): readonly Recognised[] {
  if (elements.some((element) => isManifest(element))) {
    return elements.flatMap((element, index) => recognise(element, `${pointer}/${index}`));
  }
  return [{ kind: "other", pointer, reason: "a list whose elements are not Kubernetes objects", value: elements }];
}

// A custom resource may be called `AllowList` and have items of its own; what has a name is an object, not a list.
function isList(
  value: JsonObject & { readonly kind: string },
  items: Json | undefined,
): items is readonly Json[] | null | undefined {
  const absent = items === undefined || items === null;
  if (value.kind === "List") return absent || Array.isArray(items);
  if (!value.kind.endsWith("List") || absent || !Array.isArray(items)) return false;
  const metadata = value["metadata"];
  const named = isObject(metadata) && Object.hasOwn(metadata, "name");
  return !named && items.every((item) => isObject(item));
}

// Kubernetes gives the items of a typed list (`PodList`) the type of the list where they have none; so it does for any kind.
function typed(item: Json, list: { readonly apiVersion: string; readonly kind: string }): Json {
  if (list.kind === "List" || !isObject(item) || Object.hasOwn(item, "kind") || Object.hasOwn(item, "apiVersion"))
    return item;
  return { apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, ""), ...item };
}

function whyNot(value: Json): string {
  if (!isObject(value)) return `a single ${value === null ? "null" : typeof value}, not an object`;
  const missing = ["apiVersion", "kind"].filter((key) => !Object.hasOwn(value, key));
  if (missing.length > 0) return `no ${missing.join(" and no ")}`;
  const wrong = ["apiVersion", "kind"].filter((key) => typeof value[key] !== "string" || value[key] === "");
  return `${wrong.join(" and ")} must be ${wrong.length > 1 ? "non-empty strings" : "a non-empty string"}`;
}
