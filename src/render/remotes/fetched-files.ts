import type { Tree, TreeEntry } from "../../model/tree.ts";
import { treeFiles, type TreeFiles } from "../files/tree-files.ts";

/** The files of a tree, and beside them, in directories that the tree does not have, what servers have. */
export interface FetchedFiles extends TreeFiles {
  /** Puts the files of a tree into the directory of a name; returns the directory. */
  add(name: string, tree: Tree): Promise<string>;
  /** All that was put there, by directory. */
  readonly added: ReadonlyMap<string, TreeFiles>;
}

/**
 * Makes room beside the files of a tree. Its own listing (`entries`, the files below its root) stays what it was. `before`:
 * what stood beside the tree before a change, which is there from the start.
 */
export function fetchedFiles(own: TreeFiles, before: ReadonlyMap<string, TreeFiles> = new Map()): FetchedFiles {
  const top = freeName(own);
  const adding = new Map<string, Promise<TreeFiles>>();
  const ready = new Map([...before].filter(([at]) => at.startsWith(top)));
  /** The files of a server that a path is among, and the path there. */
  const among = (
    path: string,
  ): { readonly files: TreeFiles; readonly at: string; readonly rest: string } | undefined => {
    if (!path.startsWith(top)) return undefined;
    const end = path.indexOf("/", top.length);
    const at = end === -1 ? path : path.slice(0, end);
    const files = ready.get(at);
    return files === undefined ? undefined : { files, at, rest: end === -1 ? "" : path.slice(end + 1) };
  };
  const whole = (at: string, rest: string): string => (rest === "" ? at : `${at}/${rest}`);
  return {
    ...own,
    fetchedAt: (path) => among(path)?.at,
    fileAt(path) {
      const found = among(path);
      if (found === undefined) return own.fileAt(path);
      const entry = found.files.fileAt(found.rest);
      return entry === undefined ? undefined : movedTo(whole(found.at, entry.path), entry);
    },
    directoryAt(path) {
      const found = among(path);
      if (found === undefined) return own.directoryAt(path);
      const directory = found.files.directoryAt(found.rest);
      return directory === undefined ? undefined : whole(found.at, directory);
    },
    filesBelow(directory) {
      const found = among(directory);
      if (found === undefined) return own.filesBelow(directory);
      return found.files.filesBelow(found.rest).map((path) => whole(found.at, path));
    },
    submoduleOf: (path) => (among(path) === undefined ? own.submoduleOf(path) : undefined),
    async read(paths) {
      const ofTree: string[] = [];
      const elsewhere = new Map<string, string[]>();
      for (const path of paths) {
        const found = among(path);
        if (found === undefined) ofTree.push(path);
        else elsewhere.set(found.at, [...(elsewhere.get(found.at) ?? []), found.rest]);
      }
      const bytes = await own.read(ofTree);
      if (elsewhere.size === 0) return bytes;
      const all = new Map(bytes);
      for (const [at, rests] of elsewhere)
        for (const [rest, content] of (await ready.get(at)?.read(rests)) ?? []) all.set(whole(at, rest), content);
      return all;
    },
    async add(name, tree) {
      const at = `${top}${name}`;
      if (ready.has(at)) return at;
      const files = adding.get(at) ?? treeFiles(tree);
      adding.set(at, files);
      ready.set(at, await files);
      return at;
    },
    added: ready,
  };
}

/** The start of the directories: no path of the tree has it. */
function freeName({ entries }: TreeFiles): string {
  let name = ".fetched";
  const isTaken = (): boolean => [...entries.keys()].some((path) => path === name || path.startsWith(`${name}/`));
  while (isTaken()) name += "_";
  return `${name}/`;
}

/** An entry under another path. Its id may be read on demand, and reading it may fail. */
function movedTo(path: string, entry: TreeEntry): TreeEntry {
  return {
    path,
    kind: entry.kind,
    get id() {
      return entry.id;
    },
    ...(entry.size === undefined ? {} : { size: entry.size }),
  };
}
