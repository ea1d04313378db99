import { sameJson } from "../../manifest/same-json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Problem } from "../../model/problem.ts";
import type { ServedVersions } from "../cluster-profile.ts";
import { digestText } from "../digest-text.ts";
import { explorePlan, type Explorer, type Instance, type Search } from "./explore-objects.ts";
import {
  environmentsOfFile,
  exploreApplied,
  exploreDirectory,
  exploreFile,
  plainManifest,
  planOf,
} from "./explore-starts.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { objectIndex, type IndexedObject, type ObjectIndex } from "./object-index.ts";
import { manifestOf } from "./planned-source.ts";
import { readByIncomplete } from "./read-by-incomplete.ts";
import { lineageOf } from "./lineage.ts";
import { keepAll, keepUnclaimed, type Unclaimed, type StartingPoint, type Explored } from "./keep-unclaimed.ts";
import type { Standalone } from "../standalone.ts";
import type { Survey } from "./survey-tree.ts";

/** The sources that GitOps objects lead to, with the roots and charts that yield such objects. */
export interface FoundSources {
  readonly unclaimed: Unclaimed;
  readonly problems: readonly Problem[];
  /** What found them, to go on with. */
  readonly explorer: Explorer;
}

/**
 * Objects that sources yield change how others are planned, so planning starts again with all that is known until nothing
 * changes any more. That takes as many rounds as the longest chain of objects that decide over objects has links.
 */
const mostRounds = 24;

/** Follows GitOps objects from plain files, roots and charts to every source they lead to. */
export async function findSources(survey: Survey): Promise<FoundSources> {
  let explorer = explorerOf(survey, rawIndex(survey), []);
  let found = await exploreOnce(survey, explorer);
  for (let round = 1; ; round += 1) {
    const objects = indexOf(found, survey);
    const index = objectIndex(objects);
    const served = servedIn(found.unclaimed.instances, survey);
    const unsettled = explorer.searches.filter((search) => !isAsBefore(search, index));
    const [first] = unsettled;
    const isServedAsBefore = digestText(served) === digestText(explorer.served);
    if (first === undefined && isServedAsBefore) return found;
    if (round === mostRounds) {
      const problem = first === undefined ? neverServes(served) : neverSettles(first);
      return { ...found, problems: [...found.problems, problem] };
    }
    explorer = explorerOf(survey, objects, served);
    found = await exploreOnce(survey, explorer);
  }
}

function neverSettles({ from, wanted }: Search): Problem {
  return {
    stage: "render",
    path: from.start,
    message: `what is planned here depends on ${wanted.kind} ${wanted.name ?? ""}, which changes with what is planned: after ${mostRounds} rounds it has not settled`,
  };
}

function neverServes(served: readonly ServedVersions[]): Problem {
  const versions = [...new Set(served.flatMap((one) => one.versions))].slice(0, 3).join(", ");
  return {
    stage: "render",
    message: `which CRDs charts yield depends on the API versions that a cluster serves${versions === "" ? "" : ` (${versions})`}, and these on the CRDs: after ${mostRounds} rounds it has not settled`,
  };
}

/** What CRDs that sources yield make clusters serve, besides those in files of the tree. */
function servedIn(instances: readonly Instance[], { renderContext }: Survey): readonly ServedVersions[] {
  const { profiles } = renderContext;
  const found = instances.flatMap(({ plannedSource: { source }, summary }): readonly ServedVersions[] => {
    if (summary.served.length === 0) return [];
    const { id, environments } = source;
    const known = new Set(profiles.of(environments).apiVersions);
    const versions = summary.served.filter((one) => !known.has(one));
    return versions.length === 0 ? [] : [{ source: id, environments, versions }];
  });
  return [...new Map(found.map((one) => [digestText(one), one]))]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, one]) => one);
}

/** Explores what `apply:` names, or whatever may be applied. */
function exploreOnce(survey: Survey, explorer: Explorer): Promise<FoundSources> {
  return survey.applied === undefined ? exploreEverything(survey, explorer) : exploreEntries(survey, explorer);
}

