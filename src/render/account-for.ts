import type { KustomizationNodes } from "./kustomization-nodes.ts";
import type { Outcome, ReadySource } from "./ready-source.ts";
import type { Role, ScopedFile } from "./role.ts";
import { directoryOf, isKustomizationName } from "./scope.ts";

/** The files in scope with what rendering makes of each, and what each source accounts for. */
export interface Accounted {
  readonly files: readonly ScopedFile[];
  readonly covers: ReadonlyMap<ReadySource, readonly string[]>;
}

/** A file is `rendered` only where a source that was rendered accounts for it; else it stands for itself. */
export function accountFor(
  scoped: readonly ScopedFile[],
  tried: readonly { readonly ready: ReadySource; readonly outcome: Outcome }[],
  nodes: KustomizationNodes,
): Accounted {
  const bySource = new Map<string, string[]>();
  const inScope = new Set(scoped.map(({ entry }) => entry.path));
  const covers = new Map<ReadySource, readonly string[]>();
  for (const { ready, outcome } of tried) {
    const covered = outcome.accounts.filter((path) => inScope.has(path));
    covers.set(ready, covered);
    for (const path of covered) bySource.set(path, [...(bySource.get(path) ?? []), ready.source.id]);
  }
  const failedReads = new Set(
    tried.flatMap(({ ready, outcome }) => (outcome.failed ? ready.reads.map(({ path }) => path) : [])),
  );
  const files = scoped.map((file): ScopedFile => {
    const { entry, role } = file;
    const sources = bySource.get(entry.path);
    if (
      sources !== undefined &&
      (role.kind === "plain" || role.kind === "used" || role.kind === "chart" || isKustomization(file))
    )
      return { entry, role: { kind: "rendered", sources: [...new Set(sources)].toSorted() } };
    if (isKustomization(file)) return { entry, role: leftOver(entry.path, failedReads, nodes) };
    return file;
  });
  return { files, covers };
}

/** What `discover` took for a kustomization; others that have the name are manifests or cannot be read. */
function isKustomization({ entry, role }: ScopedFile): boolean {
  return (
    role.kind === "skip" &&
    role.unrendered === true &&
    (isKustomizationName(entry.path) || role.reason.startsWith("Kustomize"))
  );
}

function leftOver(path: string, failedReads: ReadonlySet<string>, nodes: KustomizationNodes): Role {
  const reason = failedReads.has(path)
    ? "part of a Kustomize root that could not be rendered: its resources are judged as they stand in their own files"
    : nodes.get(directoryOf(path))?.says.component === true
      ? "a component that no kustomization in scope loads"
      : "a kustomization that no source in scope loads";
  return { kind: "skip", reason, unrendered: true };
}
