import type { Tree, TreeEntry } from "../../model/tree.ts";
import { readLinks, type Links } from "./links.ts";
import { readEach } from "./read-each.ts";

/** The files of a tree as a tool in a checkout finds them: symlinks are followed, also in directories. */
export interface TreeFiles {
  readonly tree: Tree;
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly links: Links;
  /** The directory that a path is below if it holds what a server has; undefined for the tree's own paths. */
  fetchedAt(path: string): string | undefined;
  /** The entry that holds the bytes of a path; undefined where no file stands there. */
  fileAt(path: string): TreeEntry | undefined;
  /** The directory that a path leads to, by its own name; undefined where there is none. */
  directoryAt(path: string): string | undefined;
  /** All files below a directory, by the name that was asked for, sorted. */
  filesBelow(directory: string): readonly string[];
  /** The submodule that a path is or lies in, directly or through a link. */
  submoduleOf(path: string): string | undefined;
  /** Equal where links and submodules are alike. */
  readonly layout: string;
  /** The bytes of files, by the paths asked for; what cannot be read is left out. */
  read(paths: Iterable<string>): Promise<ReadonlyMap<string, Uint8Array>>;
}

/** Lists a tree and reads its links. */
export async function treeFiles(tree: Tree): Promise<TreeFiles> {
  const list = await tree.list();
  const entries = new Map(list.map((entry) => [entry.path, entry]));
  const links = await readLinks(
    tree,
    entries,
    list.filter(({ kind }) => kind === "symlink").map(({ path }) => path),
  );
  const paths = list.map(({ path }) => path);
  const directories = directoriesOf(paths);
  const fileAt = (path: string): TreeEntry | undefined => {
    const entry = entries.get(path);
    if (entry?.kind === "file") return entry;
    if (links.targets.size === 0 || path === "") return undefined;
    const end = links.follow(path);
    const found = end.kind === "file" ? entries.get(end.path) : undefined;
    return found?.kind === "file" ? found : undefined;
  };
  const directoryAt = (path: string): string | undefined => {
    if (directories.has(path)) return path;
    if (links.targets.size === 0) return undefined;
    const end = links.follow(path);
    return end.kind === "directory" ? end.path : undefined;
  };
  const listings = new Map<string, readonly string[]>();
  return {
    tree,
    entries,
    links,
    fetchedAt: () => undefined,
    fileAt,
    directoryAt,
    submoduleOf: (path) => submoduleOf(path, entries, links),
    layout: JSON.stringify([
      [...links.targets],
      list.flatMap(({ kind, path }) => (kind === "submodule" ? [path] : [])),
    ]),
    filesBelow(directory) {
      const known = listings.get(directory);
      if (known !== undefined) return known;
      const found = filesBelow(directory, { entries, paths, directoryAt, fileAt }).toSorted(byCodeUnit);
      listings.set(directory, found);
      return found;
    },
    async read(wanted) {
      const byEntry = new Map<string, string[]>();
      for (const path of wanted) {
        const entry = fileAt(path);
        if (entry !== undefined) byEntry.set(entry.path, [...(byEntry.get(entry.path) ?? []), path]);
      }
      const found = new Map<string, Uint8Array>();
      for await (const reading of readEach(tree, [...byEntry.keys()])) {
        if (reading.kind === "bytes")
          for (const path of byEntry.get(reading.path) ?? []) found.set(path, reading.bytes);
      }
      return found;
    },
  };
}

function submoduleOf(path: string, entries: TreeFiles["entries"], links: Links): string | undefined {
  for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
    const above = end === -1 ? path : path.slice(0, end);
    if (entries.get(above)?.kind === "submodule") return above;
    if (end === -1) break;
  }
  const end = links.follow(path);
  return end.kind === "submodule" ? end.path : undefined;
}

interface Listing {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly paths: readonly string[];
  readonly directoryAt: TreeFiles["directoryAt"];
  readonly fileAt: TreeFiles["fileAt"];
}

/** All files below a directory. A directory that several links lead to is listed once: links to each other would give endless paths. */
function filesBelow(directory: string, listing: Listing, listed = new Set<string>()): string[] {
  const real = listing.directoryAt(directory);
  if (real === undefined || listed.has(real)) return [];
  listed.add(real);
  const prefix = real === "" ? "" : `${real}/`;
  const found: string[] = [];
  for (let at = firstFrom(listing.paths, prefix); at < listing.paths.length; at += 1) {
    const path = listing.paths[at] ?? "";
    if (!path.startsWith(prefix)) break;
    const inner = path.slice(prefix.length);
    const named = directory === "" ? inner : `${directory}/${inner}`;
    const kind = listing.entries.get(path)?.kind;
    if (kind === "file") found.push(named);
    else if (kind === "symlink") {
      if (listing.fileAt(path) !== undefined) found.push(named);
      else {
        const end = listing.directoryAt(path);
        // A link to a directory above it is a cycle.
        if (end !== undefined && end !== "" && !`${path}/`.startsWith(`${end}/`))
          found.push(...filesBelow(path, listing, listed).map((below) => named + below.slice(path.length)));
      }
    }
  }
  return found;
}

/** The index of the first path that does not sort before the prefix. */
function firstFrom(paths: readonly string[], prefix: string): number {
  let low = 0;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paths[middle] ?? "") < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}

function directoriesOf(paths: readonly string[]): ReadonlySet<string> {
  const directories = new Set<string>([""]);
  for (const path of paths) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const directory = path.slice(0, at);
      if (directories.has(directory)) break;
      directories.add(directory);
    }
  }
  return directories;
}

function byCodeUnit(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
