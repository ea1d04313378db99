import type { Manifest } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { Source } from "../model/source.ts";
import { environmentsOf } from "./environments.ts";
import { exploreObjects, explorePlan, type Explorer, type Instance } from "./explore.ts";
import { inTurns } from "./in-turns.ts";
import { objectIndex, type IndexedObject } from "./object-index.ts";
import { manifestOf } from "./ready-source.ts";
import type { RenderedObject } from "./rendered-objects.ts";
import type { Plan } from "./recipe.ts";
import { harvest, type Harvest, type Sown } from "./seeds.ts";
import type { Standalone, Survey } from "./survey.ts";

/** All sources that GitOps objects lead to, with the roots and charts that yield such objects. */
export interface Found {
  readonly sown: readonly Sown[];
  readonly harvest: Harvest;
  readonly problems: readonly Problem[];
}

/** Objects rendered by sources change how others are planned; so often it is begun anew with all that is known. */
const mostRounds = 6;

/** Follows GitOps objects from where they stand to all that comes of them. */
export async function findSources(survey: Survey): Promise<Found> {
  let objects = rawIndex(survey);
  let found = await sow(survey, objects);
  for (let round = 1; round < mostRounds; round += 1) {
    const next = indexOf(found, survey);
    if (signature(next) === signature(objects)) break;
    objects = next;
    found = await sow(survey, objects);
  }
  return found;
}

async function sow(survey: Survey, objects: readonly IndexedObject[]): Promise<Found> {
  const explorer = explorerOf(survey, objects);
  const directories = await inTurns(
    survey.standalone.filter(({ mentionsGitOps }) => mentionsGitOps),
    async (one): Promise<Sown> => ({
      seed: one,
      instance: await explorePlan(planOf(one, survey), explorer),
      plannings: [],
    }),
  );
  const accounted = new Set(directories.flatMap(({ instance }) => instance?.outcome.accounts ?? []));
  const files = [...survey.raw].filter(([path]) => !accounted.has(path));
  const plain = await inTurns(files, async ([path, held]): Promise<Sown> => {
    const environments = environmentsOf({ path }, survey.request.config);
    const manifests = held.map((object) => ({ manifest: plainManifest(object, path), environments }));
    return { seed: { kind: "file", path }, plannings: await exploreObjects(manifests, explorer) };
  });
  const sown = [...directories, ...plain];
  return { sown, harvest: harvest(sown), problems: explorer.problems };
}

/** The roots and charts that nothing found so far accounts for, each rendered by itself. */
export async function findTheRest(survey: Survey, { harvest: found }: Found): Promise<readonly Instance[]> {
  const explorer = explorerOf(survey, []);
  const accounted = new Set(found.instances.flatMap(({ outcome }) => outcome.accounts));
  // A chart that could not be rendered for want of another chart is not rendered by itself either: one gap says it.
  const stopped = new Set(
    found.instances.flatMap(({ ready }) => (ready.stopped ? ready.reads.map(({ path }) => path) : [])),
  );
  const others = survey.standalone.filter(({ mentionsGitOps }) => !mentionsGitOps);
  const made: Instance[] = [];
  // Charts come last: kustomizations may use them.
  for (const kind of ["root", "chart"] as const) {
    const open = others.filter((one) => one.kind === kind && !accounted.has(one.path) && !stopped.has(one.path));
    const instances = await inTurns(open, (one) => explorePlan(planOf(one, survey), explorer));
    for (const { outcome } of instances) for (const path of outcome.accounts) accounted.add(path);
    made.push(...instances);
  }
  return made;
}

function explorerOf({ request, view, workshop, press }: Survey, objects: readonly IndexedObject[]): Explorer {
  return { request, view, workshop, press, instances: new Map(), index: objectIndex(objects), problems: [] };
}

/** What a root or chart is rendered with where no GitOps object says. */
function planOf({ kind, directory, path }: Standalone, { request }: Survey): Plan {
  const source: Source = {
    id: directory === "" ? "." : directory,
    kind: kind === "root" ? "kustomize" : "helm",
    path,
    line: 1,
    environments: environmentsOf({ path }, request.config),
  };
  if (kind === "root") return { source, steps: [{ kind: "kustomize", path: directory }], gaps: [] };
  const releaseName = (directory === "" ? "chart" : directory.slice(directory.lastIndexOf("/") + 1))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-");
  return {
    source,
    steps: [
      {
        kind: "helm",
        chart: { kind: "path", path: directory },
        releaseName: releaseName.replaceAll(/^-+|-+$/g, "").slice(0, 53) || "chart",
        namespace: "default",
        values: [],
        includeCrds: true,
      },
    ],
    gaps: [],
  };
}

function rawIndex({ raw, request }: Survey): readonly IndexedObject[] {
  return [...raw].flatMap(([path, objects]) => {
    const environments = environmentsOf({ path }, request.config);
    return objects.map((object) => ({ manifest: plainManifest(object, path), owner: undefined, environments }));
  });
}

/** Everything that is known of now: what sources yield, and what stands in files that none of them accounts for. */
function indexOf({ harvest: { instances } }: Found, survey: Survey): readonly IndexedObject[] {
  const accounted = new Set(instances.flatMap(({ outcome }) => outcome.accounts));
  const yielded = instances.flatMap(({ key, ready: { source }, outcome }) =>
    outcome.objects.map((object) => ({
      manifest: manifestOf(object, source),
      owner: key,
      environments: source.environments,
    })),
  );
  return [...yielded, ...rawIndex(survey).filter(({ manifest }) => !accounted.has(manifest.position.path))];
}

function signature(objects: readonly IndexedObject[]): string {
  return objects
    .map(({ manifest: { identity, position }, owner }) => JSON.stringify([identity, position.path, owner ?? null]))
    .toSorted()
    .join("\n");
}

function plainManifest({ identity, apiVersion, value, position }: RenderedObject, path: string): Manifest {
  return { identity, apiVersion, value, position: position ?? { path, document: 0, line: 1, pointer: "" } };
}
