import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { UsageError } from "./usage-error.ts";

/** Files and directories that a person named, as paths of one tree, and the way back to what is shown of them. */
export interface NamedPaths {
  readonly root: string;
  /** Relative to the root, with `/`; empty for the root itself. */
  readonly paths: readonly string[];
  /** A path of the tree as a person knows it: relative to the working directory. */
  readonly shown: (path: string) => string;
}

/**
 * The deepest directory that holds all named paths, the working directory where it does. Throws for a path that is not
 * there. A symlink that a person names is followed; those found below are not.
 */
export function namedPaths(named: readonly string[], cwd: string): NamedPaths {
  const absolute = named.map((path) => {
    try {
      return realpathSync(resolve(cwd, path));
    } catch (error) {
      if (path === "-") throw new UsageError("-: standard input is not read; expected files or directories");
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      throw new UsageError(`${path}: ${missing ? "no such file or directory" : (error as Error).message}`);
    }
  });
  const root = absolute.reduce(commonDirectory, cwd);
  return {
    root,
    paths: absolute.map((path) => slashes(relative(root, path))),
    shown: root === cwd ? (path) => path : (path) => displayed(join(root, path), cwd),
  };
}

/** Whether a path of a tree is one of these, or below one; a tree may list more than was named. */
export function isUnder(path: string, named: readonly string[]): boolean {
  return named.some((of) => of === "" || path === of || path.startsWith(`${of}/`));
}

/** A path outside the working directory is shown from there, or in full where that is shorter. */
export function displayed(absolute: string, cwd: string): string {
  const from = relative(cwd, absolute);
  return slashes(isAbsolute(from) || from.length > absolute.length ? absolute : from);
}

function commonDirectory(directory: string, path: string): string {
  let common = directory;
  while (path !== common && !path.startsWith(common.endsWith(sep) ? common : common + sep)) {
    const up = dirname(common);
    if (up === common) throw new UsageError(`${path}: not on the same drive as ${directory}`);
    common = up;
  }
  return common;
}

function slashes(path: string): string {
  return sep === "/" ? path : path.split(sep).join("/");
}
