import type { Baseline } from "../gitops.ts";
import type { Role, ScopedFile } from "../files/role.ts";
import { directoryOf, isKustomizationName } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";

/** Whether a file is judged as it is written. Of a chart that was rendered only what nothing is rendered of is left: that may be rendered after the change. */
export function isJudgedAsWritten({ kind, ...role }: Role): boolean {
  return kind === "plain" || kind === "used" || (kind === "chart" && !("because" in role));
}

/** The directories with plain files in which, and below which, no file is judged otherwise than as it is written. */
export function directoriesAsWritten(files: readonly ScopedFile[]): ReadonlySet<string> {
  const found = new Set(files.flatMap(({ entry, role }) => (role.kind === "plain" ? [directoryOf(entry.path)] : [])));
  for (const { entry, role } of files) {
    const isOther = role.kind !== "plain" || isKustomizationName(entry.path) || /(?:^|\/)Chart\.yaml$/.test(entry.path);
    for (const directory of isOther ? above(entry.path) : []) found.delete(directory);
  }
  // A plain file at the root of a repository tells nothing of how the rest is applied.
  found.delete("");
  return found;
}

/**
 * The files of a tree that the tree before makes judged as they are written, with the role that they had: those that were,
 * what a link in the place of one leads to, and new files in a directory of which all were.
 */
export function judgedAsWritten(
  scoped: readonly ScopedFile[],
  files: TreeFiles,
  baseline: Baseline | undefined,
): ReadonlyMap<string, Role> {
  if (baseline === undefined) return new Map();
  const found = new Map(baseline.files);
  if (files.links.targets.size > 0) {
    for (const [path, role] of baseline.files) {
      const at = files.fileAt(path)?.path;
      if (at !== undefined && !found.has(at)) found.set(at, role);
    }
  }
  for (const { entry, role } of scoped) {
    // A chart or kustomization that the change adds around it makes no difference to what applied the directory as it was.
    const isWritten = role.kind === "plain" || role.kind === "used" || role.kind === "chart";
    if (!isWritten || found.has(entry.path)) continue;
    if (above(entry.path).some((directory) => baseline.directories.has(directory))) found.set(entry.path, role);
  }
  return found;
}

/** Every directory that a path lies in. */
function above(path: string): readonly string[] {
  const found: string[] = [];
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) found.push(path.slice(0, at));
  return found;
}