/** Explores every entry of `apply:`, and the objects in files of incomplete sources. */
async function exploreEntries(survey: Survey, explorer: Explorer): Promise<FoundSources> {
  const directories = survey.applied?.directories ?? [];
  const explored = [...(await mapConcurrently(directories, (one) => exploreApplied(one, survey, explorer)))];
  const done = new Set<string>();
  for (;;) {
    const open = startFiles(survey, [...explorer.instances.values()]).filter((path) => !done.has(path));
    if (open.length === 0) return { unclaimed: keepAll(explored), problems: explorer.problems, explorer };
    for (const path of open) done.add(path);
    explored.push(...(await mapConcurrently(open, (path) => exploreFile(path, survey, explorer))));
  }
}

/** Files whose objects are read as they are written: any, or with `apply:` those that it names, and those of incomplete sources. */
function startFiles({ raw, applied }: Survey, instances: readonly Instance[]): readonly string[] {
  if (applied === undefined) return [...raw.keys()];
  const open = readByIncomplete(instances);
  const accounted = new Set(instances.flatMap(({ summary }) => summary.accounts));
  return [...raw.keys()].filter((path) => applied.targets.has(path) || (open.has(path) && !accounted.has(path)));
}

/** Explores every starting point once, except those that a source found earlier accounts for. */
async function exploreEverything(survey: Survey, explorer: Explorer): Promise<FoundSources> {
  const { standalone, raw, readByRoots, plain } = survey;
  const explored = new Map<string, Explored>();
  const accounted = new Set<string>();
  const account = (): void => {
    for (const { summary } of explorer.instances.values()) for (const path of summary.accounts) accounted.add(path);
  };
  const exploreAll = async (explorations: readonly (() => Promise<Explored>)[]): Promise<void> => {
    for (const one of await mapConcurrently(explorations, (explore) => explore())) explored.set(keyOf(one.start), one);
    account();
  };
  const exploreFiles = (paths: readonly string[]): Promise<void> =>
    exploreAll(paths.map((path) => () => exploreFile(path, survey, explorer)));
  const exploreNext = (one: Standalone, later: readonly Standalone[]): Promise<void> =>
    exploreAll([() => exploreDirectory(one, survey, explorer, later)]);
  await exploreFiles([...raw.keys()].filter((path) => plain.has(path) && !readByRoots.has(path)));
  for (const mentions of ["directories", "charts"] as const) {
    // One after the other: an earlier one may account for later ones.
    const all = standalone.filter((other) => other.mentions === mentions);
    for (const [at, one] of all.entries()) {
      if (accounted.has(one.path)) continue;
      await exploreNext(
        one,
        all.slice(at + 1).filter(({ path }) => !accounted.has(path)),
      );
    }
  }
  for (;;) {
    const unclaimed = keepUnclaimed([...explored.values()]);
    // What accounted for these may itself have been left out.
    const live = new Set(unclaimed.instances.flatMap(({ summary }) => summary.accounts));
    const [directory, ...later] = standalone.filter(
      (one) => one.mentions !== "nothing" && !live.has(one.path) && !explored.has(keyOf(one)),
    );
    const paths = [...raw.keys()].filter((path) => !live.has(path) && !explored.has(keyOf({ kind: "file", path })));
    if (directory !== undefined) await exploreNext(directory, later);
    else if (paths.length > 0) await exploreFiles(paths);
    else return { unclaimed, problems: explorer.problems, explorer };
  }
}

function keyOf({ kind, path }: StartingPoint): string {
  return `${kind} ${path}`;
}

/** Renders the roots and charts that no source found so far accounts for, each by itself. */
export async function findTheRest(
  survey: Survey,
  { unclaimed: found, explorer: { served: servedSoFar } }: FoundSources,
): Promise<readonly Instance[]> {
  const explorer = explorerOf(survey, [], servedSoFar);
  const accounted = new Set(found.instances.flatMap(({ summary }) => summary.accounts));
  // A chart that lacks a dependency is not rendered by itself either: one gap is enough.
  const stopped = new Set(
    found.instances.flatMap(({ plannedSource }) =>
      plannedSource.stopped ? plannedSource.reads.map(({ path }) => path) : [],
    ),
  );
  const others = survey.applied === undefined ? survey.standalone.filter(({ mentions }) => mentions === "nothing") : [];
  const made: Instance[] = [...(await standIns(found.instances, survey, explorer, accounted))];
  // Charts come last: kustomizations may use them.
  for (const kind of ["root", "chart"] as const) {
    const open = others.filter((one) => one.kind === kind && !accounted.has(one.path) && !stopped.has(one.path));
    const informed = { ...explorer, served: [...servedSoFar, ...servedIn(made, survey)] };
    const instances = await mapConcurrently(open, (one) => explorePlan(planOf(one, survey), informed));
    for (const { summary } of instances) for (const path of summary.accounts) accounted.add(path);
    made.push(...instances, ...(await standIns(instances, survey, explorer, accounted)));
  }
  return made;
}

