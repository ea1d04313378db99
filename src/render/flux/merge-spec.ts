import { toJsonText } from "../../manifest/json-text.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { fieldAt, flagAt, objectAt, objectsAt, textAt, textsAt } from "./fields.ts";

/** The merged kustomization, or the message of what was refused. */
export type Merged =
  | { readonly kind: "merged"; readonly kustomization: JsonObject }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Merges the spec of a Flux Kustomization into the kustomization of its directory, as the generator of
 * github.com/fluxcd/pkg/kustomize does: names and namespace replace, patches and components follow, images merge by name.
 * `exists` is called for components only.
 */
export function mergeSpec(spec: JsonObject, kustomization: JsonObject, exists: (component: string) => boolean): Merged {
  const wrong = textsAt(spec, "components").find((component) => !isLocal(component));
  if (wrong !== undefined) return { kind: "refused", message: `component path "${wrong}" must be local and relative` };
  const ignoreMissing = flagAt(spec, "ignoreMissingComponents");
  const components = textsAt(spec, "components").filter((component) => !ignoreMissing || exists(component));
  const strategic = objectsAt(spec, "patchesStrategicMerge").map(({ item }) => toJsonText(item));
  const patches6902 = objectsAt(spec, "patchesJson6902").map(({ item }) =>
    patchOf(toJsonText(item["patch"] ?? []), item),
  );
  const merged: { [key: string]: Json } = {
    ...known(kustomization),
    ...replaced("namespace", textAt(spec, "targetNamespace")),
    ...replaced("namePrefix", textAt(spec, "namePrefix")),
    ...replaced("nameSuffix", textAt(spec, "nameSuffix")),
    ...appended("patches", kustomization, patchesOf(spec)),
    ...appended("components", kustomization, components),
    ...appended("patchesStrategicMerge", kustomization, strategic),
    ...appended("patchesJson6902", kustomization, patches6902),
  };
  const images = objectsAt(spec, "images").map(({ item }) => item);
  if (images.length > 0) merged["images"] = mergeImages(listAt(kustomization, "images"), images);
  const buildMetadata = textsAt(spec, "buildMetadata");
  if (buildMetadata.length > 0) merged["buildMetadata"] = buildMetadata;
  return { kind: "merged", kustomization: merged };
}

/** The fields of a spec that are merged. */
export function askedBy(spec: JsonObject): JsonObject {
  const asked = Object.entries(spec).filter(([key]) => mergedFields.includes(key));
  return Object.fromEntries(asked);
}

const mergedFields = [
  "targetNamespace",
  "namePrefix",
  "nameSuffix",
  "patches",
  "patchesStrategicMerge",
  "patchesJson6902",
  "components",
  "ignoreMissingComponents",
  "images",
  "buildMetadata",
];

function patchesOf(spec: JsonObject): readonly JsonObject[] {
  return objectsAt(spec, "patches").map(({ item }) => patchOf(textAt(item, "patch") ?? "", item));
}

function patchOf(patch: string, { target }: JsonObject): JsonObject {
  const selector = objectAt({ target: target ?? null }, "target");
  return { patch, ...(selector === undefined ? {} : { target: picked(selector, selectorFields) }) };
}

const selectorFields = ["group", "version", "kind", "name", "namespace", "labelSelector", "annotationSelector"];
const imageFields = ["name", "newName", "newTag", "digest"];

function imageOf(image: JsonObject): JsonObject {
  return { name: "", ...picked(image, imageFields) };
}

function picked(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = textAt(object, field);
      return text === undefined ? [] : [[field, text]];
    }),
  );
}

/** Merges images by name. Tag and digest change together: a new tag beside an old digest would pull the old image. */
function mergeImages(own: readonly Json[], added: readonly JsonObject[]): readonly Json[] {
  const images = [...own];
  for (const image of added.map(imageOf)) {
    const at = images.findIndex((one) => textAt(one, "name") === textAt(image, "name"));
    const existing = objectAt({ image: images[at] ?? null }, "image");
    if (existing === undefined) {
      images.push(image);
      continue;
    }
    const { newTag: _, digest: __, ...rest } = existing;
    const versioned = image["newTag"] !== undefined || image["digest"] !== undefined;
    images[at] = versioned ? { ...rest, ...image } : { ...existing, ...image };
  }
  return images;
}

function replaced(key: string, value: string | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value };
}

function appended(key: string, kustomization: JsonObject, added: readonly Json[]): JsonObject {
  return added.length === 0 ? {} : { [key]: [...listAt(kustomization, key), ...added] };
}

function listAt(object: JsonObject, key: string): readonly Json[] {
  const found = fieldAt(object, key);
  return Array.isArray(found) ? found : [];
}

const remote = ["git::", "gh:", "ssh://", "https://", "http://", "git@", "github.com:", "github.com/"];

function isLocal(path: string): boolean {
  const lower = path.toLowerCase();
  if (remote.some((prefix) => lower.length > prefix.length && lower.startsWith(prefix))) return false;
  return !path.startsWith("/") && !lower.replace(/^file:\/\//, "").startsWith("/");
}

const fields = new Set(
  (
    "apiVersion kind metadata openapi namePrefix nameSuffix namespace commonLabels labels commonAnnotations " +
    "patchesStrategicMerge patchesJson6902 patches images imageTags replacements replicas vars sortOptions resources " +
    "components crds bases configMapGenerator secretGenerator helmGlobals helmCharts helmChartInflationGenerator " +
    "generatorOptions configurations generators transformers validators buildMetadata"
  ).split(" "),
);

/** The kustomization without unknown fields: Flux drops them when it rewrites the file, where Kustomize itself would refuse them. */
function known(kustomization: JsonObject): JsonObject {
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    ...Object.fromEntries(Object.entries(kustomization).filter(([key]) => fields.has(key))),
  };
}

/** Whether Kustomize would refuse a field that Flux drops. */
export function hasUnknownFields(kustomization: JsonObject): boolean {
  return Object.keys(kustomization).some((key) => !fields.has(key));
}
