import type { ScopedFile } from "../render/role.ts";

/** The files in scope of two trees, parted by whether the change can make a difference to them. */
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
    if (old !== undefined && isSameContent(old, file)) {
      same.push(file);
      known.delete(file.entry.path);
    } else changed.push(file);
  }
  return { same, before: [...known.values()], after: changed };
}

function isSameContent(old: ScopedFile, now: ScopedFile): boolean {
  if (old.entry.kind !== now.entry.kind || old.entry.id !== now.entry.id) return false;
  return old.role === now.role || roleKey(old) === roleKey(now);
}

/** Equal for files whose content and role are equal, wherever they lie. */
export function contentKey(file: ScopedFile): string {
  return `${file.entry.kind}\0${file.entry.id}\0${roleKey(file)}`;
}

function roleKey({ role }: ScopedFile): string {
  return role.kind === "plain" ? "" : JSON.stringify(role);
}
