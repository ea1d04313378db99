import type { Gap } from "../model/source.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import { accountFor } from "./sources/assign-files.ts";
import { assemble, nodesOf } from "./sources/name-sources.ts";
import type { DesiredState, DesiredStateRequest } from "./desired-state.ts";
import { findSources, findTheRest } from "./sources/find-sources.ts";
import { surveyOf } from "./sources/survey-tree.ts";
import { placedViolations } from "./sources/placed-violations.ts";

/**
 * Finds and renders every source of a tree: what GitOps objects ask for, and the Kustomize roots and charts that none of
 * them reaches. Never rejects for what stands in the tree.
 */
export async function findDesiredState(tree: Tree, request: DesiredStateRequest): Promise<DesiredState> {
  const survey = await surveyOf(tree, request);
  const found = await findSources(survey);
  const { instances, plannings } = found.harvest;
  const tried = assemble([...instances, ...(await findTheRest(survey, found))], plannings);
  const accounted = accountFor(survey, tried);
  return {
    files: accounted.files,
    units: tried.map(({ ready }) => ready.unit(accounted.covers.get(ready) ?? [])),
    graph: {
      sources: nodesOf(tried),
      gaps: once<Gap>([
        ...tried.flatMap(({ outcome }) => outcome.gaps),
        ...plannings.flatMap(({ planned }) => planned.gaps),
      ]),
    },
    problems: once<Problem>([...found.problems, ...plannings.flatMap(({ planned }) => planned.problems)]),
    violations: await placedViolations(plannings, survey.workshop.files),
  };
}

/** Two objects may find the same; sorted, so that the same tree gives the same. */
function once<Item extends { readonly path?: string; readonly line?: number }>(
  items: readonly Item[],
): readonly Item[] {
  const unique = new Map(items.map((item) => [JSON.stringify([item.path, item.line ?? 0, item]), item]));
  return [...unique].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}
