import { toJsonText } from "../../manifest/json-text.ts";
import type { GitOpsObject } from "../gitops.ts";
import { unpaired } from "./unpaired.ts";

/**
 * The GitOps objects of the tree before that nothing in the tree after takes the place of. What does has the same name in the
 * same file, and comes through the same source or is equal: another overlay of one base yields another object.
 */
export function goneObjects(before: readonly GitOpsObject[], after: readonly GitOpsObject[]): readonly GitOpsObject[] {
  const now = byName(after);
  return [...byName(before)].flatMap(([name, objects]) => {
    const isTold = new Set(objects.map(wayOf)).size === objects.length;
    return unpaired(
      objects,
      now.get(name) ?? [],
      isTold ? [wayOf, valueOf] : [(object) => wayOf(object) + valueOf(object), valueOf, wayOf],
    );
  });
}

function wayOf({ parent, environments }: GitOpsObject): string {
  return JSON.stringify([parent ?? null, environments]);
}

function valueOf({ manifest, environments }: GitOpsObject): string {
  return toJsonText([environments, manifest.value]);
}

function byName(objects: readonly GitOpsObject[]): ReadonlyMap<string, readonly GitOpsObject[]> {
  const found = new Map<string, GitOpsObject[]>();
  for (const object of objects) {
    const { identity, position } = object.manifest;
    const { group, kind, namespace, name } = identity;
    const key = JSON.stringify([group, kind, namespace ?? null, name, position.path]);
    const alike = found.get(key);
    if (alike === undefined) found.set(key, [object]);
    else alike.push(object);
  }
  return found;
}
