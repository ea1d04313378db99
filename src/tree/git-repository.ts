import type { Tree } from "../model/tree.ts";
import { gitTree } from "./git-tree.ts";
import { mergedTrees, type MergeResolution } from "./merged-trees.ts";
import { ObjectReader } from "./object-reader.ts";
import { resolveRevision, type Resolution } from "./resolve-revision.ts";
import { runGit } from "./run-git.ts";
import { scratchObjects } from "./scratch-objects.ts";

/**
 * A Git repository opened for reading; one long-lived `git cat-file --batch` serves all its trees. The caller must
 * close it.
 */
export interface GitRepository {
  /** The root of the work tree, or the repository itself if it is bare. */
  readonly root: string;
  /** The commit id of a revision, or a problem with what is missing. */
  resolve(revision: string): Promise<Resolution>;
  /**
   * The tree of a commit or tree, by its full id. Nothing is read until it is needed. `name` is its name in the report.
   */
  tree(id: string, name?: string): Tree;
  /**
   * The trees of the merge of head into base if Git (2.38 or newer) and the history allow, else of head against the
   * merge base. For local use.
   */
  mergedTrees(base: string, head: string): Promise<MergeResolution>;
  /** Whether something of a tree could not be read, although a clone that is whole has it. */
  isDamaged(): boolean;
  close(): Promise<void>;
}

/**
 * Opens the repository at a directory (a work tree, any directory below it, or a bare repository). Rejects if there is
 * none.
 */
export async function openRepository(directory: string): Promise<GitRepository> {
  const { code, stdout, stderr } = await runGit(directory, ["rev-parse", "--absolute-git-dir"]);
  if (code !== 0) throw new Error(`${directory} is not a Git repository: ${stderr.replace(/^fatal: /, "")}`);
  const top = await runGit(directory, ["rev-parse", "--show-toplevel"]);
  const root = top.code === 0 && top.stdout.trim() !== "" ? top.stdout.replace(/\n$/, "") : stdout.replace(/\n$/, "");
  const scratch = await scratchObjects(root);
  const objects = new ObjectReader(root, scratch.forReading);
  const resolve = (revision: string): Promise<Resolution> => resolveRevision(root, revision);
  let isUnlisted = false;
  const tree = (id: string, name = id): Tree => {
    const opened = gitTree(root, id, objects, name, scratch.forReading);
    const list = (): ReturnType<Tree["list"]> =>
      opened.list().catch((error: unknown) => {
        isUnlisted = true;
        throw error;
      });
    return { ...opened, list };
  };
  return {
    root,
    resolve,
    tree,
    mergedTrees: (base, head) => mergedTrees({ directory: root, resolve, tree, scratch }, base, head),
    isDamaged: () => isUnlisted || objects.isDamaged,
    close: async () => {
      await objects.close();
      scratch.remove();
    },
  };
}
