import { directoryOf, isKustomizationName, kustomizationNames } from "../files/scope.ts";
import type { TreeView } from "../gitops.ts";

/** The kustomization file of a directory, in the order in which Kustomize looks for it; undefined where there is none. */
export function kustomizationOf(tree: TreeView, directory: string): string | undefined {
  return kustomizationNames
    .map((name) => (directory === "" ? name : `${directory}/${name}`))
    .find((path) => tree.has(path));
}

/**
 * The resources of the kustomization that kustomize-controller generates for a directory without one: all YAML files
 * below, and in place of their content the directories that are kustomizations, in the order of Go's filepath.Walk. Paths
 * are relative to the directory.
 */
export function generatedResources(tree: TreeView, directory: string): readonly string[] {
  const files = tree.filesBelow(directory);
  const roots = new Set(files.filter(isKustomizationName).map(directoryOf));
  const resources = new Set<string>();
  const start = directory === "" ? 0 : directory.length + 1;
  for (const path of files) {
    const root = outermost(path, start, roots);
    if (root !== undefined) resources.add(root.slice(start));
    else if (/\.ya?ml$/.test(path)) resources.add(path.slice(start));
  }
  return [...resources].toSorted(byWalk).map((path) => `./${path}`);
}

/** The first directory below the start, on the way to a file, that is a kustomization. */
function outermost(path: string, start: number, roots: ReadonlySet<string>): string | undefined {
  for (let slash = path.indexOf("/", start); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    const directory = path.slice(0, slash);
    if (roots.has(directory)) return directory;
  }
  return undefined;
}

/** Orders paths as a directory walk does: by name in each directory, so `a/b` comes before `a.yaml`. */
function byWalk(one: string, other: string): number {
  const [left, right] = [one.split("/"), other.split("/")];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [a = "", b = ""] = [left[index], right[index]];
    if (a !== b) return a < b ? -1 : 1;
  }
  return left.length - right.length;
}
