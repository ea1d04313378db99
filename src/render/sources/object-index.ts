import type { Manifest } from "../../model/manifest.ts";

/** An object with the source that yields it. */
export interface IndexedObject {
  readonly manifest: Manifest;
  /** The key of the source that yields it; undefined for a plain file. */
  readonly owner: string | undefined;
  readonly environments: readonly string[];
}

export interface Wanted {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The position from which objects are searched; it decides which are nearest. */
export interface SearchOrigin {
  /** The key of the object's own source, then of the sources that led to it. */
  readonly owners: readonly string[];
  readonly environments: readonly string[];
  readonly path: string;
}

/** Objects of a tree by name, nearest first. */
export interface ObjectIndex {
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
    find(from, { group, kind, namespace, name }) {
      const fitting = (byKind.get(`${group}/${kind}`) ?? []).filter(
        ({ manifest: { identity } }) =>
          (namespace === undefined || identity.namespace === namespace) &&
          (name === undefined || identity.name === name),
      );
      if (fitting.length < 2) return fitting.map(({ manifest }) => manifest);
      const ranked = fitting
        .map((object) => ({ object, rank: rankOf(object, from) }))
        .toSorted((one, other) => compare(one.rank, other.rank));
      const seen = new Set<string>();
      return ranked.flatMap(({ object: { manifest } }) => {
        const key = keyOf(manifest);
        if (seen.has(key)) return [];
        seen.add(key);
        return [manifest];
      });
    },
  };
}

/** Equal for an object in a file and the same object in the rendering of that file. */
function keyOf({ identity: { namespace, name }, position: { path, document, pointer } }: Manifest): string {
  return JSON.stringify([namespace ?? null, name, path, document, pointer]);
}

/** Ranks by source, then environment, then shared path length; smaller is nearer. */
function rankOf({ manifest, owner, environments }: IndexedObject, from: SearchOrigin): readonly number[] {
  const at = owner === undefined ? -1 : from.owners.indexOf(owner);
  const sameEnvironment = environments.some((one) => from.environments.includes(one));
  return [at === -1 ? from.owners.length : at, sameEnvironment ? 0 : 1, -shared(manifest.position.path, from.path)];
}

function compare(one: readonly number[], other: readonly number[]): number {
  const differs = one.findIndex((value, at) => value !== other[at]);
  return differs === -1 ? 0 : (one[differs] ?? 0) - (other[differs] ?? 0);
}

function shared(one: string, other: string): number {
  const [left, right] = [one.split("/"), other.split("/")];
  const differs = left.findIndex((part, at) => part !== right[at]);
  return differs === -1 ? left.length : differs;
}
