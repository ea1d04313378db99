import type { Config } from "../../model/config.ts";
import { compilePathGlob } from "../glob/path-glob.ts";

/** Decides which paths of a tree are judged. */
export interface Scope {
  /** Whether a path lies in it, whatever the file is. */
  covers(path: string): boolean;
  /** Whether a link or submodule of this path may stand for files that lie in it. */
  includes(path: string): boolean;
  /** Whether a person named this very file. */
  names(path: string): boolean;
  /** Whether what a kustomization in scope loads is judged with it. */
  draws(path: string): boolean;
  /** Whether something below the directory may lie in it. */
  reaches(directory: string): boolean;
}

const extensions = /\.(?:ya?ml|json)$/i;
/** The file names that Kustomize looks for in a directory, in order. */
export const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;
const kustomizations = new Set<string>(kustomizationNames);

/** The scope of a configuration. With `paths` the scope is those paths: `include` is ignored, and `exclude` too for a file named itself. */
export function scopeOf(manifests: Config["manifests"], paths?: readonly string[]): Scope {
  const excluded = matcher(manifests.exclude);
  if (paths === undefined || paths.length === 0) {
    const included = matcher(manifests.include);
    return {
      covers: (path) => included(path) && !excluded(path),
      includes: (path) => probes(path).some((probe) => included(probe) && !excluded(probe)) && !excluded(path),
      names: () => false,
      draws: () => true,
      reaches: () => true,
    };
  }
  const named = new Set(paths.map(cleanPath));
  const below = [...named].map((path) => (path === "" ? "" : `${path}/`));
  const isBelow = (path: string): boolean => below.some((prefix) => path.startsWith(prefix));
  return {
    includes: (path) =>
      named.has(path) || (probes(path).some((probe) => isBelow(probe) && !excluded(probe)) && !excluded(path)),
    covers: (path) => named.has(path) || (isBelow(path) && !excluded(path)),
    names: (path) => named.has(path),
    draws: (path) => named.has(path) || isBelow(path),
    reaches: (directory) =>
      directory === "" ||
      named.has(directory) ||
      below.some((prefix) => `${directory}/`.startsWith(prefix) || prefix.startsWith(`${directory}/`)),
  };
}

/** Sample paths that show whether a pattern matches the path or something below it. */
function probes(path: string): readonly string[] {
  return [path, `${path}/_.yaml`, `${path}/_/_.yaml`];
}

/** Makes a matcher of paths for glob patterns: `**` crosses directories, and names that start with a dot are not special. */
export function matcher(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  if (patterns.includes("**")) return () => true;
  const matchers = patterns.map(compilePathGlob);
  return (path) => matchers.some((matches) => matches?.(path));
}

/** Normalizes a path to a tree's form: no leading `./`, no trailing `/`, the empty string for the root. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Whether a file of this name may hold manifests: by its extension. */
export function mayHoldManifests(path: string): boolean {
  return extensions.test(path);
}

/** Whether Kustomize reads a file of this name as a kustomization. */
export function isKustomizationName(path: string): boolean {
  return kustomizations.has(path.slice(path.lastIndexOf("/") + 1));
}

/** The directory of a path; the root is the empty string. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
