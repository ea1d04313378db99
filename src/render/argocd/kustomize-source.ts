import { isObject } from "../../manifest/identity.ts";
import { toJsonText } from "../../manifest/json-text.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { readFile } from "../read-file.ts";
import type { KustomizeStep } from "../recipe.ts";
import { kustomizationNames } from "../scope.ts";
import type { BuildEnvironment } from "./build-environment.ts";
import type { Fields } from "./fields.ts";
import {
  addLabels,
  addToMap,
  append,
  setImages,
  setReplicas,
  type Edited,
  type EditRefused,
} from "./kustomize-edit.ts";
import type { SourceRequest } from "./source-request.ts";
import { resolvePath } from "./tree-path.ts";
import type { Trouble } from "./trouble.ts";

/** Plans a Kustomize root, edited as Argo CD has `kustomize edit` do it; undefined where `trouble` says why not. */
export async function planKustomize(request: SourceRequest): Promise<KustomizeStep | undefined> {
  const { source, directory = "", trouble, context } = request;
  const step: KustomizeStep = { kind: "kustomize", path: directory };
  const options = source.object("kustomize");
  const edits = options === undefined ? [] : editsOf(options, request);
  if (edits.length === 0) return step;
  const path = kustomizationNames.map((name) => join(directory, name)).find((name) => context.tree.has(name));
  const bytes = path === undefined ? undefined : await context.tree.read(path);
  if (path === undefined || bytes === undefined) {
    trouble.problem(
      `${source.pointer}/kustomize`,
      `${directory || "."} has no kustomization file to apply the options to`,
    );
    return undefined;
  }
  const { manifests, notManifests, problems } = readFile(path, bytes);
  const values: readonly Json[] = [...manifests, ...notManifests].map(({ value }) => value);
  let kustomization = values[0] ?? {};
  // A file that cannot be read, or is none, is Kustomize's to refuse.
  if (problems.length > 0 || values.length > 1 || !isObject(kustomization)) return step;
  for (const { pointer, edit } of edits) {
    const edited = edit(kustomization);
    if (edited.kind === "refused") {
      trouble.problem(pointer, edited.message);
      return undefined;
    }
    kustomization = edited.kustomization;
  }
  return { ...step, overrides: new Map([[path, new TextEncoder().encode(`${toJsonText(kustomization)}\n`)]]) };
}

interface Edit {
  readonly pointer: string;
  readonly edit: (kustomization: JsonObject) => Edited | EditRefused;
}

/** In the order of Argo CD, which matters where one is refused. */
function editsOf(options: Fields, { environment, trouble, directory = "", context }: SourceRequest): readonly Edit[] {
  const edits: Edit[] = [];
  const add = (field: string, edit: Edit["edit"]): number =>
    edits.push({ pointer: `${options.pointer}/${field}`, edit });
  const set = (field: "namePrefix" | "nameSuffix" | "namespace"): void => {
    const text = options.text(field);
    if (text !== "") add(field, (value) => ({ kind: "edited", kustomization: { ...value, [field]: text } }));
  };
  set("namePrefix");
  set("nameSuffix");
  const images = options.texts("images").map((image) => environment.expand(image));
  if (images.length > 0) add("images", (value) => setImages(value, images));
  const replicas = replicasOf(options, trouble);
  if (replicas.size > 0) add("replicas", (value) => setReplicas(value, replicas));
  const labels = expandAll(options.record("commonLabels"), environment);
  if (Object.keys(labels).length > 0) {
    const force = options.flag("forceCommonLabels");
    const includeTemplates = options.flag("labelIncludeTemplates");
    const outsideSelectors = options.flag("labelWithoutSelector");
    if (includeTemplates && !outsideSelectors) {
      trouble.problem(`${options.pointer}/labelIncludeTemplates`, "labelIncludeTemplates needs labelWithoutSelector");
    }
    add("commonLabels", (value) =>
      outsideSelectors
        ? addLabels(value, labels, { force, includeTemplates })
        : addToMap(value, "commonLabels", labels, force),
    );
  }
  const written = options.record("commonAnnotations");
  const annotations = options.flag("commonAnnotationsEnvsubst") ? expandAll(written, environment) : written;
  if (Object.keys(annotations).length > 0) {
    const force = options.flag("forceCommonAnnotations");
    add("commonAnnotations", (value) => addToMap(value, "commonAnnotations", annotations, force));
  }
  set("namespace");
  const patches = options.objects("patches").map(({ value }) => value);
  if (patches.length > 0) add("patches", (value) => append(value, "patches", patches));
  const components = options.texts("components").filter((written, index) => {
    const path = resolvePath(directory, written);
    if (written.includes("://") || (path !== undefined && context.tree.isDirectory(path))) return true;
    if (!options.flag("ignoreMissingComponents")) {
      trouble.problem(`${options.pointer}/components/${index}`, `component ${written} is no directory of this tree`);
    }
    return false;
  });
  if (components.length > 0) add("components", (value) => append(value, "components", components));
  return edits;
}

function replicasOf(options: Fields, trouble: Trouble): ReadonlyMap<string, Json> {
  const replicas = new Map<string, Json>();
  for (const entry of options.objects("replicas")) {
    const count = entry.value["count"];
    const number = typeof count === "string" && /^[+-]?\d+$/.test(count) ? Number(count) : count;
    if (typeof number === "number" && Number.isInteger(number)) replicas.set(entry.text("name"), number);
    else trouble.problem(`${entry.pointer}/count`, "count must be a whole number");
  }
  return replicas;
}

function expandAll(
  record: { readonly [name: string]: string },
  environment: BuildEnvironment,
): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(record).map(([name, text]) => [name, environment.expand(text)]));
}

function join(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}
