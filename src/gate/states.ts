import type { StateOverview } from "../model/builtin-check.ts";
import type { Config } from "../model/config.ts";
import type { Renderer } from "../model/renderer.ts";
import type { Source, SourceNode } from "../model/source.ts";
import type { Tree } from "../model/tree.ts";
import type { DesiredState, DesiredStateRequest } from "../render/desired-state.ts";
import type { Baseline } from "../render/gitops.ts";
import { isClusterScoped } from "../render/cluster-scoped.ts";
import { discover } from "../render/discover-files.ts";
import { findDesiredState } from "../render/find-desired-state.ts";
import type { KustomizationReading } from "../render/kustomizations/kustomization.ts";
import { submoduleGaps } from "../render/files/submodule-gaps.ts";
import type { Scope } from "../render/files/scope.ts";
import type { CheckCache, JudgedSource } from "./judged-source.ts";
import type { Origin } from "./reading.ts";

/** The desired state of both trees. */
export interface States {
  readonly before: DesiredState;
  readonly after: DesiredState;
}

/** What finding the desired state needs besides a tree. */
export interface StateRequest {
  readonly scope: Scope;
  readonly config: Config;
  readonly renderer: Renderer | undefined;
  readonly repositories: readonly string[];
  readonly branches: readonly string[];
  readonly cache: CheckCache | undefined;
  readonly onRendered?: DesiredStateRequest["onRendered"];
}

/** Makes the function that finds a tree's desired state. Without a renderer every file is judged unrendered. */
export function stateFinder({ scope, config, renderer, repositories, branches, cache, onRendered }: StateRequest) {
  const kustomizations = cache?.kustomizations ?? new Map<string, KustomizationReading>();
  const renderings = cache?.renderings ?? new Map<string, unknown>();
  return async (tree: Tree, baseline?: Baseline): Promise<DesiredState> =>
    renderer === undefined
      ? unrendered(await discover(tree, scope, kustomizations))
      : findDesiredState(tree, {
          scope,
          config,
          renderer,
          repositories,
          branches,
          cache: renderings,
          ...(onRendered === undefined ? {} : { onRendered }),
          ...(baseline === undefined ? {} : { baseline }),
        });
}

/** The empty state, where there is no tree. */
export const nothing: DesiredState = {
  files: [],
  units: [],
  incomplete: new Set(),
  starts: [],
  isClusterScoped,
  scopes: "",
  unplanned: [],
  graph: { sources: [], gaps: [] },
  baseline: {
    files: new Map(),
    directories: new Set(),
    standalone: [],
    objects: [],
    projects: [],
    applied: [],
    copies: [],
  },
  unjudged: [],
  problems: [],
  violations: [],
};

function unrendered(files: DesiredState["files"]): DesiredState {
  return { ...nothing, files, graph: { sources: [], gaps: submoduleGaps(files) } };
}

/** The sources of a state by id. */
export function sourcesById({ graph }: DesiredState): ReadonlyMap<string, SourceNode> {
  return new Map(graph.sources.map((source) => [source.id, source]));
}

/** The sources of the tree's own plan. */
function ownSources(sources: ReadonlyMap<string, Source>): ReadonlyMap<string, Source> {
  return new Map([...sources].filter(([, { carriedOver }]) => carriedOver !== true));
}

/** A state as builtin checks see it as a whole. */
export function overviewOf(
  judged: readonly (readonly [Origin, JudgedSource])[],
  sources: ReadonlyMap<string, Source>,
): StateOverview {
  const isApplied = ({ source }: { readonly source?: string }): boolean =>
    sources.get(source ?? "")?.carriedOver !== true;
  return {
    manifests: judged.flatMap(([, { manifests }]) => manifests.filter(isApplied)),
    notApplied: judged.flatMap(([, { notApplied = [] }]) => notApplied),
    sources: ownSources(sources),
  };
}
