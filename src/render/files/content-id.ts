import type { TreeEntry } from "../../model/tree.ts";

/**
 * What an entry's content is known by; undefined where there is none, the same word for all whose content cannot be read
 * (a directory hashes a file only when it is asked). Nothing may be kept by that word.
 */
export function contentId(entry: TreeEntry | undefined): string | undefined {
  try {
    return entry?.id;
  } catch {
    return unreadable;
  }
}

export const unreadable = "unreadable";
