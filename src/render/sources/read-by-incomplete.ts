import type { PlannedSource, RenderSummary } from "./planned-source.ts";

/** The files of sources that yield less than all they should: what no source accounts for is judged as it is written. */
export function readByIncomplete(
  sources: readonly { readonly plannedSource: PlannedSource; readonly summary: RenderSummary }[],
): ReadonlySet<string> {
  return new Set(
    sources.flatMap(({ plannedSource, summary: { state, gaps } }) =>
      state !== "rendered" || gaps.length > 0 ? plannedSource.reads.map(({ path }) => path) : [],
    ),
  );
}
