import { sha256 } from "../../manifest/sha256.ts";
import type { KustomizationNode, KustomizationNodes } from "../kustomizations/kustomization-graph.ts";
import type { RemoteReference } from "../../model/remotes.ts";
import type { Fetching, RemoteDirectories } from "../remotes/remote-directories.ts";
import { contentId, unreadable } from "./content-id.ts";
import type { TreeFiles } from "./tree-files.ts";

/** The parts of a tree that work may look at. */
export interface LookedAt {
  readonly files: TreeFiles;
  readonly nodes: KustomizationNodes;
  readonly remotes: RemoteDirectories;
}

/**
 * What was looked up in a tree and what was found, in turns. What was made of it is the same in every tree where the same is
 * found. Links and submodules do not count: see `TreeFiles.layout`.
 */
export type Lookups = readonly string[];

type Kind = "file" | "directory" | "below" | "node" | "fetched" | "remote";

/** The same parts of a tree, and everything that was looked up through them so far. */
export interface Recording extends LookedAt {
  /** Undefined where something was looked at that is not recorded, or that could not be read. */
  lookups(): Lookups | undefined;
}

/**
 * Records what is looked up in a tree. `isArtifact`: it is an artifact that Flux makes, in which what was fetched may lack
 * files or have others put into it.
 */
export function recordLookups(tree: LookedAt, isArtifact: boolean): Recording {
  const found = new Map<string, string>();
  let isWhole = true;
  const keep = (lookup: string, answer: string | undefined): void => {
    if (answer === undefined) isWhole = false;
    else found.set(lookup, answer);
  };
  const note = (kind: Exclude<Kind, "remote">, path: string): void => {
    // The name of what was fetched says what is in it.
    const fetched = isArtifact || kind === "node" ? undefined : tree.files.fetchedAt(path);
    if (fetched !== undefined && kind !== "fetched") return note("fetched", fetched);
    const lookup = `${kind} ${path}`;
    if (!found.has(lookup)) keep(lookup, answerOf(tree, kind, path));
  };
  const unrecorded = <Part>(part: Part): Part => {
    isWhole = false;
    return part;
  };
  const { files, nodes } = tree;
  return {
    files: {
      get tree() {
        return unrecorded(files.tree);
      },
      get entries() {
        return unrecorded(files.entries);
      },
      get links() {
        return unrecorded(files.links);
      },
      layout: files.layout,
      submoduleOf: (path) => files.submoduleOf(path),
      fetchedAt: (path) => files.fetchedAt(path),
      fileAt(path) {
        note("file", path);
        return files.fileAt(path);
      },
      directoryAt(path) {
        note("directory", path);
        return files.directoryAt(path);
      },
      filesBelow(directory) {
        note("below", directory);
        return files.filesBelow(directory);
      },
      async read(paths) {
        const asked = [...paths];
        for (const path of asked) note("file", path);
        const read = await files.read(asked);
        if (asked.some((path) => files.fileAt(path) !== undefined && !read.has(path))) isWhole = false;
        return read;
      },
    },
    nodes: {
      load: (directories) => nodes.load(directories),
      get(directory) {
        note("node", directory);
        return nodes.get(directory);
      },
      async standIn(path, bytes) {
        const node = await nodes.standIn(path, bytes);
        // Where links, replacements or the files of plugins had a say, more was looked up than the node tells.
        if (node === undefined || node.unresolved.length > 0 || node.content.plugins.length > 0)
          return unrecorded(node);
        for (const asked of [...node.asks.map((ask) => ask.path), ...node.loads]) {
          note("file", asked);
          note("directory", asked);
        }
        return node;
      },
    },
    remotes: {
      added: tree.remotes.added,
      asked: () => tree.remotes.asked(),
      async fetch(reference) {
        const fetched = await tree.remotes.fetch(reference);
        keep(`remote ${JSON.stringify(reference)}`, outcomeText(fetched));
        return fetched;
      },
    },
    lookups: () => (isWhole ? [...found].flat() : undefined),
  };
}

/**
 * Whether a tree answers lookups as they were answered. They are asked in the same order, and no more after one that is not
 * answered so: a server is asked only for what this tree refers to.
 */
export async function isFoundAgain(lookups: Lookups, tree: LookedAt): Promise<boolean> {
  for (let at = 0; at < lookups.length; at += 2) {
    const lookup = lookups[at] ?? "";
    const end = lookup.indexOf(" ");
    const [kind, asked] = [lookup.slice(0, end) as Kind, lookup.slice(end + 1)];
    const answer =
      kind === "remote"
        ? outcomeText(await tree.remotes.fetch(JSON.parse(asked) as RemoteReference))
        : answerOf(tree, kind, asked);
    if (answer !== lookups[at + 1]) return false;
  }
  return true;
}

/** Undefined where a server did not answer: it may do so next time. */
function outcomeText(outcome: Fetching | undefined): string | undefined {
  if (outcome === undefined) return "";
  if (outcome.kind === "unanswered") return undefined;
  if (outcome.kind !== "found") return JSON.stringify([outcome.kind, outcome.message, outcome.unpermitted]);
  const { directory, version, digest, stale } = outcome;
  return stale === true ? undefined : JSON.stringify([directory, version, digest]);
}

/** Undefined where the answer tells too little. */
function answerOf({ files, nodes }: LookedAt, kind: Exclude<Kind, "remote">, path: string): string | undefined {
  switch (kind) {
    case "file": {
      const entry = files.fileAt(path);
      const id = contentId(entry);
      if (entry === undefined || id === undefined) return "";
      return id === unreadable ? undefined : `${id} ${entry.path}`;
    }
    case "directory": {
      const directory = files.directoryAt(path);
      return directory === undefined ? "" : `/${directory}`;
    }
    case "below":
      return digestOnce(files.filesBelow(path), (paths) => paths.join("\0"));
    case "fetched":
      return files.fetchedAt(path) ?? "";
    case "node": {
      const node = nodes.get(path);
      return node === undefined ? "" : nodeDigest(node);
    }
    default:
      return kind satisfies never;
  }
}

/** The content of a kustomization is that of its file, which is among what it asks for. */
function nodeDigest(node: KustomizationNode): string | undefined {
  if (node.asks.some(({ entry }) => contentId(entry) === unreadable)) return undefined;
  return digestOnce(node, ({ path, asks, loads, unresolved }) => {
    const asked = asks.map(({ path, entry, use, as }) => [path, contentId(entry), entry?.path, use, as]);
    return JSON.stringify([path, asked, loads, unresolved]);
  });
}

const digests = new WeakMap<object, string>();

function digestOnce<Part extends object>(part: Part, text: (part: Part) => string): string {
  const digest = digests.get(part) ?? sha256(text(part));
  digests.set(part, digest);
  return digest;
}
