import type { NamedSource } from "./name-sources.ts";
import { kustomization } from "../kustomizations/kustomize-roles.ts";
import { readByIncomplete } from "./read-by-incomplete.ts";
import type { PlannedSource } from "./planned-source.ts";
import type { Role, ScopedFile } from "../files/role.ts";
import { directoryOf } from "../files/scope.ts";
import type { Survey } from "./survey-tree.ts";

/** The files in scope with their final roles, and the files that each source accounts for. */
export interface FileAssignment {
  readonly files: readonly ScopedFile[];
  readonly covers: ReadonlyMap<PlannedSource, readonly string[]>;
  /** The files of sources that yield less than all they should. */
  readonly incomplete: ReadonlySet<string>;
}

/** Assigns each file in scope to the sources that account for it. Only then is its role `rendered`; else the file is judged by itself. */
export function assignFiles(survey: Survey, named: readonly NamedSource[]): FileAssignment {
  const bySource = new Map<string, string[]>();
  const inScope = new Set(survey.scoped.map(({ entry }) => entry.path));
  const covers = new Map<PlannedSource, readonly string[]>();
  const own = new Set<string>();
  for (const { plannedSource, summary } of named) {
    const covered = summary.accounts.filter((path) => inScope.has(path));
    covers.set(plannedSource, covered);
    for (const path of covered) {
      if (plannedSource.source.carriedOver !== true) own.add(path);
      const sources = bySource.get(path);
      if (sources === undefined) bySource.set(path, [plannedSource.source.id]);
      else sources.push(plannedSource.source.id);
    }
  }
  const incomplete = readByIncomplete(named);
  const failedReads = new Set(
    named.flatMap(({ plannedSource, summary }) =>
      summary.state === "failed" || plannedSource.stopped ? plannedSource.reads.map(({ path }) => path) : [],
    ),
  );
  const files = survey.scoped.map((file): ScopedFile => {
    const { entry, role } = file;
    const targets = survey.applied?.targets.get(entry.path);
    if (targets !== undefined && role !== kustomization) return { ...file, targets };
    // What the tree before judged as it is written is judged so here too.
    const asWritten = survey.asWritten.has(entry.path);
    if (asWritten && own.has(entry.path)) return { ...file, carriedOver: true };
    const sources = asWritten ? undefined : bySource.get(entry.path);
    const isRead =
      role.kind === "plain" ||
      role.kind === "used" ||
      role.kind === "chart" ||
      (role.kind === "skip" && role.unrendered === true);
    if (sources !== undefined && isRead)
      return { entry, role: { kind: "rendered", sources: [...new Set(sources)].toSorted() } };
    if (survey.applied !== undefined && !asWritten && !incomplete.has(entry.path) && role.kind !== "skip")
      return { entry, role: notApplied };
    if (role === kustomization) return { entry, role: leftOver(entry.path, failedReads, survey) };
    if (role.kind === "chart") {
      const chart = role.chart === "." ? "" : role.chart;
      if (survey.libraries.has(chart)) return { ...file, role: { ...role, because: "library" } };
      if (bySource.has(chart === "" ? "Chart.yaml" : `${chart}/Chart.yaml`))
        return { ...file, role: { ...role, because: "unread" } };
    }
    return file;
  });
  return { files, covers, incomplete };
}

/** The role of a file that nothing under `apply:` leads to. */
export const notApplied: Role = { kind: "skip", reason: "nothing under `apply:` in portcullis.yaml applies it" };

function leftOver(path: string, failedReads: ReadonlySet<string>, { renderContext: { nodes } }: Survey): Role {
  const reason = failedReads.has(path)
    ? "part of a Kustomize root that could not be rendered: its resources are judged as written in their own files"
    : nodes.get(directoryOf(path))?.content.component === true
      ? "a component that no kustomization in scope loads"
      : "a kustomization that no source in scope loads";
  return { kind: "skip", reason, unrendered: true };
}
