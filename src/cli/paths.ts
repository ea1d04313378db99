import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { UsageError } from "./usage-error.ts";

/** The files and directories on the command line, as paths of one tree, and how to display paths of that tree. */
export interface NamedPaths {
  readonly root: string;
  /** Relative to the root, with `/`; empty for the root itself. */
  readonly paths: readonly string[];
  /** A path of the tree for display: relative to the working directory. */
  readonly shown: (path: string) => string;
  /** The same paths below another root that contains them all. */
  readonly below: (root: string) => NamedPaths;
}

/**
 * Chooses as root the working directory if it contains all named paths, else the deepest directory that does. Throws
 * for a path that does not exist. Symlinks on the command line are followed, those found below are not.
 */
export function namedPaths(named: readonly string[], cwd: string): NamedPaths {
  const absolute = named.map((path) => {
    try {
      return realpathSync(resolve(cwd, path));
    } catch (error) {
      if (path === "-") throw new UsageError("-: standard input is not supported; expected files or directories");
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      throw new UsageError(`${path}: ${missing ? "no such file or directory" : (error as Error).message}`);
    }
  });
  const below = (root: string): NamedPaths => ({
    root,
    paths: absolute.map((path) => slashes(relative(root, path))),
    shown: root === cwd ? (path) => path : (path) => displayed(join(root, path), cwd),
    below,
  });
  return below(commonDirectory([cwd, ...absolute]));
}

/** Whether a path is one of `named` or below one; a tree may list more files than were named. */
export function isUnder(path: string, named: readonly string[]): boolean {
  return named.some((of) => of === "" || path === of || path.startsWith(`${of}/`));
}

/** A path for display: relative to the working directory, or absolute if that is shorter. */
export function displayed(absolute: string, cwd: string): string {
  const from = relative(cwd, absolute);
  return slashes(isAbsolute(from) || from.length > absolute.length ? absolute : from);
}

/** The deepest directory that contains all paths, of which the first is a directory. */
export function commonDirectory([first = "", ...others]: readonly string[]): string {
  return others.reduce((directory, path) => {
    let common = directory;
    while (path !== common && !path.startsWith(common.endsWith(sep) ? common : common + sep)) {
      const up = dirname(common);
      if (up === common) throw new UsageError(`${path}: not on the same drive as ${directory}`);
      common = up;
    }
    return common;
  }, first);
}

function slashes(path: string): string {
  return sep === "/" ? path : path.split(sep).join("/");
}
