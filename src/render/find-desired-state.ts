import type { Source, SourceNode } from "../model/source.ts";
import type { Tree } from "../model/tree.ts";
import { accountFor } from "./account-for.ts";
import type { DesiredState, DesiredStateRequest } from "./desired-state.ts";
import { discover } from "./discover.ts";
import { environmentsOf } from "./environments.ts";
import { facts } from "./facts.ts";
import type { KustomizationReading } from "./kustomization.ts";
import { inTurns } from "./in-turns.ts";
import { kustomizeRoots } from "./kustomize-build.ts";
import { kustomizationNodes, type KustomizationNodes } from "./kustomization-nodes.ts";
import { readySource, type Outcome, type ReadySource } from "./ready-source.ts";
import { directoryOf, isKustomizationName } from "./scope.ts";
import { kustomizeStep } from "./steps/kustomize-step.ts";
import { treeFiles } from "./tree-files.ts";

/** A source that was rendered, or could not be. */
export interface TriedSource {
  readonly ready: ReadySource;
  readonly outcome: Outcome;
}

/** Finds and renders every source of a tree. Never rejects for what stands in the tree. */
export async function findDesiredState(tree: Tree, request: DesiredStateRequest): Promise<DesiredState> {
  const { scope, cache, renderer } = request;
  const files = await treeFiles(tree);
  const known = facts<KustomizationReading>(cache, "kustomization");
  const scoped = await discover(tree, scope, {
    get: (id) => known.get(id),
    set: (id, reading) => known.set(id, reading, 4 * JSON.stringify(reading).length),
  });
  const nodes = kustomizationNodes(files, request);
  const directories = [...files.entries.keys()]
    .filter((path) => isKustomizationName(path) && scope.covers(path) && files.fileAt(path) !== undefined)
    .map(directoryOf);
  await nodes.load(directories);
  const tried = await inTurns(kustomizeRoots([...new Set(directories)], nodes), async (root): Promise<TriedSource> => {
    const source = kustomizeSource(root, nodes, request);
    const step = await kustomizeStep({ kind: "kustomize", path: root }, { files, nodes, renderer });
    const ready = readySource({ source, steps: [], gaps: [] }, [step], { cache, renderer });
    return { ready, outcome: await ready.outcome() };
  });
  const accounted = accountFor(scoped, tried, nodes);
  return {
    files: accounted.files,
    units: tried.map(({ ready }) => ready.unit(accounted.covers.get(ready) ?? [])),
    graph: {
      sources: tried.map(({ ready, outcome }): SourceNode => ({
        ...ready.source,
        reads: [...new Set(ready.reads.filter(({ id }) => id !== undefined).map(({ path }) => path))].toSorted(),
        ...(outcome.failed ? {} : { manifests: outcome.manifests }),
      })),
      gaps: tried.flatMap(({ outcome }) => outcome.gaps),
    },
    problems: [],
    violations: [],
  };
}

function kustomizeSource(root: string, nodes: KustomizationNodes, { config }: DesiredStateRequest): Source {
  const path = nodes.get(root)?.path ?? root;
  return {
    id: root === "" ? "." : root,
    kind: "kustomize",
    path,
    line: 1,
    environments: environmentsOf({ path }, config),
  };
}
