import { isObject } from "../../manifest/identity.ts";
import type { JsonObject, Pointer } from "../../model/json.ts";
import type { Manifest, SourcePosition } from "../../model/manifest.ts";
import type { TreeView } from "../gitops.ts";
import { readFile } from "../files/read-file.ts";
import { cleanPath } from "../files/scope.ts";
import type { KustomizeStep } from "../plan.ts";
import { generatedResources, kustomizationOf } from "./generated-resources.ts";
import { objectAt } from "./fields.ts";
import { askedBy, hasUnknownFields, mergeSpec } from "./merge-spec.ts";
import { printByLine } from "./print-by-line.ts";
import { writtenIn } from "./written-in.ts";

export type StepOutcome =
  | { readonly kind: "step"; readonly step: KustomizeStep; readonly reads: readonly string[] }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Makes the Kustomize step that kustomize-controller would run over an artifact: it generates a kustomization where there is
 * none, and merges the object's spec into it. `around` is the tree with the object itself.
 */
export async function kustomizationStep(
  tree: TreeView,
  directory: string,
  manifest: Manifest,
  around: TreeView,
): Promise<StepOutcome> {
  const spec = objectAt(manifest.value, "spec") ?? {};
  const file = kustomizationOf(tree, directory);
  const own = file === undefined ? generated(tree, directory) : await written(tree, file);
  if (own === undefined)
    return {
      kind: "refused",
      message: `${file}: cannot be read as a single kustomization, so nothing can be merged into it`,
    };
  const exists = (component: string): boolean => {
    const path = cleanPath(`${directory}/${component}`);
    return tree.isDirectory(path) || tree.has(path);
  };
  const merged = mergeSpec(spec, file === undefined ? own : notEmpty(own), exists);
  if (merged.kind === "refused") return merged;
  const path = file ?? (directory === "" ? "kustomization.yaml" : `${directory}/kustomization.yaml`);
  const override = file === undefined || differs(merged.kustomization, own) || hasUnknownFields(own);
  const reads = file === undefined ? [directory] : [file];
  const step: KustomizeStep = { kind: "kustomize", path: directory, anywhere: true };
  if (!override) return { kind: "step", step, reads };
  const { text, pointers } = printByLine(merged.kustomization);
  const writtenAt: KustomizeStep["writtenAt"] = async (_, line) => {
    const pointer = pointers[line - 1] ?? "";
    const found = writtenIn(pointer, spec, own, merged.kustomization);
    if (found.text === "spec") return placeIn(around, manifest.position, `/spec${found.pointer}`);
    return file === undefined ? undefined : placeIn(tree, { path: file }, found.pointer);
  };
  const overrides = new Map([[path, new TextEncoder().encode(text)]]);
  return { kind: "step", step: { ...step, overrides, edits: askedBy(spec), writtenAt }, reads };
}

/** The line of a value in a file of the tree, or of the deepest existing value on the way to it. */
async function placeIn(
  tree: TreeView,
  { path, line = 1, document = 0, pointer: base = "" }: Pick<SourcePosition, "path"> & Partial<SourcePosition>,
  pointer: Pointer,
): Promise<{ readonly path: string; readonly line: number } | undefined> {
  const bytes = await tree.read(path);
  if (bytes === undefined) return undefined;
  return { path, line: readFile(path, bytes).place({ path, line, document, pointer: base }, pointer).line };
}

function generated(tree: TreeView, directory: string): JsonObject {
  const resources = generatedResources(tree, directory);
  // Kustomize refuses an empty kustomization, so Flux adds a namespace.
  return resources.length === 0 ? { namespace: "_placeholder" } : { resources };
}

async function written(tree: TreeView, file: string): Promise<JsonObject | undefined> {
  const bytes = await tree.read(file);
  if (bytes === undefined) return undefined;
  const { manifests, notManifests, problems } = readFile(file, bytes);
  const values = [...manifests, ...notManifests].map(({ value }) => value);
  const [value = {}] = values;
  if (problems.length > 0 || values.length > 1 || !isObject(value)) return undefined;
  return value;
}

/** Adds what Flux adds to an otherwise empty kustomization, which Kustomize would refuse. */
function notEmpty(kustomization: JsonObject): JsonObject {
  const { resources } = kustomization;
  if (Array.isArray(resources) && resources.length > 0) return kustomization;
  return { ...kustomization, buildMetadata: ["originAnnotations"] };
}

function differs(merged: JsonObject, own: JsonObject): boolean {
  return Object.keys(merged).some((key) => key !== "apiVersion" && key !== "kind" && merged[key] !== own[key]);
}
