import type { Manifest } from "../../model/manifest.ts";
import type { Role, ScopedFile } from "../files/role.ts";
import { directoriesAsWritten, isJudgedAsWritten } from "./as-written.ts";
import { contentId } from "../files/content-id.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { AppliedSource, Baseline } from "../gitops.ts";
import type { Standalone } from "../standalone.ts";
import type { RenderContext } from "../steps/step.ts";
import { knownCopies } from "./copy-gaps.ts";
import type { Instance } from "./explore-objects.ts";
import type { Unclaimed } from "./keep-unclaimed.ts";

/** The baseline that a tree is for the tree after it. */
export function baselineOf(
  files: readonly ScopedFile[],
  standalone: readonly Standalone[],
  { plannings, instances }: Pick<Unclaimed, "plannings" | "instances">,
  { files: tree, vendor, remotes }: Pick<RenderContext, "files" | "vendor" | "remotes">,
): Baseline {
  const projects = new Set<Manifest>();
  for (const { planned } of plannings)
    for (const { projects: limits = [] } of planned.plans) for (const { manifest } of limits) projects.add(manifest);
  return {
    files: new Map(files.flatMap(({ entry, role }) => (isJudgedAsWritten(role) ? [[entry.path, role]] : []))),
    directories: directoriesAsWritten(files),
    standalone,
    objects: plannings.map(({ object }) => object),
    projects: [...projects],
    applied: instances.flatMap((instance) => appliedBy(instance, tree)),
    copies: knownCopies(
      instances.flatMap(({ plannedSource: { copies } }) => copies),
      tree,
    ),
    fetched: remotes.added,
    references: remotes.asked(),
    ...(vendor?.lock === undefined ? {} : { lock: vendor.lock }),
  };
}

function appliedBy({ plannedSource, summary }: Instance, tree: TreeFiles): readonly AppliedSource[] {
  const { source, steps, reads } = plannedSource;
  const isOfObject = source.kind !== "kustomize" && source.kind !== "helm";
  if (!isOfObject || summary.state !== "rendered") return [];
  // What ConfigMaps and Secrets hand to a chart is part of the step, and changes with their files.
  const layers = steps.flatMap((step) => (step.kind === "helm" ? step.values : []));
  const given = layers.map(({ path }) => path).filter((path) => path !== source.path);
  return [{ source, steps, reads: [...reads, ...given.map((path) => ({ path, id: contentId(tree.fileAt(path)) }))] }];
}

/** The files in scope, those that are judged `asWritten` in that role, whatever role the tree itself gives them. */
export function withBaseline(
  scoped: readonly ScopedFile[],
  asWritten: ReadonlyMap<string, Role>,
): readonly ScopedFile[] {
  if (asWritten.size === 0) return scoped;
  return scoped.map((file): ScopedFile => {
    const role = asWritten.get(file.entry.path);
    if (role === undefined || file.entry.kind !== "file" || file.role.kind === "problem") return file;
    // A file that is plain now is judged as a whole, which is more than a chart's file or a patch is.
    return file.role.kind === "plain" || file.role.kind === role.kind ? file : { ...file, role };
  });
}
