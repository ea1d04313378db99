import type { BranchCommit } from "./history.ts";

/** What the commands of a way back are made of. */
export interface CommandRequest {
  readonly to: string;
  readonly environment: string | undefined;
  readonly paths: ReadonlySet<string>;
  /** All paths that differ. */
  readonly changed: ReadonlySet<string>;
  /** Whether they are run elsewhere than at the root of the repository. */
  readonly isBelowRoot: boolean;
  /** The one commit that all of it undoes, if there is one. */
  readonly undoes?: BranchCommit;
}

/** The commands that go back, for a shell at the working directory. */
export function gitCommands({
  to,
  environment,
  paths,
  changed,
  isBelowRoot,
  undoes,
}: CommandRequest): readonly string[] {
  const pathspecs = shortest(paths, changed).map((path) => quoted(pathspec(path, isBelowRoot)));
  const message = `Roll ${environment ?? "the desired state"} back to ${to.slice(0, 12)}`;
  return [
    `git restore --source=${to.slice(0, 12)} --staged --worktree -- ${pathspecs.join(" ")}`,
    `git commit -m ${quoted(message)}`,
    ...(undoes === undefined ? [] : [revert(undoes)]),
  ];
}

function revert({ commit, parents }: BranchCommit): string {
  return `git revert --no-edit ${parents.length > 1 ? "-m 1 " : ""}${commit.slice(0, 12)}`;
}

/** The paths, with a directory in place of several below it where all that differs there is among them. */
function shortest(paths: ReadonlySet<string>, changed: ReadonlySet<string>): readonly string[] {
  const counts = new Map<string, { meant: number; all: number }>();
  for (const path of changed) {
    for (const directory of directoriesOf(path)) {
      const count = counts.get(directory) ?? { meant: 0, all: 0 };
      count.all += 1;
      if (paths.has(path)) count.meant += 1;
      counts.set(directory, count);
    }
  }
  const numberBelow = (directory: string): number => counts.get(directory)?.all ?? 0;
  const chosen = [...paths].map((path) => {
    const directories = directoriesOf(path);
    const whole = directories.find((directory) => counts.get(directory)?.meant === numberBelow(directory));
    if (whole === undefined || numberBelow(whole) < 2) return path;
    // The innermost one that holds the same says most.
    return directories.findLast((directory) => numberBelow(directory) === numberBelow(whole)) ?? path;
  });
  return [...new Set(chosen)].toSorted();
}

/** The directories above a path, the outermost first; not the root, where the rules of the gate are. */
function directoriesOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}

/** Git reads patterns in paths unless it is told not to. */
function pathspec(path: string, isBelowRoot: boolean): string {
  const magic = [...(isBelowRoot ? ["top"] : []), ...(/[*?[\]\\]|^:/.test(path) ? ["literal"] : [])];
  return magic.length === 0 ? path : `:(${magic.join(",")})${path}`;
}

function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
