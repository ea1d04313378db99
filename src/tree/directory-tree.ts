import { hash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Dirent, type Stats } from "node:fs";
import { join } from "node:path";
import { maxBytes } from "./max-bytes.ts";
import type { EntryKind, Tree, TreeEntry } from "../model/tree.ts";
import { TreeError } from "./tree-error.ts";

/**
 * The files below a directory. `.git` is left out; symlinks are entries and are never followed. `paths` (relative, with
 * `/`) limits the listing to these paths, to the targets of their links, and to the files beside them and their parent
 * directories, which may say what kind of file a named one is. Files and directories for which `leftOut` holds are not listed.
 */
export function directoryTree(
  root: string,
  options: { readonly paths?: readonly string[]; readonly leftOut?: (path: string) => boolean } = {},
): Tree {
  let entries: readonly TreeEntry[] | undefined;
  const read = reader(root);
  return {
    name: root,
    list: async () => (entries ??= listBelow(root, options.paths ?? [""], read, options.leftOut)),
    read: async (path) => read(path),
    async *readAll(paths) {
      for (const path of paths) yield { path, bytes: read(path) };
    },
  };
}

/** The number of bytes that are cached: most files are searched, hashed and judged, and never change meanwhile. */
const heldBytes = 64 * 1024 * 1024;

type Read = (path: string) => Uint8Array;

function reader(root: string): Read {
  const held = new Map<string, Uint8Array>();
  let free = heldBytes;
  return (path) => {
    const known = held.get(path);
    if (known !== undefined) return known;
    const bytes = readEntry(join(root, path));
    if (bytes.length > free) return bytes;
    held.set(path, bytes);
    free -= bytes.length;
    return bytes;
  };
}

/** A listing in progress: the entries found, and how files are read. */
interface Listing {
  readonly root: string;
  readonly read: Read;
  readonly found: Map<string, TreeEntry>;
  readonly leftOut: (path: string) => boolean;
}

function listBelow(
  root: string,
  paths: readonly string[],
  read: Read,
  leftOut: Listing["leftOut"] = () => false,
): readonly TreeEntry[] {
  const found = new Map<string, TreeEntry>();
  const listing: Listing = { root, read, found, leftOut };
  const named = paths.map(partsOf);
  const outside = paths.find((_, index) => named[index]?.includes(".."));
  if (outside !== undefined) throw new RangeError(`${outside} leads out of ${root}`);
  if (named.some((parts) => parts.length === 0)) {
    walk(listing, "");
    return sorted(found);
  }
  for (const parts of named) {
    for (let depth = 0; depth < parts.length; depth += 1) {
      const parent = parts.slice(0, depth).join("/");
      if (lstatSync(join(root, parent), { throwIfNoEntry: false }) === undefined) break;
      listFiles(listing, parent);
    }
    reach(listing, parts, maxHops);
  }
  const seen = new Set<string>();
  for (const { path, kind } of found.values()) {
    if (kind !== "symlink" || seen.has(path)) continue;
    seen.add(path);
    reach(listing, path.split("/"), maxHops);
  }
  return sorted(found);
}

function sorted(found: ReadonlyMap<string, TreeEntry>): readonly TreeEntry[] {
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The number of links that Linux follows. */
const maxHops = 40;

/** Lists what a path leads to, and every link on the way. */
function reach(listing: Listing, parts: readonly string[], hops: number): void {
  const { root, found } = listing;
  if (parts.includes(".git")) return;
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const path = parts.slice(0, depth).join("/");
    const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isSymbolicLink()) {
      if (!found.has(path)) found.set(path, entryOf(listing, path, true));
      const end = targetOf(root, parts.slice(0, depth), parts.slice(depth));
      if (end !== undefined && hops > 0) reach(listing, end, hops - 1);
      return;
    }
    if (depth < parts.length) continue;
    if (stats.isDirectory()) walk(listing, path);
    else if (!found.has(path)) found.set(path, entryOf(listing, path, false));
  }
  if (parts.length === 0) walk(listing, "");
}

/** The target of a link, as segments from the root; undefined if it is outside. */
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

function listFiles(listing: Listing, directory: string): void {
  const { root, found } = listing;
  for (const item of itemsOf(root, directory)) {
    const path = directory === "" ? item.name : `${directory}/${item.name}`;
    if (item.isFile() && item.name !== ".git" && !found.has(path) && !listing.leftOut(path))
      found.set(path, entryOf(listing, path, false));
  }
}

function walk(listing: Listing, directory: string): void {
  const { root, found } = listing;
  for (const item of itemsOf(root, directory)) {
    if (item.name === ".git") continue;
    const path = directory === "" ? item.name : `${directory}/${item.name}`;
    if (listing.leftOut(path)) continue;
    if (item.isDirectory()) walk(listing, path);
    else if (!found.has(path)) found.set(path, entryOf(listing, path, item.isSymbolicLink()));
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

function entryOf({ read }: Listing, path: string, symlink: boolean): TreeEntry {
  const kind: EntryKind = symlink ? "symlink" : "file";
  let id: string | undefined;
  return {
    path,
    kind,
    // Computed on demand: it needs the content, and most uses never compare ids.
    get id() {
      return (id ??= blobId(read, path));
    },
  };
}

function readEntry(file: string): Uint8Array {
  const stats: Stats = lstatSync(file);
  if (stats.isSymbolicLink()) return readlinkSync(file, { encoding: "buffer" });
  // Reading a pipe or a device could block forever.
  if (!stats.isFile()) throw new Error("it is not a regular file");
  if (stats.size > maxBytes) throw new Error(`it has ${stats.size} bytes; at most ${maxBytes} are read`);
  return readFileSync(file);
}

/** The id that Git gives to a blob, so that a directory can be compared with a commit. */
function blobId(read: Read, path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = read(path);
  } catch {
    return "unreadable";
  }
  return hash("sha1", Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]));
}
