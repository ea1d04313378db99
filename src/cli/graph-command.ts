import type { Problem } from "../model/problem.ts";
import type { SuggestedClusters } from "../model/suggested-clusters.ts";
import type { DesiredState } from "../render/desired-state.ts";
import type { SeenSet } from "../render/argocd/suggest-clusters/seen-set.ts";
import { suggestClusters } from "../render/argocd/suggest-clusters/suggest-clusters.ts";
import { suggestApply } from "../render/apply/suggest-apply.ts";
import { applyBlock } from "../report/graph/apply-block.ts";
import { clustersBlock } from "../report/graph/clusters-block.ts";
import { graphFormats, type GraphFormatName } from "../report/graph/formats.ts";
import { tell, withDesiredState, type DesiredSubject } from "./desired-subject.ts";

/** The options of `portcullis graph`. */
export interface GraphOptions {
  readonly config?: string;
  readonly output: GraphFormatName;
  /** Print the `clusters:` that ApplicationSets need, and the `apply:` that names what is judged without any. */
  readonly suggest?: boolean;
  /** Nothing is fetched: what was fetched before is used. */
  readonly offline?: boolean;
}

/**
 * Runs `portcullis graph`: the graph on stdout, and what could not be rendered also on stderr. Returns the exit code.
 */
export async function graphCommand(named: readonly string[], options: GraphOptions): Promise<number> {
  return withDesiredState(named, options, async (subject) => {
    const { tree, config, progress } = subject;
    const { state, clusters } =
      options.suggest === true ? await suggestedState(subject) : { state: await subject.whole() };
    const problems: Problem[] = [...state.problems];
    for (const unit of state.units) problems.push(...(await unit.render()).problems);
    const text =
      clusters === undefined
        ? graphFormats[options.output](state.graph)
        : `${clustersBlock(clusters)}${applyBlock(await suggestApply(tree, state, config))}`;
    progress.clear();
    await new Promise<void>((done) => process.stdout.write(text, () => done()));
    tell(problems);
    return problems.length > 0 ? 2 : 0;
  });
}

/** The clusters that ApplicationSets need, and the desired state as it is with them. */
export async function suggestedState({
  config,
  withClusters,
}: DesiredSubject): Promise<{ readonly state: DesiredState; readonly clusters: SuggestedClusters }> {
  const sets = new Map<string, SeenSet>();
  const state = await withClusters(config.clusters, (object, context) => {
    const { identity, position } = object.manifest;
    if (identity.group !== "argoproj.io" || identity.kind !== "ApplicationSet") return;
    sets.set(JSON.stringify([identity, position.path, position.document, object.directories]), { object, context });
  });
  const clusters = await suggestClusters([...sets.values()], config);
  return { state: clusters.clusters.length === 0 ? state : await withClusters(clusters.clusters), clusters };
}
