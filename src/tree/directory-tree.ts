import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Dirent, type Stats } from "node:fs";
import { join } from "node:path";
import { maxBytes } from "./max-bytes.ts";
import type { EntryKind, Tree, TreeEntry } from "../model/tree.ts";
import { TreeError } from "./tree-error.ts";

/**
 * The files below a directory. `.git` is no part of it; symlinks are entries, never followed. `paths` (relative, `/`)
 * narrows what is listed to them, to what their links lead to, and to the files that lie beside them on the way to the
 * root: these may say what a named file is.
 */
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
  const named = paths.map(partsOf);
  const outside = paths.find((_, index) => named[index]?.includes(".."));
  if (outside !== undefined) throw new RangeError(`${outside} leads out of ${root}`);
  if (named.some((parts) => parts.length === 0)) {
    walk(root, "", found);
    return sorted(found);
  }
  for (const parts of named) {
    for (let depth = 0; depth < parts.length; depth += 1) listFiles(root, parts.slice(0, depth).join("/"), found);
    reach(root, parts, found, maxHops);
  }
  const seen = new Set<string>();
  for (const { path, kind } of found.values()) {
    if (kind !== "symlink" || seen.has(path)) continue;
    seen.add(path);
    reach(root, path.split("/"), found, maxHops);
  }
  return sorted(found);
}

function sorted(found: ReadonlyMap<string, TreeEntry>): readonly TreeEntry[] {
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** As many hops as Linux follows. */
const maxHops = 40;

/** Lists what a path leads to, and every link on the way. */
function reach(root: string, parts: readonly string[], found: Map<string, TreeEntry>, hops: number): void {
  if (parts.includes(".git")) return;
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const path = parts.slice(0, depth).join("/");
    const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isSymbolicLink()) {
      if (!found.has(path)) found.set(path, entryOf(root, path, true));
      const end = targetOf(root, parts.slice(0, depth), parts.slice(depth));
      if (end !== undefined && hops > 0) reach(root, end, found, hops - 1);
      return;
    }
    if (depth < parts.length) continue;
    if (stats.isDirectory()) walk(root, path, found);
    else if (!found.has(path)) found.set(path, entryOf(root, path, false));
  }
  if (parts.length === 0) walk(root, "", found);
}

/** Where a link leads, as parts from the root; undefined where that is outside. */
function targetOf(root: string, link: readonly string[], rest: readonly string[]): readonly string[] | undefined {
  const target = readlinkSync(join(root, ...link));
  if (target.startsWith("/")) return undefined;
  const parts: string[] = [];
  for (const part of [...link.slice(0, -1), ...partsOf(target), ...rest]) {
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts;
}

function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function listFiles(root: string, directory: string, found: Map<string, TreeEntry>): void {
  for (const item of itemsOf(root, directory)) {
    const path = directory === "" ? item.name : `${directory}/${item.name}`;
    if (item.isFile() && item.name !== ".git" && !found.has(path)) found.set(path, entryOf(root, path, false));
  }
}

function walk(root: string, directory: string, found: Map<string, TreeEntry>): void {
  for (const item of itemsOf(root, directory)) {
    if (item.name === ".git") continue;
    const path = directory === "" ? item.name : `${directory}/${item.name}`;
    if (item.isDirectory()) walk(root, path, found);
    else if (!found.has(path)) found.set(path, entryOf(root, path, item.isSymbolicLink()));
  }
}

function itemsOf(root: string, directory: string): readonly Dirent[] {
  try {
    return readdirSync(join(root, directory), { withFileTypes: true });
  } catch (cause) {
    const hint = directory.includes("\ufffd") ? "; its name is not UTF-8" : "";
    throw new TreeError(`the directory ${directory || "."} cannot be listed: ${(cause as Error).message}${hint}`, {
      cause,
    });
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
  if (stats.size > maxBytes) throw new Error(`it has ${stats.size} bytes; at most ${maxBytes} are read`);
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
