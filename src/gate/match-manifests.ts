import { directoryOf } from "../render/files/scope.ts";
import type { Change } from "../model/change.ts";
import type { Manifest } from "../model/manifest.ts";
import { identityKey } from "./fingerprint.ts";
import { sameJson } from "../manifest/same-json.ts";

/** Whether a GitOps object of its tree applies a manifest: else what applies it, if anything, is not in the tree. */
export interface Appliers {
  readonly before: (manifest: Manifest) => boolean;
  readonly after: (manifest: Manifest) => boolean;
}

const unknownAppliers: Appliers = { before: () => false, after: () => false };

/**
 * Pairs the manifests of two trees: by identity, environment and the source they come through first, what is left by
 * identity and environment alone (moved). A file within a source may have any name. A manifest that moved to where it
 * was perhaps not applied before is `exposed`.
 */
export function matchManifests(
  before: readonly Manifest[],
  after: readonly Manifest[],
  appliers: Appliers = unknownAppliers,
): readonly Change[] {
  const changes: Change[] = [];
  const equal = (old: Manifest, now: Manifest): boolean => sameJson(old.value, now.value);
  const any = (): boolean => true;
  const here = pairUp(before, after, (manifest) => JSON.stringify([nameOf(manifest), yielderOf(manifest)]), [
    equal,
    any,
  ]);
  for (const [old, now] of here.pairs) {
    if (!equal(old, now)) changes.push({ kind: "updated", before: old, after: now });
    else if (old.position.path === now.position.path) changes.push({ kind: "unchanged", before: old, after: now });
    else changes.push({ kind: "moved", before: old, after: now, equal: true });
  }
  const stays = (old: Manifest, now: Manifest): boolean => isSameTarget(old, now, appliers);
  const elsewhere = pairUp(here.before, here.after, nameOf, [
    (old, now) => stays(old, now) && equal(old, now),
    stays,
    equal,
    any,
  ]);
  for (const [old, now] of elsewhere.pairs) {
    const moved = { kind: "moved", before: old, after: now, equal: equal(old, now) } as const;
    changes.push(stays(old, now) ? moved : { ...moved, exposed: true });
  }
  for (const manifest of elsewhere.after) changes.push({ kind: "created", after: manifest });
  for (const manifest of elsewhere.before) changes.push({ kind: "deleted", before: manifest });
  return changes;
}

/**
 * Whether what applied a manifest before surely applied it where it is now: GitOps objects of one environment do, and what
 * nothing in the tree applies has the same place, its directory or a named environment.
 */
function isSameTarget(old: Manifest, now: Manifest, appliers: Appliers): boolean {
  const [was, is] = [appliers.before(old), appliers.after(now)];
  if (was && is) return true;
  if (is) return false;
  if (old.environment !== undefined || old.position.path === now.position.path) return true;
  const areFiles = old.source === undefined && now.source === undefined;
  return areFiles && directoryOf(old.position.path) === directoryOf(now.position.path);
}

interface Pairing {
  readonly pairs: readonly (readonly [Manifest, Manifest])[];
  readonly before: readonly Manifest[];
  readonly after: readonly Manifest[];
}

/** Among manifests of one key those that the first of `passes` accepts belong together first, then those of the next. */
function pairUp(
  before: readonly Manifest[],
  after: readonly Manifest[],
  keyOf: (manifest: Manifest) => string,
  passes: readonly ((old: Manifest, now: Manifest) => boolean)[],
): Pairing {
  const open = new Map<string, Manifest[]>();
  for (const manifest of before) {
    const key = keyOf(manifest);
    const group = open.get(key);
    if (group === undefined) open.set(key, [manifest]);
    else group.push(manifest);
  }
  const pairs: (readonly [Manifest, Manifest])[] = [];
  let left = after;
  for (const fits of passes) {
    left = left.filter((now) => {
      const candidates = open.get(keyOf(now)) ?? [];
      const at = candidates.findIndex((old) => fits(old, now));
      const [old] = at === -1 ? [] : candidates.splice(at, 1);
      if (old !== undefined) pairs.push([old, now]);
      return old === undefined;
    });
  }
  return { pairs, before: [...open.values()].flat(), after: left };
}

/** What a manifest comes through: its source, or its plain file. A file that is a document too yields that by itself. */
export function yielderOf({ source, position, document }: Pick<Manifest, "source" | "position" | "document">): string {
  if (document !== undefined) return `source ${documentSource(document, position.path)}`;
  return source === undefined ? `file ${position.path}` : `source ${source}`;
}

function nameOf(manifest: Manifest): string {
  return identityKey(manifest.identity, manifest.environment);
}

/** The id of the source that a file is for an entry of `documents:`. */
export function documentSource(entry: number, path: string): string {
  return `document ${entry} ${path}`;
}
