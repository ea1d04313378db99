import { isObject } from "../../manifest/identity.ts";
import { sameJson } from "../../manifest/same-json.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { BuildEnvironment } from "./build-environment.ts";
import type { Fields } from "./fields.ts";
import {
  addLabels,
  addToMap,
  append,
  imageName,
  setImages,
  setReplicas,
  type Edited,
  type EditRefused,
} from "./kustomize-edit.ts";
import type { SourceRequest } from "./source-request.ts";
import { resolvePath } from "./tree-path.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { below } from "../../manifest/pointer.ts";

/** One edit of a kustomization that the options of a source require. */
export interface KustomizeEdit {
  /** The option that asks for it. */
  readonly option: string;
  /** The field of the kustomization that it changes. */
  readonly field: string;
  readonly edit: (kustomization: JsonObject) => Edited | EditRefused;
  /** The option's value that asks for an item of the field (by index or key), given the field before; undefined where it was there. */
  readonly asked: (item: Json, key: string, before: Json | undefined) => string | undefined;
}

/** The edits in Argo CD's order, which decides which refusal is reported. */
export function kustomizeEdits(options: Fields, request: SourceRequest): readonly KustomizeEdit[] {
  const { environment, diagnostics } = request;
  const text = (option: "namePrefix" | "nameSuffix" | "namespace"): readonly KustomizeEdit[] => {
    const value = options.text(option);
    if (value === "") return [];
    const edit: KustomizeEdit["edit"] = (old) => ({ kind: "edited", kustomization: { ...old, [option]: value } });
    return [{ option, field: option, edit, asked: () => option }];
  };
  const images = options.texts("images").map((image) => environment.expand(image));
  const replicas = replicasOf(options, diagnostics);
  const patches = options.objects("patches").map(({ value }) => value);
  const components = componentsOf(options, request);
  const edits: readonly (readonly KustomizeEdit[])[] = [
    text("namePrefix"),
    text("nameSuffix"),
    listEdit("images", images.map(imageName), (old) => setImages(old, images)),
    listEdit("replicas", [...replicas.keys()], (old) => setReplicas(old, replicas)),
    labelEdits(options, request),
    annotationEdits(options, environment),
    text("namespace"),
    appended("patches", patches),
    appended("components", components),
  ];
  return edits.flat();
}

/** An edit of a list whose items have names; `names` are in the order of the option. */
function listEdit(field: string, names: readonly string[], edit: KustomizeEdit["edit"]): readonly KustomizeEdit[] {
  if (names.length === 0) return [];
  const asked: KustomizeEdit["asked"] = (item, key, before) => {
    if (key === "") return before === undefined ? field : undefined;
    const index = isObject(item) ? names.findLastIndex((name) => name === item["name"]) : -1;
    return index === -1 ? undefined : `${field}/${index}`;
  };
  return [{ option: field, field, edit, asked }];
}

function appended(field: string, items: readonly Json[]): readonly KustomizeEdit[] {
  if (items.length === 0) return [];
  const asked: KustomizeEdit["asked"] = (item, key, before) => {
    if (key === "") return before === undefined ? field : undefined;
    const old = Array.isArray(before) ? before.length : 0;
    return Number(key) < old ? undefined : `${field}/${items.findIndex((one) => sameJson(one, item))}`;
  };
  return [{ option: field, field, edit: (old) => append(old, field, items), asked }];
}

function labelEdits(options: Fields, { environment, diagnostics }: SourceRequest): readonly KustomizeEdit[] {
  const option = "commonLabels";
  const labels = expandAll(options.record(option), environment);
  if (Object.keys(labels).length === 0) return [];
  const force = options.flag("forceCommonLabels");
  const includeTemplates = options.flag("labelIncludeTemplates");
  if (!options.flag("labelWithoutSelector")) {
    if (includeTemplates) {
      const message = "labelIncludeTemplates needs labelWithoutSelector";
      diagnostics.problem(`${options.pointer}/labelIncludeTemplates`, message);
    }
    return [mapEdit(option, labels, force)];
  }
  const edit: KustomizeEdit["edit"] = (old) => addLabels(old, labels, { force, includeTemplates });
  const asked: KustomizeEdit["asked"] = (item, _key, before) =>
    Array.isArray(before) && before.some((one: Json) => sameJson(one, item)) ? undefined : option;
  return [{ option, field: "labels", edit, asked }];
}

function annotationEdits(options: Fields, environment: BuildEnvironment): readonly KustomizeEdit[] {
  const written = options.record("commonAnnotations");
  if (Object.keys(written).length === 0) return [];
  const annotations = options.flag("commonAnnotationsEnvsubst") ? expandAll(written, environment) : written;
  return [mapEdit("commonAnnotations", annotations, options.flag("forceCommonAnnotations"))];
}

function mapEdit(
  field: "commonLabels" | "commonAnnotations",
  added: { readonly [name: string]: string },
  force: boolean,
): KustomizeEdit {
  return {
    option: field,
    field,
    edit: (old) => addToMap(old, field, added, force),
    asked: (_item, key, before) => {
      if (key === "") return before === undefined ? field : undefined;
      return Object.hasOwn(added, key) ? below(field, key) : undefined;
    },
  };
}

/** The components that exist; a missing one is a problem unless the source ignores missing components. */
function componentsOf(
  options: Fields,
  { directory = "", root, diagnostics, context }: SourceRequest,
): readonly string[] {
  return options.texts("components").filter((written, index) => {
    const path = resolvePath(directory, written, root);
    if (written.includes("://") || (path !== undefined && context.tree.isDirectory(path))) return true;
    if (!options.flag("ignoreMissingComponents")) {
      diagnostics.problem(
        `${options.pointer}/components/${index}`,
        `component ${written} is not a directory in this tree`,
      );
    }
    return false;
  });
}

function replicasOf(options: Fields, diagnostics: Diagnostics): ReadonlyMap<string, Json> {
  const replicas = new Map<string, Json>();
  for (const entry of options.objects("replicas")) {
    const count = entry.value["count"];
    const number = typeof count === "string" && /^[+-]?\d+$/.test(count) ? Number(count) : count;
    if (typeof number === "number" && Number.isInteger(number)) replicas.set(entry.text("name"), number);
    else diagnostics.problem(`${entry.pointer}/count`, "count must be a whole number");
  }
  return replicas;
}

function expandAll(
  record: { readonly [name: string]: string },
  environment: BuildEnvironment,
): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(record).map(([name, text]) => [name, environment.expand(text)]));
}
