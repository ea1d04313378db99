import type { TreeView } from "../gitops.ts";
import type { DirectoryStep } from "../plan.ts";
import { compileGlob } from "./glob.ts";

/** Argo CD skips a file that contains this text anywhere. */
const marker = new TextEncoder().encode("+argocd:skip-file-rendering");

/**
 * The files that Argo CD's directory source reads for manifests, sorted; Jsonnet files among them are not rendered.
 * `include` and `exclude` are matched against the path below the directory, where `*` crosses directories.
 */
export async function directoryFiles(step: DirectoryStep, tree: TreeView): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of candidates(step, tree)) {
    const bytes = await tree.read(path);
    if (bytes !== undefined && !holds(bytes, marker)) found.push(path);
  }
  return found;
}

/** The same by path alone: files that contain the skip marker are not left out yet. */
export function candidates(step: DirectoryStep, tree: TreeView): readonly string[] {
  const prefix = step.path === "" ? "" : `${step.path}/`;
  const includes = step.include === undefined ? () => true : (compileGlob(step.include, "argo") ?? (() => false));
  const excludes = step.exclude === undefined ? () => false : (compileGlob(step.exclude, "argo") ?? (() => false));
  return tree.filesBelow(step.path).filter((path) => {
    const below = path.slice(prefix.length);
    if (!step.recurse && below.includes("/")) return false;
    if (step.anyExtension !== true && !/\.(?:ya?ml|json|jsonnet)$/.test(below)) return false;
    return !excludes(below) && includes(below);
  });
}

function holds(bytes: Uint8Array, wanted: Uint8Array): boolean {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}
