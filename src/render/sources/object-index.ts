import { isObject } from "../../manifest/identity.ts";
import { sameJson } from "../../manifest/same-json.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { directoryOf } from "../files/scope.ts";
import type { Wanted } from "../gitops.ts";

/** An object with the source that yields it. */
export interface IndexedObject {
  readonly manifest: Manifest;
  /** Keys of the source that yields it and of all sources that led to that one; none for a plain file. */
  readonly owners: ReadonlySet<string>;
  /** The files in which the chains that led to it start. */
  readonly starts: readonly string[];
  readonly environments: readonly string[];
}

/** The position from which objects are searched; it decides which of them land in the same cluster. */
export interface SearchOrigin {
  /** The key of the object's own source, then of the sources that led to it. */
  readonly owners: readonly string[];
  readonly environments: readonly string[];
  /** The file in which the chain that led to the object starts. */
  readonly start: string;
}

/** Objects of a tree by name. */
export interface ObjectIndex {
  /** The objects that may be meant; several that differ only where it cannot be told which of them lands in the same cluster. */
  find(from: SearchOrigin, wanted: Wanted): readonly Manifest[];
}

/** Makes the index of all objects of a tree that can be referenced. */
export function objectIndex(objects: readonly IndexedObject[]): ObjectIndex {
  const byKind = new Map<string, IndexedObject[]>();
  for (const object of objects) {
    const { group, kind } = object.manifest.identity;
    const key = `${group}/${kind}`;
    const list = byKind.get(key);
    if (list === undefined) byKind.set(key, [object]);
    else list.push(object);
  }
  return {
    find(from, { group, kind, namespace, name, labelled }) {
      const named = (byKind.get(`${group}/${kind}`) ?? []).filter(
        ({ manifest: { identity } }) => name === undefined || identity.name === name,
      );
      const fitting = namespace === undefined ? named : inNamespace(named, namespace);
      if (labelled !== undefined) return withLabel(fitting, labelled, from);
      return distinct(manifestsOf(inSameCluster(fitting, from)), ({ value }) => ({ ...value, metadata: null }));
    },
  };
}

function manifestsOf(objects: readonly IndexedObject[]): readonly Manifest[] {
  return objects.map(({ manifest }) => manifest);
}

/** Those with a label that may land in the same cluster, by name. */
function withLabel(objects: readonly IndexedObject[], label: string, from: SearchOrigin): readonly Manifest[] {
  const byName = new Map<string, IndexedObject[]>();
  for (const object of objects) {
    const { identity, value } = object.manifest;
    const metadata = isObject(value["metadata"]) ? value["metadata"]["labels"] : undefined;
    if (!isObject(metadata) || !Object.hasOwn(metadata, label) || landsElsewhere(object, from)) continue;
    const key = `${identity.namespace ?? ""}/${identity.name}`;
    byName.set(key, [...(byName.get(key) ?? []), object]);
  }
  return [...byName]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, named]) => distinct(manifestsOf(inSameCluster(named, from)), ({ value }) => value));
}

/** Whether the environments of an object are known, and all are others than those that are searched from. */
function landsElsewhere({ environments }: IndexedObject, from: SearchOrigin): boolean {
  return (
    environments.length > 0 &&
    from.environments.length > 0 &&
    !environments.some((one) => from.environments.includes(one))
  );
}

function inNamespace(objects: readonly IndexedObject[], namespace: string): readonly IndexedObject[] {
  const exact = objects.filter(({ manifest: { identity } }) => identity.namespace === namespace);
  return exact.length > 0 ? exact : objects.filter(({ manifest: { identity } }) => identity.namespace === undefined);
}

/**
 * Those that share the nearest source with the searching object; of these the ones in its environment; and where no source
 * is shared, those whose chain starts in the same file or folder.
 */
function inSameCluster(objects: readonly IndexedObject[], from: SearchOrigin): readonly IndexedObject[] {
  if (objects.length < 2) return objects;
  const related = least(objects, ({ owners }) => {
    const at = from.owners.findIndex((owner) => owners.has(owner));
    return at === -1 ? from.owners.length : at;
  });
  const inEnvironment = least(related, ({ environments }) => {
    if (environments.some((one) => from.environments.includes(one))) return 0;
    return environments.length === 0 || from.environments.length === 0 ? 1 : 2;
  });
  const isRelated = inEnvironment.some(({ owners }) => from.owners.some((owner) => owners.has(owner)));
  return isRelated ? inEnvironment : inSameFolder(inEnvironment, from.start);
}

function least(objects: readonly IndexedObject[], rank: (object: IndexedObject) => number): readonly IndexedObject[] {
  const ranked = objects.map((object) => ({ object, rank: rank(object) }));
  const best = Math.min(...ranked.map((one) => one.rank));
  return ranked.flatMap((one) => (one.rank === best ? [one.object] : []));
}

/**
 * Those in the smallest folder around the start that holds any. One in a folder further out stays a candidate: what applies
 * that folder may apply both.
 */
function inSameFolder(objects: readonly IndexedObject[], start: string): readonly IndexedObject[] {
  const sameFile = objects.filter(({ starts }) => starts.includes(start));
  if (sameFile.length > 0) return sameFile;
  const around: string[] = [];
  for (let folder = directoryOf(start); folder !== ""; folder = directoryOf(folder)) around.push(folder);
  const isIn = ({ starts }: IndexedObject, folder: string): boolean =>
    starts.some((path) => path.startsWith(`${folder}/`));
  const smallest = around.find((folder) => objects.some((object) => isIn(object, folder)));
  if (smallest === undefined) return objects;
  const outer = new Set(["", ...around]);
  return objects.filter(
    (object) => isIn(object, smallest) || object.starts.some((path) => outer.has(directoryOf(path))),
  );
}

/**
 * The same object in a file and in the rendering of that file is one; so are copies with the same content. Labels and
 * annotations do not matter to what references an object by its name.
 */
function distinct(manifests: readonly Manifest[], content: (manifest: Manifest) => JsonObject): readonly Manifest[] {
  if (manifests.length < 2) return manifests;
  const found: Manifest[] = [];
  for (const manifest of manifests.toSorted(byPosition))
    if (!found.some((other) => isNamesake(manifest, other) && sameJson(content(manifest), content(other))))
      found.push(manifest);
  return found;
}

function isNamesake({ identity: one }: Manifest, { identity: other }: Manifest): boolean {
  return (
    one.group === other.group && one.kind === other.kind && one.namespace === other.namespace && one.name === other.name
  );
}

function byPosition({ position: one }: Manifest, { position: other }: Manifest): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  if (one.document !== other.document) return one.document - other.document;
  return one.pointer < other.pointer ? -1 : one.pointer > other.pointer ? 1 : 0;
}
