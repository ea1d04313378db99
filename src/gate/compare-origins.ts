import type { DesiredState } from "../render/desired-state.ts";
import type { ScopedFile } from "../render/files/role.ts";
import { isUnit, type Origin } from "./reading.ts";
import type { States } from "./states.ts";

/** The origins of two trees, or of one. */
export interface ComparedOrigins {
  /** What both trees have alike; of one tree all. Nothing of it needs to be matched, so its content is not kept. */
  readonly unchanged: readonly Origin[];
  /** What either tree has and the other has not, or not so. */
  readonly before: readonly Origin[];
  readonly after: readonly Origin[];
}

/** Compares the files and units of two trees by their keys; nothing is read or rendered. */
export function compareOrigins({ before, after, isChange }: States): ComparedOrigins {
  const now = originsOf(after);
  if (!isChange) return { unchanged: now, before: [], after: [] };
  const open = new Map(originsOf(before).map((of) => [originKey(of), of]));
  // What the plan of the tree before finds in the tree after belongs to no plan of that tree: it is compared by itself.
  const unchanged = new Set(now.filter((of) => !isCarriedOver(of) && open.delete(originKey(of))));
  return { unchanged: [...unchanged], before: [...open.values()], after: now.filter((of) => !unchanged.has(of)) };
}

function originsOf({ files, units }: DesiredState): readonly Origin[] {
  return [...files, ...units];
}

/** Whether an origin belongs to the plan of the tree before alone, which is asked of the tree after as well. */
export function isCarriedOver(of: Origin): boolean {
  return (isUnit(of) ? of.source.carriedOver : of.carriedOver) === true;
}

/** Equal for files of equal path, content and role, and for units of equal id that yield equal manifests in equal environments. */
export function originKey(of: Origin): string {
  const key = keys.get(of) ?? makeKey(of);
  keys.set(of, key);
  return key;
}

const keys = new WeakMap<Origin, string>();

function makeKey(of: Origin): string {
  if (isUnit(of)) return `unit\0${JSON.stringify([of.source.id, of.key, of.source.environments])}`;
  return `file\0${of.entry.path}\0${contentKey(of)}`;
}

/** Equal for files with equal content and role, whatever their path. */
export function contentKey({ entry, role, targets, linkedAt }: ScopedFile): string {
  const landing = targets === undefined && linkedAt === undefined ? "" : JSON.stringify([targets, linkedAt]);
  return `${entry.kind}\0${entry.id}\0${role.kind === "plain" ? "" : JSON.stringify(role)}${landing}`;
}
