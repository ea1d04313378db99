import { stat } from "node:fs/promises";
import type { Tree } from "../../model/tree.ts";
import { openRepository, type GitRepository } from "../../tree/git-repository.ts";
import { MirrorDamaged } from "../mirror/mirror-damaged.ts";

const TREES_KEPT = 8;

/** An open mirror, with the trees that were listed already. */
export interface OpenMirror {
  /** Tells it from one that is made anew in its place. */
  readonly made: string;
  readonly repository: GitRepository;
  readonly trees: Map<string, Tree>;
}

/** What tells a mirror from one that is made anew in its place. */
export async function whenMade(directory: string): Promise<string> {
  const { ino, birthtimeMs } = await stat(directory).catch((error: unknown) => {
    throw new MirrorDamaged(directory, String(error));
  });
  return `${ino} ${birthtimeMs}`;
}

/** Opens a mirror for reading. Rejects with MirrorDamaged if it is none. */
export function openMirrorAt(directory: string): Promise<GitRepository> {
  return openRepository(directory).catch((error: unknown) => {
    throw new MirrorDamaged(directory, error instanceof Error ? error.message : String(error));
  });
}

/** The tree of a commit; those used last stay listed. */
export function treeAt({ repository, trees }: OpenMirror, commit: string): Tree {
  const tree = trees.get(commit) ?? repository.tree(commit);
  trees.delete(commit);
  trees.set(commit, tree);
  for (const oldest of trees.keys()) {
    if (trees.size <= TREES_KEPT) break;
    trees.delete(oldest);
  }
  return tree;
}
