import { statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { JudgedTrees } from "../model/report.ts";
import type { Tree } from "../model/tree.ts";
import { directoryTree } from "../tree/directory-tree.ts";
import type { GitRepository } from "../tree/git-repository.ts";
import { leftOutOf } from "../tree/left-out.ts";
import { repositoryTop } from "../tree/repository-top.ts";
import { commonDirectory, displayed, isUnder, namedPaths, type NamedPaths } from "./paths.ts";
import { reachOf } from "./reach.ts";
import { configurationOfChange, configurationHere, type ConfigurationReading } from "./read-configuration.ts";
import { UsageError } from "./usage-error.ts";

/** What a run judges: trees, the paths in them, and the configuration in force. */
export interface Subject {
  readonly after: Tree;
  readonly before?: Tree;
  readonly judged: JudgedTrees;
  readonly paths: readonly string[];
  readonly configuration: ConfigurationReading;
  readonly shown: (path: string) => string;
  /** What the directory holds and no commit would; not judged. */
  readonly leftOut?: ReadonlySet<string>;
  readonly close: () => Promise<void>;
}

/** Files and directories as they are on disk. */
export async function directorySubject(
  named: readonly string[],
  options: { readonly config?: string; readonly allowEmpty?: boolean; readonly offline?: boolean },
  cwd: string,
): Promise<Subject> {
  const placed = namedPaths(named, cwd);
  const { root, paths, shown } = placed.root === cwd ? placed : placed.below(await rootOf(placed));
  const whole = named.length === 0 || paths.includes("");
  const leftOut = await leftOutOf(root, paths);
  const { holds } = leftOut;
  const treeOf = (of: readonly string[]): Tree => directoryTree(root, { paths: of, leftOut: holds });
  const listed = whole ? directoryTree(root, { leftOut: holds }) : treeOf(paths);
  const filled = whole ? [] : await withFiles(listed, paths, shown, options.allowEmpty === true);
  const reach = whole ? paths : await reachOf(listed, { root, paths: filled, isHome: root === cwd }, treeOf);
  return {
    after: reach === filled || whole ? listed : treeOf(reach),
    judged: { after: named.length === 0 ? "." : named.join(", "), how: "directory" },
    paths: filled,
    configuration: await configurationHere(options.config, cwd, options),
    shown,
    leftOut: leftOut.met,
    close: async () => {},
  };
}

/**
 * The root for paths outside the working directory. GitOps objects name paths from the root of their repository: it is
 * that of the Git repository, else the deepest directory with all that is named and the bases that it refers to.
 */
async function rootOf({ root, paths }: NamedPaths): Promise<string> {
  const at = (path: string): string => join(root, path);
  const top = repositoryTop(commonDirectory(paths.map((path) => directoryAt(at(path)))));
  if (top !== undefined) return top;
  const treeOf = (of: readonly string[]): Tree => directoryTree(root, { paths: of });
  const reach = await reachOf(treeOf(paths), { root, paths, isHome: false }, treeOf);
  return commonDirectory(reach.map((path) => directoryAt(at(path))));
}

function directoryAt(path: string): string {
  return statSync(path).isDirectory() ? path : dirname(path);
}

/**
 * Checks that each path contains a file, unless `--allow-empty` is set: a user who names a path expects something
 * there.
 */
async function withFiles(
  tree: Tree,
  paths: readonly string[],
  shown: (path: string) => string,
  emptyAllowed: boolean,
): Promise<readonly string[]> {
  const files = (await tree.list()).map(({ path }) => path);
  return paths.filter((path) => {
    const filled = files.some((file) => isUnder(file, [path]));
    if (!filled && !emptyAllowed) throw new UsageError(`${shown(path)}: contains no files`);
    return filled;
  });
}

/** The options of a run with `--base`. */
export interface ChangeOptions {
  readonly base: string;
  readonly head?: string;
  readonly repo?: string;
  readonly config?: string;
  readonly offline?: boolean;
}

/** A change in a Git repository. Paths are shown relative to the root of the repository, as on GitHub. */
export async function changeSubject(named: readonly string[], options: ChangeOptions, cwd: string): Promise<Subject> {
  const repository = await open(options.repo ?? ".", cwd);
  try {
    const [base, head] = [await commit(repository, options.base), await commit(repository, options.head ?? "HEAD")];
    const merged = await repository.mergedTrees(base, head);
    if (merged.kind === "problem") throw new UsageError(merged.problem.message);
    const { before, after, how } = merged.trees;
    return {
      after,
      before,
      judged: { after: after.name, before: before.name, how },
      paths: named.map((path) => fromRoot(path, repository.root, cwd)),
      configuration: await configurationOfChange(options.config, cwd, before, options),
      shown: (path) => path,
      close: () => repository.close(),
    };
  } catch (error) {
    await repository.close();
    throw error;
  }
}

async function open(directory: string, cwd: string): Promise<GitRepository> {
  const { root, paths } = namedPaths([directory], cwd);
  const absolute = join(root, ...paths);
  try {
    const { openRepository } = await import("../tree/git-repository.ts");
    return await openRepository(absolute);
  } catch (error) {
    throw new UsageError(`--repo ${displayed(absolute, cwd) || "."}: ${(error as Error).message}`);
  }
}

async function commit(repository: GitRepository, revision: string): Promise<string> {
  const found = await repository.resolve(revision);
  if (found.kind === "problem") throw new UsageError(found.problem.message);
  return found.id;
}

/**
 * A path relative to the root of the repository; it is given relative to the working directory, or, if that is outside
 * the repository, to its root.
 */
function fromRoot(path: string, root: string, cwd: string): string {
  const here = relative(root, cwd);
  const inside = here === "" || !(here.startsWith("..") || here === root);
  const joined = inside ? relative(root, join(cwd, path)) : path;
  if (joined.startsWith("..")) throw new UsageError(`${path}: not in the repository`);
  return joined.split(sep).join("/");
}
