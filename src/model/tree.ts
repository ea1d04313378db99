/** The kind of a path of a tree: Git's modes 100644 and 100755 are files, 120000 a symlink, 160000 a submodule. */
export type EntryKind = "file" | "symlink" | "submodule";

/** One path of a tree. `id` is equal for equal content: a Git blob id, or a digest outside Git. */
export interface TreeEntry {
  readonly path: string;
  readonly kind: EntryKind;
  readonly id: string;
  /** Size in bytes where the tree knows it without reading. */
  readonly size?: number;
}

/** The files of one Git commit (or a directory), readable by path. Paths use `/`, are relative to the root and sorted by code unit. */
export interface Tree {
  /** Names the tree for people: a commit id, or a directory. */
  readonly name: string;
  list(): Promise<readonly TreeEntry[]>;
  /** The bytes of a file, or the target of a symlink as bytes; rejects for a path that is not in the tree. */
  read(path: string): Promise<Uint8Array>;
  /** The same for many paths at once, in their order, as trees read fastest. */
  readAll(paths: readonly string[]): AsyncIterable<{ readonly path: string; readonly bytes: Uint8Array }>;
}