/**
 * The largest parts of failed Kustomize roots that can be rendered: the roots that they load, and those that these load
 * where they fail too. So one remote resource does not leave all that is loaded beside it unrendered.
 */
async function standIns(
  instances: readonly Instance[],
  survey: Survey,
  explorer: Explorer,
  accounted: Set<string>,
): Promise<readonly Instance[]> {
  const { nodes, files } = survey.renderContext;
  const made: Instance[] = [];
  const failed = (instance: Instance): readonly string[] =>
    instance.summary.state !== "rendered"
      ? instance.plannedSource.steps.flatMap((step) => (step.kind === "kustomize" ? [step.path] : []))
      : [];
  const todo = instances.flatMap(failed);
  const seen = new Set(todo);
  for (let root = todo.pop(); root !== undefined; root = todo.pop()) {
    const inner = (nodes.get(root)?.loads ?? []).filter((directory) => !seen.has(directory));
    for (const directory of inner) {
      seen.add(directory);
      const node = nodes.get(directory);
      const path = files.fileAt(node?.path ?? "")?.path;
      if (node === undefined || path === undefined || node.content.component || accounted.has(path)) continue;
      const instance = await explorePlan(planOf({ kind: "root", directory, path }, survey), explorer);
      for (const account of instance.summary.accounts) accounted.add(account);
      if (instance.summary.state === "rendered") made.push(instance);
      todo.push(...failed(instance));
    }
  }
  return made;
}

function explorerOf(
  { request, view, renderContext, steps, caches }: Survey,
  objects: readonly IndexedObject[],
  served: readonly ServedVersions[],
): Explorer {
  return {
    request,
    view,
    renderContext,
    steps,
    caches,
    instances: new Map(),
    index: objectIndex(objects),
    served,
    searches: [],
    problems: [],
  };
}

function rawIndex(survey: Survey, instances: readonly Instance[] = []): readonly IndexedObject[] {
  return startFiles(survey, instances).flatMap((path) => {
    const environments = environmentsOfFile(path, survey);
    return (survey.raw.get(path) ?? []).map((object) => ({
      manifest: plainManifest(object, path),
      owners: nothingLed,
      starts: [path],
      environments,
    }));
  });
}

const nothingLed: ReadonlySet<string> = new Set();

/** All objects known after a round: those that sources yield, and those in files that no source accounts for. */
function indexOf({ unclaimed }: FoundSources, survey: Survey): readonly IndexedObject[] {
  const { instances } = unclaimed;
  const accounted = new Set(instances.flatMap(({ summary }) => summary.accounts));
  const lineage = lineageOf(unclaimed);
  const yielded = instances.flatMap((instance) => {
    const { source } = instance.plannedSource;
    const { owners, starts } = lineage(instance);
    return instance.summary.objects.map((object) => ({
      manifest: manifestOf(object, source),
      owners,
      starts,
      environments: source.environments,
    }));
  });
  return [...yielded, ...rawIndex(survey, instances).filter(({ manifest }) => !accounted.has(manifest.position.path))];
}

/** Whether a search still finds the same objects. */
function isAsBefore({ from, wanted, found }: Search, index: ObjectIndex): boolean {
  const now = index.find(from, wanted);
  return now.length === found.length && now.every((manifest, at) => isSame(manifest, found[at]));
}

function isSame(one: Manifest, other: Manifest | undefined): boolean {
  if (other === undefined || !sameJson(one.value, other.value)) return false;
  const { path, document, pointer } = one.position;
  return path === other.position.path && document === other.position.document && pointer === other.position.pointer;
}
