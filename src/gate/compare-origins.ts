import type { ScopedFile } from "../render/files/role.ts";
import type { Unit } from "../render/unit.ts";

/** The files in scope of two trees: those that are the same, and those of either tree that differ. */
export interface ComparedFiles {
  /** Equal in path, content and role. */
  readonly same: readonly ScopedFile[];
  readonly before: readonly ScopedFile[];
  readonly after: readonly ScopedFile[];
}

/** Compares by path, kind, blob id and role; nothing is read. */
export function compareFiles(before: readonly ScopedFile[], after: readonly ScopedFile[]): ComparedFiles {
  const known = new Map(before.map((file) => [file.entry.path, file]));
  const same: ScopedFile[] = [];
  const changed: ScopedFile[] = [];
  for (const file of after) {
    const old = known.get(file.entry.path);
    if (old !== undefined && file.carriedOver !== true && isSameContent(old, file)) {
      same.push(file);
      known.delete(file.entry.path);
    } else changed.push(file);
  }
  return { same, before: [...known.values()], after: changed };
}

function isSameContent(old: ScopedFile, now: ScopedFile): boolean {
  if (old.entry.kind !== now.entry.kind || old.entry.id !== now.entry.id) return false;
  const isSame = old.role === now.role && old.targets === now.targets && old.linkedAt === now.linkedAt;
  return isSame || roleKey(old) === roleKey(now);
}

/** Equal for files with equal content and role, whatever their path. */
export function contentKey(file: ScopedFile): string {
  return `${file.entry.kind}\0${file.entry.id}\0${roleKey(file)}`;
}

function roleKey({ role, targets, linkedAt }: ScopedFile): string {
  const landing = targets === undefined && linkedAt === undefined ? "" : JSON.stringify([targets, linkedAt]);
  return role.kind === "plain" ? landing : JSON.stringify(role) + landing;
}

/** The units of two trees: those that are the same, and those of either tree that differ. */
export interface ComparedUnits {
  /** Equal in id, key and environments. */
  readonly same: readonly Unit[];
  readonly before: readonly Unit[];
  readonly after: readonly Unit[];
}

/** Compares units by name, key and environments; nothing is rendered. */
export function compareUnits(before: readonly Unit[], after: readonly Unit[]): ComparedUnits {
  const known = new Map(before.map((unit) => [unitKey(unit), unit]));
  // What the plan of the tree before finds in the tree after belongs to no plan of that tree: it is compared by itself.
  const same = after.filter((unit) => unit.source.carriedOver !== true && known.delete(unitKey(unit)));
  const unchanged = new Set(same);
  return { same, before: [...known.values()], after: after.filter((unit) => !unchanged.has(unit)) };
}

/** Equal for units of the same name that yield equal manifests in equal environments. */
export function unitKey({ source, key }: Unit): string {
  return JSON.stringify([source.id, key, source.environments]);
}
