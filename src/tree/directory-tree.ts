import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { EntryKind, Tree, TreeEntry } from "../model/tree.ts";

/** The files below a directory. `paths` (relative, `/`) narrows what is listed. `.git` is no part of it; symlinks are entries, never followed. */
export function directoryTree(root: string, options: { readonly paths?: readonly string[] } = {}): Tree {
  let entries: readonly TreeEntry[] | undefined;
  const read = (path: string): Uint8Array => readEntry(join(root, path));
  return {
    name: root,
    list: async () => (entries ??= listBelow(root, options.paths ?? [""])),
    read: async (path) => read(path),
    async *readAll(paths) {
      for (const path of paths) yield { path, bytes: read(path) };
    },
  };
}

function listBelow(root: string, paths: readonly string[]): readonly TreeEntry[] {
  const found = new Map<string, TreeEntry>();
  for (const path of paths) {
    const clean = path.split("/").filter((part) => part !== "" && part !== ".");
    if (clean.includes("..")) throw new RangeError(`${path} leads out of ${root}`);
    const stats = lstatSync(join(root, ...clean), { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (stats.isDirectory()) walk(root, clean.join("/"), found);
    else found.set(clean.join("/"), entryOf(root, clean.join("/"), stats.isSymbolicLink()));
  }
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function walk(root: string, directory: string, found: Map<string, TreeEntry>): void {
  for (const item of readdirSync(join(root, directory), { withFileTypes: true })) {
    if (item.name === ".git") continue;
    const path = directory === "" ? item.name : `${directory}/${item.name}`;
    if (item.isDirectory()) walk(root, path, found);
    else found.set(path, entryOf(root, path, item.isSymbolicLink()));
  }
}

function entryOf(root: string, path: string, symlink: boolean): TreeEntry {
  const kind: EntryKind = symlink ? "symlink" : "file";
  let id: string | undefined;
  return {
    path,
    kind,
    // A digest needs the file's bytes, and most uses of a directory never compare.
    get id() {
      return (id ??= blobId(join(root, path)));
    },
  };
}

function readEntry(file: string): Uint8Array {
  const stats: Stats = lstatSync(file);
  if (stats.isSymbolicLink()) return readlinkSync(file, { encoding: "buffer" });
  // Reading a pipe or a device would wait without end.
  if (!stats.isFile()) throw new Error("it is no regular file");
  return readFileSync(file);
}

/** Git's own id of a blob, so that a directory compares with a commit. */
function blobId(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readEntry(file);
  } catch {
    return "unreadable";
  }
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
