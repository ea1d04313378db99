import type { Manifest } from "../../model/manifest.ts";
import type { Role, ScopedFile } from "../files/role.ts";
import type { Baseline } from "../gitops.ts";
import type { Standalone } from "../standalone.ts";
import type { Planning } from "./explore-objects.ts";

/** The baseline that a tree is for the tree after it. */
export function baselineOf(
  files: readonly ScopedFile[],
  standalone: readonly Standalone[],
  plannings: readonly Planning[],
): Baseline {
  const projects = new Set<Manifest>();
  for (const { planned } of plannings)
    for (const { projects: limits = [] } of planned.plans) for (const { manifest } of limits) projects.add(manifest);
  return {
    files: new Map(files.flatMap(({ entry, role }) => (isJudgedAsWritten(role) ? [[entry.path, role]] : []))),
    standalone,
    objects: plannings.map(({ object }) => object),
    projects: [...projects],
  };
}

/** Of a chart that was rendered only what nothing is rendered of is left: that may be rendered after the change. */
function isJudgedAsWritten(role: Role): boolean {
  return role.kind === "plain" || role.kind === "used" || (role.kind === "chart" && role.because === undefined);
}

/** The files in scope, each judged as written that the baseline judged so, whatever role the tree itself gives it. */
export function withBaseline(scoped: readonly ScopedFile[], baseline: Baseline | undefined): readonly ScopedFile[] {
  if (baseline === undefined) return scoped;
  return scoped.map((file): ScopedFile => {
    const role = baseline.files.get(file.entry.path);
    if (role === undefined || file.entry.kind !== "file" || file.role.kind === "problem") return file;
    // A file that is plain now is judged as a whole, which is more than a chart's file or a patch is.
    return file.role.kind === "plain" || file.role.kind === role.kind ? file : { entry: file.entry, role };
  });
}
