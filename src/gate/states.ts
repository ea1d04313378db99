import type { SourceNode } from "../model/source.ts";
import type { Tree } from "../model/tree.ts";
import type { DesiredState } from "../render/desired-state.ts";
import type { Baseline } from "../render/gitops.ts";
import { isClusterScoped } from "../manifest/cluster-scoped.ts";
import { discover } from "../render/discover-files.ts";
import { findDesiredState } from "../render/find-desired-state.ts";
import type { KustomizationReading } from "../render/kustomizations/kustomization.ts";
import { submoduleGaps } from "../render/files/submodule-gaps.ts";
import { scopeOf } from "../render/files/scope.ts";
import type { CheckRequest } from "./check-request.ts";
import { combinedUnit } from "./documents/combined-unit.ts";
import { documentUnits } from "./documents/document-units.ts";
import type { WorkBudget } from "./judging/work-budget.ts";

/** The desired state of both trees. */
export interface States {
  /** Where there is no tree before, `nothing`. */
  readonly before: DesiredState;
  readonly after: DesiredState;
  /** Whether there is a tree before. */
  readonly isChange: boolean;
}

/** Finds the desired state of the trees: what judged the tree before judges the tree after as well. */
export async function findStates(request: CheckRequest, budget: WorkBudget): Promise<States> {
  const find = stateFinder(request, budget);
  if (request.before === undefined) return { before: nothing, after: await find(request.after), isChange: false };
  const before = await find(request.before);
  return { before, after: await find(request.after, before.baseline), isChange: true };
}

/** Makes the function that finds a tree's desired state. Without a renderer every file is judged unrendered. */
function stateFinder(
  request: CheckRequest,
  budget: WorkBudget,
): (tree: Tree, baseline?: Baseline) => Promise<DesiredState> {
  const { config, renderer, documentParser, remotes, cache, repositories = [], branches = [], paths = [] } = request;
  const scope = scopeOf(config.manifests, paths);
  const kustomizations = cache?.kustomizations ?? new Map<string, KustomizationReading>();
  const renderings = cache?.renderings ?? new Map<string, unknown>();
  const found = async (tree: Tree, baseline?: Baseline): Promise<DesiredState> =>
    renderer === undefined
      ? unrendered(await discover(tree, scope, kustomizations))
      : findDesiredState(tree, {
          scope,
          config,
          renderer,
          ...(remotes === undefined ? {} : { remotes }),
          repositories: [...repositories, ...config.repositories],
          branches,
          cache: renderings,
          onRendered: ({ key, id, bytes }) => budget.spendOnce(key, id, { sources: 1, bytes }),
          ...(baseline === undefined ? {} : { baseline }),
        });
  const { documents } = config;
  if (documents.length === 0) return found;
  if (documentParser === undefined) throw new Error("documents without a parser");
  const named = scopeOf({ include: [], exclude: [] }, paths);
  const isMeant = (path: string): boolean => paths.length === 0 || named.covers(path);
  const { documentsAlone } = request;
  return async (tree, baseline) => {
    const state = documentsAlone === undefined ? await found(tree, baseline) : nothing;
    const parts = await documentUnits(tree, { documents, parser: documentParser, isMeant });
    const units = documentsAlone?.combine === true ? [combinedUnit(parts)] : parts;
    return { ...state, units: [...state.units, ...units] };
  };
}

/** The empty state, where there is no tree. */
const nothing: DesiredState = {
  files: [],
  units: [],
  incomplete: new Set(),
  starts: [],
  isClusterScoped,
  scopes: "",
  unplanned: [],
  graph: { sources: [], gaps: [] },
  remotes: [],
  fetched: [],
  baseline: {
    files: new Map(),
    directories: new Set(),
    standalone: [],
    objects: [],
    projects: [],
    applied: [],
    copies: [],
    references: [],
    fetched: new Map(),
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
