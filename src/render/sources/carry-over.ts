import type { Manifest } from "../../model/manifest.ts";
import type { Baseline, GitOpsObject } from "../gitops.ts";
import type { Standalone } from "../standalone.ts";
import { exploreAgain, type Instance, type Planning } from "./explore-objects.ts";
import { exploreDirectory, exploreFile, type FoundSources } from "./find-sources.ts";
import { reach, type Explored } from "./keep-unclaimed.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import type { Survey } from "./survey-tree.ts";

/** What judged the tree before and is not part of this tree's own plan, by what this tree holds. */
export interface CarriedOver {
  readonly instances: readonly Instance[];
  readonly plannings: readonly Planning[];
}

/**
 * Asks the questions of the baseline of this tree: its roots and charts wherever they still exist, the objects in its plain
 * files, and the GitOps objects that are gone. `own` is what this tree's own plan found; what both ask is left out.
 */
export async function carryOver(survey: Survey, found: FoundSources, own: readonly Instance[]): Promise<CarriedOver> {
  const { baseline } = survey.request;
  if (baseline === undefined) return { instances: [], plannings: [] };
  const { explorer, unclaimed } = found;
  const begun = new Set(unclaimed.starts.map(({ kind, path }) => `${kind} ${path}`));
  const files = [...survey.raw.keys()].filter((path) => baseline.files.has(path) && !begun.has(`file ${path}`));
  const directories = await stillThere(baseline.standalone, new Set(own.map(idOf)), survey);
  const explored: Explored[] = [
    ...(await mapConcurrently(files, (path) => exploreFile(path, survey, explorer))),
    ...(await mapConcurrently(directories, (one) => exploreDirectory(one, survey, explorer))),
  ];
  const reached = explored.map((one) => reach(one, one.start.path));
  const plannings = new Set([...unclaimed.plannings, ...reached.flatMap((one) => [...one.plannings])]);
  const gone = goneObjects(baseline, plannings);
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
  return {
    instances: [...instances.values()],
    plannings: [...plannings, ...again.plannings].filter((planning) => !ofOwn.has(planning)),
  };
}

function idOf({ plannedSource: { source } }: Instance): string {
  return source.id;
}

/** Equal for sources that would be judged alike. */
function questionOf({ plannedSource: { renderKey, source, projects } }: Instance): string {
  return JSON.stringify([renderKey, source.id, source.environments, projects]);
}

/** Roots and charts that this tree still holds and that are no sources of its own. */
async function stillThere(
  standalone: readonly Standalone[],
  own: ReadonlySet<string>,
  { renderContext: { files, nodes } }: Survey,
): Promise<readonly Standalone[]> {
  const others = standalone.filter(({ directory }) => !own.has(directory === "" ? "." : directory));
  await nodes.load(others.filter(({ kind }) => kind === "root").map(({ directory }) => directory));
  return others.filter(({ kind, directory, path }) =>
    kind === "root" ? nodes.get(directory) !== undefined : files.fileAt(path) !== undefined,
  );
}

/** GitOps objects of the baseline that are not planned any more: none of that name is found in their file. */
function goneObjects({ objects }: Baseline, plannings: ReadonlySet<Planning>): readonly GitOpsObject[] {
  const planned = new Set([...plannings].map(({ object }) => nameOf(object.manifest)));
  return objects.filter(({ manifest }) => !planned.has(nameOf(manifest)));
}

function nameOf({ identity: { group, kind, namespace, name }, position: { path } }: Manifest): string {
  return JSON.stringify([group, kind, namespace ?? null, name, path]);
}
