import type { Gap } from "../model/source.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import { assignFiles } from "./sources/assign-files.ts";
import { nameSources, nodesOf } from "./sources/name-sources.ts";
import type { DesiredState, DesiredStateRequest } from "./desired-state.ts";
import { findSources, findTheRest } from "./sources/find-sources.ts";
import { surveyTree } from "./sources/survey-tree.ts";
import { placedViolations } from "./sources/placed-violations.ts";

/**
 * Finds every source of a tree: those that GitOps objects apply, and the Kustomize roots and charts that none of
 * them reaches. Never rejects because of the tree's content.
 */
export async function findDesiredState(tree: Tree, request: DesiredStateRequest): Promise<DesiredState> {
  const survey = await surveyTree(tree, request);
  const found = await findSources(survey);
  const { instances, plannings } = found.unclaimed;
  const named = nameSources([...instances, ...(await findTheRest(survey, found))], plannings);
  const assignment = assignFiles(survey, named);
  return {
    files: assignment.files,
    units: named.map(({ plannedSource }) => plannedSource.unit(assignment.covers.get(plannedSource) ?? [])),
    graph: {
      sources: nodesOf(named),
      gaps: once<Gap>([
        ...named.flatMap(({ summary }) => summary.gaps),
        ...plannings.flatMap(({ planned }) => planned.gaps),
      ]),
    },
    problems: once<Problem>([...found.problems, ...plannings.flatMap(({ planned }) => planned.problems)]),
    violations: await placedViolations(plannings, survey.renderContext.files),
  };
}

/** Removes duplicates, since two objects may report the same, and sorts, so that equal trees give equal results. */
function once<Item extends { readonly path?: string; readonly line?: number }>(
  items: readonly Item[],
): readonly Item[] {
  const unique = new Map(items.map((item) => [JSON.stringify([item.path, item.line ?? 0, item]), item]));
  return [...unique].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}
