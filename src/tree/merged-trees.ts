import type { Tree } from "../model/tree.ts";
import type { Problem } from "../model/problem.ts";
import { problem, type Resolution } from "./resolve-revision.ts";
import { runGit } from "./run-git.ts";
import type { ScratchObjects } from "./scratch-objects.ts";

/** The two trees of a change, and a description for the report of how `after` was made. */
export interface ChangeTrees {
  readonly before: Tree;
  readonly after: Tree;
  readonly how: string;
}

/** The trees of a change, or why they are not available. */
export type MergeResolution =
  | { readonly kind: "trees"; readonly trees: ChangeTrees }
  | { readonly kind: "problem"; readonly problem: Problem };

interface Opened {
  readonly directory: string;
  resolve(revision: string): Promise<Resolution>;
  tree(id: string, name?: string): Tree;
  readonly scratch: ScratchObjects;
}

/** The trees to compare for a merge of head into base: the gate judges the result of the merge, not the head alone. */
export async function mergedTrees(repository: Opened, base: string, head: string): Promise<MergeResolution> {
  const from = await repository.resolve(base);
  if (from.kind === "problem") return from;
  const to = await repository.resolve(head);
  if (to.kind === "problem") return to;
  const trees = (before: string, after: Tree, how: string): MergeResolution => ({
    kind: "trees",
    trees: { before: repository.tree(before), after, how },
  });
  const headTree = repository.tree(to.id);
  if (await hasParent(repository.directory, to.id, from.id)) return trees(from.id, headTree, "head on top of base");
  const mergeBase = await runGit(repository.directory, ["merge-base", "--end-of-options", from.id, to.id]);
  const common = mergeBase.stdout.trim();
  if (mergeBase.code !== 0 || common === "") {
    const message = `${base} and ${head} have no common ancestor in this clone: fetch more history (git fetch --unshallow)`;
    return { kind: "problem", problem: problem(message) };
  }
  if (common === from.id) return trees(from.id, headTree, "head on top of base");
  const merge = await writeMerge(repository, from.id, to.id);
  if (merge.kind === "none") return trees(common, headTree, `head against merge base (${merge.reason})`);
  return trees(from.id, repository.tree(merge.tree, `${to.id} merged into ${from.id}`), "merge of head into base");
}

/** Reads the commit object: a shallow clone hides parents that the object names. */
async function hasParent(directory: string, commit: string, parent: string): Promise<boolean> {
  const { stdout } = await runGit(directory, ["cat-file", "commit", commit]);
  const header = stdout.slice(0, stdout.indexOf("\n\n"));
  return header.split("\n").includes(`parent ${parent}`);
}

type Merge = { readonly kind: "tree"; readonly tree: string } | { readonly kind: "none"; readonly reason: string };

async function writeMerge({ directory, scratch }: Opened, base: string, head: string): Promise<Merge> {
  // A merge driver is a program named by the configuration of the repository.
  const drivers = await runGit(directory, ["config", "--get-regexp", "^merge\\..*\\.driver$"]);
  if (drivers.stdout.trim() !== "")
    return { kind: "none", reason: "the repository has merge drivers, which are not run" };
  const args = ["merge-tree", "--write-tree", "--no-messages", "--end-of-options", base, head];
  const { code, stdout } = await runGit(directory, args, { objects: scratch.forWriting });
  const tree = /^[0-9a-f]{40,64}$/m.exec(stdout)?.[0];
  if (code === 0 && tree !== undefined) return { kind: "tree", tree };
  return { kind: "none", reason: code === 1 ? "base and head conflict" : "this Git cannot compute the merge" };
}
