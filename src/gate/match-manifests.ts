import type { Change } from "../model/change.ts";
import type { Manifest } from "../model/manifest.ts";
import { identityKey } from "./fingerprint.ts";
import { sameJson } from "../manifest/same-json.ts";

/**
 * Pairs the manifests of two trees: first by identity, environment and source, then the rest by
 * identity and environment alone (moved). File names within a source do not matter.
 */
export function matchManifests(before: readonly Manifest[], after: readonly Manifest[]): readonly Change[] {
  const changes: Change[] = [];
  const here = pairUp(before, after, (manifest) => JSON.stringify([nameOf(manifest), yielderOf(manifest)]));
  for (const [old, now] of here.pairs) {
    if (!sameJson(old.value, now.value)) changes.push({ kind: "updated", before: old, after: now });
    else if (old.position.path === now.position.path) changes.push({ kind: "unchanged", before: old, after: now });
    else changes.push({ kind: "moved", before: old, after: now, equal: true });
  }
  const elsewhere = pairUp(here.before, here.after, nameOf);
  for (const [old, now] of elsewhere.pairs) {
    changes.push({ kind: "moved", before: old, after: now, equal: sameJson(old.value, now.value) });
  }
  for (const manifest of elsewhere.after) changes.push({ kind: "created", after: manifest });
  for (const manifest of elsewhere.before) changes.push({ kind: "deleted", before: manifest });
  return changes;
}

interface Pairing {
  readonly pairs: readonly (readonly [Manifest, Manifest])[];
  readonly before: readonly Manifest[];
  readonly after: readonly Manifest[];
}

/** Pairs manifests of one key: equal values first, then by order. */
function pairUp(
  before: readonly Manifest[],
  after: readonly Manifest[],
  keyOf: (manifest: Manifest) => string,
): Pairing {
  const open = new Map<string, Manifest[]>();
  for (const manifest of before) {
    const key = keyOf(manifest);
    const group = open.get(key);
    if (group === undefined) open.set(key, [manifest]);
    else group.push(manifest);
  }
  const pairs: (readonly [Manifest, Manifest])[] = [];
  const taken = (now: Manifest, fits: (old: Manifest) => boolean): boolean => {
    const candidates = open.get(keyOf(now)) ?? [];
    const at = candidates.findIndex(fits);
    const [old] = at === -1 ? [] : candidates.splice(at, 1);
    if (old === undefined) return false;
    pairs.push([old, now]);
    return true;
  };
  const unequal = after.filter((now) => !taken(now, (old) => sameJson(old.value, now.value)));
  const left = unequal.filter((now) => !taken(now, () => true));
  return { pairs, before: [...open.values()].flat(), after: left };
}

/** What yields a manifest: the id of its source, or the path of its plain file. */
export function yielderOf({ source, position }: Pick<Manifest, "source" | "position">): string {
  return source === undefined ? `file ${position.path}` : `source ${source}`;
}

function nameOf(manifest: Manifest): string {
  return identityKey(manifest.identity, manifest.environment);
}
