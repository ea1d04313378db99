import { toJsonText } from "../../manifest/json-text.ts";
import { sha256 } from "../../manifest/sha256.ts";
import type { JsonObject } from "../../model/json.ts";
import { environmentsOf } from "../environments.ts";
import type { FileLine, GitOpsObject, PlanContext } from "../gitops.ts";
import type { Unfetched } from "./origin.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Problem } from "../../model/problem.ts";
import type { Gap, Source, SourceKind, SourceTraits } from "../../model/source.ts";
import type { Violation } from "../../model/violation.ts";
import { flagAt, objectAt, objectsAt, textAt, textMapAt } from "./fields.ts";
import { findObject, namespaceOf } from "./find-object.ts";

/** The id of an object's source: `Kustomization flux-system/apps`. */
function idOf({ identity: { kind, namespace, name } }: Manifest): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** Makes the source of a Kustomization or HelmRelease; `applies` are the directories of the tree that it applies. */
export function fluxSource(
  object: GitOpsObject,
  kind: SourceKind,
  applies: readonly string[],
  traits: SourceTraits,
  context: PlanContext,
): Source {
  const { manifest, parent } = object;
  const { path, line } = object.origin ?? manifest.position;
  const clusterFolder = clusterFolderOf(object, applies);
  const remote =
    textAt(manifest.value, "spec", "kubeConfig", "secretRef", "name") ??
    textAt(manifest.value, "spec", "kubeConfig", "configMapRef", "name");
  const environments = environmentsOf(
    {
      path,
      applies,
      parent: object.environments,
      ...(remote === undefined ? {} : { destination: { name: remote } }),
      ...(clusterFolder === undefined ? {} : { clusterFolder }),
    },
    context.config,
  );
  const dependsOn = dependencies(object).map(({ id }) => id);
  return {
    id: idOf(manifest),
    kind,
    path,
    line,
    environments,
    ...(parent === undefined ? {} : { parent }),
    traits: { automated: true, ...traits, ...(dependsOn.length > 0 ? { dependsOn } : {}) },
  };
}

/** The folder of the cluster that a chain of objects starts in: from what the object applies, else from its own path. */
function clusterFolderOf({ manifest, environments }: GitOpsObject, applies: readonly string[]): string | undefined {
  if (environments.length > 0) return undefined;
  for (const path of [...applies, manifest.position.path]) {
    const folder = /^(?:.*\/)?clusters\/[^/]+(?=\/|$)/.exec(path)?.[0];
    if (folder !== undefined && folder !== manifest.position.path) return folder;
  }
  return undefined;
}

/**
 * Makes a gap at the line that refers to what is not fetched, else at the object's own place; with the source objects that
 * lead out of the tree, it is touched where any of them changes.
 */
export function gapOf(
  object: GitOpsObject,
  reason: string,
  sources: readonly Manifest[] = [],
  unfetched?: Unfetched,
): Gap {
  const { path, line } = unfetched?.at ?? object.origin ?? object.manifest.position;
  const unpermitted = unfetched?.unpermitted;
  const specs = [object.manifest.value["spec"] ?? null, ...sources.map(contentOf)];
  return {
    source: idOf(object.manifest),
    path,
    line,
    reason,
    ...(sources.length === 0 ? {} : { inputs: sha256(toJsonText(specs)) }),
    ...(unpermitted === undefined ? {} : { unpermitted }),
  };
}

/** What decides the content of a source, and not when it is fetched. */
function contentOf({ value }: Manifest): JsonObject {
  const { interval: _, timeout: __, suspend: ___, ...content } = objectAt(value, "spec") ?? {};
  return content;
}

/** Makes a problem at the line that it is about, else at the object's own place. */
export function problemOf(object: GitOpsObject, message: string, at?: FileLine): Problem {
  const { path, line } = at ?? object.origin ?? object.manifest.position;
  return { stage: "render", path, line, message: `${idOf(object.manifest)}: ${message}.` };
}

interface Dependency {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly index: number;
}

function dependencies({ manifest }: GitOpsObject): readonly Dependency[] {
  return objectsAt(manifest.value, "spec", "dependsOn").flatMap(({ item, index }) => {
    const name = textAt(item, "name");
    if (name === undefined) return [];
    const namespace = textAt(item, "namespace") ?? namespaceOf(manifest);
    return [{ id: `${manifest.identity.kind} ${namespace}/${name}`, namespace, name, index }];
  });
}

/** Warns about an object that depends on one that is not in the tree, or on itself: it is never applied. */
export function dependencyViolations(
  object: GitOpsObject,
  context: PlanContext,
): readonly { readonly manifest: Manifest; readonly violation: Violation }[] {
  const { manifest } = object;
  const { group, kind } = manifest.identity;
  return dependencies(object).flatMap(({ id, namespace, name, index }) => {
    const itself = namespace === namespaceOf(manifest) && name === manifest.identity.name;
    if (!itself && findObject(object, { group, kind, namespace, name }, context).kind !== "missing") return [];
    const message = itself
      ? `${kind} depends on itself, so it is never applied`
      : `${kind} depends on ${namespace}/${name}, which is not in this repository: until something else creates it, nothing here is applied`;
    const pointer = `/spec/dependsOn/${index}`;
    const stablePointer = `/spec/dependsOn/[name=${name}]`;
    const violation: Violation = {
      policy: "flux/dependency",
      rule: "warn",
      level: "warn",
      message,
      cause: { pointer, stablePointer, precision: "value", reads: id },
      readsChange: false,
    };
    return [{ manifest, violation }];
  });
}

/** The traits that Flux's Kustomization and HelmRelease have in common. */
export function commonTraits({ manifest }: GitOpsObject): SourceTraits {
  return flagAt(manifest.value, "spec", "suspend") ? { suspended: true } : {};
}

/** Labels and annotations that `spec.commonMetadata` adds. */
export function commonMetadata({ manifest }: GitOpsObject): {
  readonly metadata?: { readonly [kind: string]: { readonly [name: string]: string } };
} {
  const found = Object.fromEntries(
    (["labels", "annotations"] as const).flatMap((kind) => {
      const map = textMapAt(manifest.value, "spec", "commonMetadata", kind);
      return Object.keys(map).length === 0 ? [] : [[kind, map]];
    }),
  );
  return Object.keys(found).length === 0 ? {} : { metadata: found };
}
