import type { RollbackCommit } from "../../model/rollback.ts";
import { runGit } from "../../tree/run-git.ts";
import { UsageError } from "../usage-error.ts";

/** A commit of a branch's own history. */
export interface BranchCommit extends RollbackCommit {
  /** Empty where it is the first one, or where a shallow clone ends. */
  readonly parents: readonly string[];
}

/** The newest commits of a branch, followed through first parents. */
export interface BranchHistory {
  /** Newest first; at least one. */
  readonly commits: readonly BranchCommit[];
  /** Why there are no more: the branch began here, more were not asked for, or this clone does not have them. */
  readonly end: "began" | "commits" | "shallow";
}

const SEPARATOR = "\x1f";

/** Reads the newest commits of the history that a commit has through first parents: those of the branch, without those of its pull requests. */
export async function readHistory(root: string, commit: string, most: number): Promise<BranchHistory> {
  const { code, stdout, stderr } = await runGit(root, [
    "log",
    "-z",
    "--no-show-signature",
    "--first-parent",
    `--max-count=${most + 1}`,
    `--format=${["%H", "%P", "%cI", "%an", "%s"].join("%x1f")}`,
    "--end-of-options",
    commit,
  ]);
  if (code !== 0) throw new UsageError(`the history of ${commit} cannot be read: ${stderr}`);
  const all = stdout.split("\0").flatMap((line) => (line === "" ? [] : [commitOf(line)]));
  const commits = all.slice(0, most);
  if (all.length > most) return { commits, end: "commits" };
  return { commits, end: (await isShallow(root)) ? "shallow" : "began" };
}

function commitOf(line: string): BranchCommit {
  const [commit = "", parents = "", date = "", author = "", ...subject] = line.replace(/^\n/, "").split(SEPARATOR);
  return {
    commit,
    parents: parents === "" ? [] : parents.split(" "),
    date,
    author,
    subject: subject.join(SEPARATOR),
  };
}

async function isShallow(root: string): Promise<boolean> {
  return (await runGit(root, ["rev-parse", "--is-shallow-repository"])).stdout.trim() === "true";
}

/** The paths that differ between two commits, and whether the second has them. */
export async function changedPaths(root: string, from: string, to: string): Promise<ReadonlyMap<string, boolean>> {
  const args = ["diff-tree", "-r", "-z", "--no-renames", "--name-status", "--end-of-options", from, to];
  const { code, stdout, stderr } = await runGit(root, args);
  if (code !== 0) throw new UsageError(`${from} and ${to} cannot be compared: ${stderr}`);
  const parts = stdout.split("\0");
  const found = new Map<string, boolean>();
  for (let at = 0; at + 1 < parts.length; at += 2) found.set(parts[at + 1] ?? "", parts[at] !== "D");
  return found;
}
