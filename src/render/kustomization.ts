import type { Json, JsonObject } from "../model/json.ts";
import { readFile } from "./read-file.ts";
import { cleanPath, directoryOf } from "./scope.ts";

/** One file that a kustomization uses for anything but a resource. */
export interface KustomizeUse {
  readonly path: string;
  /** What the file is to the kustomization, as the report words it. */
  readonly as: string;
}

/** What one file with the name of a kustomization says; paths as written. */
export type KustomizationReading =
  | { readonly kind: "kustomization"; readonly uses: readonly KustomizeUse[]; readonly resources: readonly string[] }
  /** A manifest that merely has the name, such as Flux's Kustomization. */
  | { readonly kind: "manifest" }
  | { readonly kind: "unreadable" };

/** Reads a file whose name is that of a kustomization. */
export function readKustomization(path: string, bytes: Uint8Array): KustomizationReading {
  const { manifests, notManifests, problems } = readFile(path, bytes);
  if (problems.length > 0) return { kind: "unreadable" };
  const values = [...manifests, ...notManifests].map(({ value }) => value).filter(isObject);
  const [value] = values;
  if (value === undefined || values.length > 1) return { kind: "manifest" };
  const apiVersion = value["apiVersion"];
  const ours =
    apiVersion === undefined || (typeof apiVersion === "string" && apiVersion.startsWith("kustomize.config.k8s.io/"));
  if (!ours) return { kind: "manifest" };
  return {
    kind: "kustomization",
    uses: usesOf(value),
    resources: [...strings(value["resources"]), ...strings(value["bases"]), ...strings(value["components"])],
  };
}

/** The paths of the tree that a kustomization at `path` names; what lies above its own directory Kustomize refuses to load, so it is left out. */
export function resolveUse(path: string, written: string): string | undefined {
  if (written.startsWith("/") || written.includes("://")) return undefined;
  const directory = directoryOf(path);
  let depth = 0;
  for (const part of written.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) return undefined;
  }
  return cleanPath(`${directory}/${written}`);
}

function usesOf(value: JsonObject): readonly KustomizeUse[] {
  const use = (as: string, paths: readonly string[]): KustomizeUse[] => paths.map((path) => ({ path, as }));
  return [
    ...use("patch", [
      ...fieldOfEach(value["patches"], "path"),
      // As Kustomize wrote them before version 3; it still reads them as patchesStrategicMerge.
      ...strings(value["patches"]),
      ...strings(value["patchesStrategicMerge"]),
      ...fieldOfEach(value["patchesJson6902"], "path"),
    ]),
    ...use("replacement", fieldOfEach(value["replacements"], "path")),
    ...use("transformer configuration", strings(value["configurations"])),
    ...use("generator", strings(value["generators"])),
    ...use("transformer", strings(value["transformers"])),
    ...use("validator", strings(value["validators"])),
    ...use("OpenAPI schema", isObject(value["openapi"]) ? strings([value["openapi"]["path"] ?? null]) : []),
    ...use("generator input", [
      ...generatorInputs(value["configMapGenerator"]),
      ...generatorInputs(value["secretGenerator"]),
    ]),
    ...use("Helm values", [
      ...fieldOfEach(value["helmCharts"], "valuesFile"),
      ...objects(value["helmCharts"]).flatMap((chart) => strings(chart["additionalValuesFiles"])),
      ...fieldOfEach(value["helmChartInflationGenerator"], "values"),
    ]),
  ];
}

function generatorInputs(generators: Json | undefined): readonly string[] {
  return objects(generators).flatMap((generator) => [
    ...strings(generator["files"]).map((file) => file.slice(file.indexOf("=") + 1)),
    ...strings(generator["envs"]),
    ...strings([generator["env"] ?? null]),
  ]);
}

function fieldOfEach(list: Json | undefined, field: string): readonly string[] {
  return strings(objects(list).map((item) => item[field] ?? null));
}

/** The strings of a list that can be paths: inline patches and generators have line ends. */
function strings(list: Json | undefined): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.filter((item): item is string => typeof item === "string" && item !== "" && !item.includes("\n"));
}

function objects(list: Json | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
