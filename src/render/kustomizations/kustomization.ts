import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { readFile } from "../files/read-file.ts";
import { cleanPath, directoryOf } from "../files/scope.ts";

/** One file or directory that a kustomization names; paths as written. */
export interface KustomizeUse {
  readonly path: string;
  /** What it is to the kustomization, as the report words it. */
  readonly as: string;
  /** A patch whose own kind and name do not say what it changes: it may change nothing. */
  readonly targeted?: true;
}

/** One entry of `resources`, `bases` or `components`, as written. */
export interface KustomizeEntry {
  readonly path: string;
  readonly as: "resource" | "component";
}

/** The content of a kustomization, as far as it decides which files it loads. */
export interface KustomizationContent {
  readonly kind: "kustomization";
  readonly component: boolean;
  readonly uses: readonly KustomizeUse[];
  readonly resources: readonly KustomizeEntry[];
  /** Entries of `generators`, `transformers` and `validators` that are files or directories, with configurations that may name files in turn. */
  readonly plugins: readonly KustomizeUse[];
  /** Entries of `generators` that are configurations themselves, as texts. */
  readonly inlineGenerators: readonly string[];
  /** `helmCharts`, as written. */
  readonly charts: readonly JsonObject[];
  /** `helmGlobals.chartHome`. */
  readonly chartHome?: string;
}

/** The reading of one file with the name of a kustomization; paths as written. */
export type KustomizationReading =
  | KustomizationContent
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
  const globals = value["helmGlobals"];
  const chartHome = isObject(globals) ? globals["chartHome"] : undefined;
  const entry = (as: KustomizeEntry["as"], list: Json | undefined): readonly KustomizeEntry[] =>
    strings(list).map((written) => ({ path: written, as }));
  return {
    kind: "kustomization",
    component: value["kind"] === "Component",
    uses: [...usesOf(value), ...inlinePluginUses(value)],
    resources: [
      ...entry("resource", value["resources"]),
      ...entry("resource", value["bases"]),
      ...entry("component", value["components"]),
    ],
    plugins: [
      ...use("generator", strings(value["generators"])),
      ...use("transformer", strings(value["transformers"])),
      ...use("validator", strings(value["validators"])),
    ],
    inlineGenerators: texts(value["generators"]),
    charts: [...objects(value["helmCharts"]), ...objects(value["helmChartInflationGenerator"]).map(asHelmChart)],
    ...(typeof chartHome === "string" && chartHome !== "" ? { chartHome } : {}),
  };
}

/** The files that the configuration of a builtin generator or transformer loads. */
export function pluginUses(bytes: Uint8Array): readonly KustomizeUse[] {
  const { manifests } = readFile("", bytes);
  return manifests.flatMap(({ value }) => usesOfPlugin(value));
}

/**
 * The charts that the configuration of a generator has rendered, each as an entry of `helmCharts`; undefined where it
 * holds anything else, which only Kustomize itself runs.
 */
export function generatedCharts(bytes: Uint8Array): readonly JsonObject[] | undefined {
  const { manifests, notManifests, problems } = readFile("", bytes);
  if (problems.length > 0 || notManifests.length > 0 || manifests.length === 0) return undefined;
  const isChart = ({ apiVersion, kind }: JsonObject): boolean =>
    apiVersion === "builtin" && kind === "HelmChartInflationGenerator";
  if (!manifests.every(({ value }) => isChart(value))) return undefined;
  const own = new Set(["apiVersion", "kind", "metadata"]);
  return manifests.map(({ value }) => ({
    // That of the kustomization is not its own.
    chartHome: "charts",
    ...Object.fromEntries(Object.entries(value).filter(([key]) => !own.has(key))),
  }));
}

/** The path of the tree that a file named by the kustomization at `path` has; undefined above its directory, from where Kustomize loads nothing. */
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

function use(as: string, paths: readonly string[], targeted = false): readonly KustomizeUse[] {
  return paths.map((path) => ({ path, as, ...(targeted ? { targeted: true as const } : {}) }));
}

function usesOf(value: JsonObject): readonly KustomizeUse[] {
  const patches = objects(value["patches"]);
  return [
    ...use(
      "patch",
      fieldOfEach(
        patches.filter(({ target }) => !isObject(target)),
        "path",
      ),
    ),
    ...use(
      "patch",
      fieldOfEach(
        patches.filter(({ target }) => isObject(target)),
        "path",
      ),
      true,
    ),
    ...use("patch", [
      // The form from before Kustomize 3, still read as patchesStrategicMerge.
      ...strings(value["patches"]),
      ...strings(value["patchesStrategicMerge"]),
      ...fieldOfEach(value["patchesJson6902"], "path"),
    ]),
    ...use("replacement", fieldOfEach(value["replacements"], "path")),
    ...use("transformer configuration", strings(value["configurations"])),
    ...use("schema of custom resources", strings(value["crds"])),
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

/** Uses of generators and transformers that are written inline, as texts of several lines. */
function inlinePluginUses(value: JsonObject): readonly KustomizeUse[] {
  const lists = [value["generators"], value["transformers"], value["validators"]];
  return lists.flatMap(texts).flatMap((text) => pluginUses(new TextEncoder().encode(text)));
}

/** The strings of a list that are no paths but have several lines. */
function texts(list: Json | undefined): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.filter((item): item is string => typeof item === "string" && item.includes("\n"));
}

function usesOfPlugin(config: JsonObject): readonly KustomizeUse[] {
  const { kind } = config;
  if (typeof kind !== "string") return [];
  switch (kind) {
    case "ConfigMapGenerator":
    case "SecretGenerator":
      return use("generator input", generatorInputs([config]));
    case "PatchTransformer":
      return use("patch", strings([config["path"] ?? null]), isObject(config["target"]));
    case "PatchJson6902Transformer":
      return use("patch", strings([config["path"] ?? null]));
    case "PatchStrategicMergeTransformer":
      return use("patch", strings(config["paths"]));
    case "ReplacementTransformer":
      return use("replacement", fieldOfEach(config["replacements"], "path"));
    case "HelmChartInflationGenerator":
      return use("Helm values", [
        ...strings([config["valuesFile"] ?? null]),
        ...strings(config["additionalValuesFiles"]),
      ]);
    default:
      return [];
  }
}

/** Converts an entry of the older `helmChartInflationGenerator` to one of `helmCharts`. */
function asHelmChart(old: JsonObject): JsonObject {
  const field = (name: string, was: string): JsonObject => {
    const value = old[was];
    return value === undefined ? {} : { [name]: value };
  };
  return {
    ...field("name", "chartName"),
    ...field("version", "chartVersion"),
    ...field("repo", "chartRepoUrl"),
    ...field("releaseName", "releaseName"),
    ...field("namespace", "releaseNamespace"),
    ...field("valuesFile", "values"),
    ...field("valuesInline", "valuesLocal"),
    ...field("valuesMerge", "valuesMerge"),
    ...field("chartHome", "chartHome"),
  };
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
