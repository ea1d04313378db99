import { digestText } from "../digest-text.ts";
import type { Standalone } from "../standalone.ts";
import { exploreAgain, type Instance, type Planning } from "./explore-objects.ts";
import { exploreDirectory, exploreFile } from "./explore-starts.ts";
import type { FoundSources } from "./find-sources.ts";
import { goneObjects } from "./gone-objects.ts";
import { reach, type Explored } from "./keep-unclaimed.ts";
import { unjudgedSources } from "./unjudged-sources.ts";
import type { UnjudgedSource } from "../desired-state.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import type { Survey } from "./survey-tree.ts";

/** What judged the tree before and is not part of this tree's own plan, by what this tree holds. */
export interface CarriedOver {
  readonly instances: readonly Instance[];
  readonly plannings: readonly Planning[];
  readonly unjudged: readonly UnjudgedSource[];
}

/**
 * Asks the questions of the baseline of this tree: its roots and charts wherever they still exist, the objects in its plain
 * files, and the GitOps objects that are gone. `own` is what this tree's own plan found; what both ask is left out.
 */
export async function carryOver(survey: Survey, found: FoundSources, own: readonly Instance[]): Promise<CarriedOver> {
  const { baseline } = survey.request;
  if (baseline === undefined) return { instances: [], plannings: [], unjudged: [] };
  const { explorer, unclaimed } = found;
  const begun = new Set(unclaimed.starts.map(({ kind, path }) => `${kind} ${path}`));
  const files = [...survey.raw.keys()].filter((path) => survey.asWritten.has(path) && !begun.has(`file ${path}`));
  const directories = await stillThere(baseline.standalone, own, survey);
  const explored: Explored[] = [
    ...(await mapConcurrently(files, (path) => exploreFile(path, survey, explorer))),
    ...(await mapConcurrently(directories, (one) => exploreDirectory(one, survey, explorer))),
  ];
  const reached = explored.map((one) => reach(one, one.start.path));
  const plannings = new Set([...unclaimed.plannings, ...reached.flatMap((one) => [...one.plannings])]);
  const planned = [...plannings].map(({ object }) => object);
  const gone = goneObjects(baseline.objects, planned);
  const again = reach({ plannings: await exploreAgain(gone, explorer) });
  const known = new Set(own.map(questionOf));
  const instances = new Map<string, Instance>();
  for (const instance of [...reached, again].flatMap((one) => [...one.instances])) {
    const question = questionOf(instance);
    // What cannot be rendered any more judges nothing.
    const isGone = again.instances.has(instance) && instance.plannedSource.stopped;
    if (!known.has(question) && !isGone) instances.set(question, instance);
  }
  const ofOwn = new Set(unclaimed.plannings);
  const present = [...own, ...instances.values()];
  return {
    instances: [...instances.values()],
    plannings: [...plannings, ...again.plannings].filter((planning) => !ofOwn.has(planning)),
    unjudged: await unjudgedSources(baseline.applied, present, [...again.plannings], survey.renderContext),
  };
}

/** Equal for sources that would be judged alike. */
function questionOf({ plannedSource: { renderKey, source, projects } }: Instance): string {
  return digestText([renderKey, source.id, source.environments, projects]);
}

/** Roots and charts that this tree still holds and that are no sources of its own. */
async function stillThere(
  standalone: readonly Standalone[],
  own: readonly Instance[],
  { renderContext: { files, nodes } }: Survey,
): Promise<readonly Standalone[]> {
  // A root and a chart in one directory are two sources of one name.
  const known = new Set(own.map(({ plannedSource: { source } }) => `${source.kind} ${source.id}`));
  const others = standalone.filter(
    ({ kind, directory }) =>
      !known.has(`${kind === "root" ? "kustomize" : "helm"} ${directory === "" ? "." : directory}`),
  );
  await nodes.load(others.filter(({ kind }) => kind === "root").map(({ directory }) => directory));
  return others.filter(({ kind, directory, path }) =>
    kind === "root" ? nodes.get(directory) !== undefined : files.fileAt(path) !== undefined,
  );
}
