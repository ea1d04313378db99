import type { Finding } from "../../model/finding.ts";
import { placeOf, type Fixable } from "./draft-fixes.ts";
import { objectsOf, type Broken } from "./verify-fixes.ts";

/** What a judgement says of the fixes of a group, where it tells which of them are to blame for what they would bring. */
export interface Blame {
  /** Fixes that alone can have brought something, with what it is. */
  readonly guilty: ReadonlyMap<Fixable, string>;
  /** Fixes of which one or more brought something, in layers: of no layer two can have brought the same. */
  readonly layers: readonly (readonly Fixable[])[];
  readonly innocent: readonly Fixable[];
}

/**
 * Tells by the object or the file that something new is about which fixes may have brought it. Undefined where that is no fix
 * of the group for some of it, so that any may have.
 */
export function blame(group: readonly Fixable[], broken: readonly Broken[]): Blame | undefined {
  const guilty = new Map<Fixable, string>();
  const suspects: (readonly Fixable[])[] = [];
  for (const one of broken) {
    const suspected = group.filter(({ finding }) => concerns(one, finding));
    const [only, another] = suspected;
    if (only === undefined) return undefined;
    if (another === undefined) guilty.set(only, one.message);
    else suspects.push(suspected);
  }
  const layers: Fixable[][] = [];
  for (const suspect of new Set(suspects.flat())) {
    if (guilty.has(suspect)) continue;
    const rivals = new Set(suspects.filter((all) => all.includes(suspect)).flat());
    const layer = layers.find((one) => !one.some((other) => rivals.has(other)));
    if (layer === undefined) layers.push([suspect]);
    else layer.push(suspect);
  }
  const suspected = new Set(layers.flat());
  return { guilty, layers, innocent: group.filter((one) => !suspected.has(one) && !guilty.has(one)) };
}

function concerns({ objects, path }: Broken, finding: Finding): boolean {
  if (path !== undefined && placeOf(finding).path === path) return true;
  return objectsOf(finding).some((object) => objects.has(object));
}
