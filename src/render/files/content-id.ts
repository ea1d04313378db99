import type { TreeEntry } from "../../model/tree.ts";

/**
 * The id of an entry's content; undefined where there is no entry, and `unreadable` for any content that cannot be read
 * (a directory tree hashes a file on demand). Nothing may be cached by `unreadable`.
 */
export function contentId(entry: TreeEntry | undefined): string | undefined {
  try {
    return entry?.id;
  } catch {
    return unreadable;
  }
}

export const unreadable = "unreadable";
