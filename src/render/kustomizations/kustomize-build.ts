import type { JsonObject } from "../../model/json.ts";
import type { AskedFile, KustomizationNode, KustomizationNodes, UnresolvedEntry } from "./kustomization-graph.ts";

/** Everything that building one root loads, over all its kustomizations. */
export interface KustomizeBuild {
  readonly root: string;
  /** The root's kustomization. */
  readonly path: string;
  readonly nodes: readonly KustomizationNode[];
  /** Each path once, sorted; where a file is used in several ways, the first of resource, patch, targeted patch, the rest. */
  readonly asks: readonly AskedFile[];
  readonly unresolved: readonly (UnresolvedEntry & { readonly path: string })[];
  /** Each with the file that names it. */
  readonly charts: readonly { readonly node: KustomizationNode; readonly chart: JsonObject; readonly path: string }[];
}

const order: readonly AskedFile["use"][] = ["kustomization", "resource", "patch", "targeted-patch", "values", "other"];

/** Follows what a root loads, cycles included; undefined where the directory has no kustomization. The nodes must be loaded before. */
export function kustomizeBuild(root: string, nodes: Pick<KustomizationNodes, "get">): KustomizeBuild | undefined {
  const first = nodes.get(root);
  if (first === undefined) return undefined;
  const seen = new Set([root]);
  const reached: KustomizationNode[] = [];
  const asks = new Map<string, AskedFile>();
  const todo = [first];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    reached.push(node);
    for (const asked of node.asks) {
      const known = asks.get(asked.path);
      if (known === undefined || order.indexOf(asked.use) < order.indexOf(known.use)) asks.set(asked.path, asked);
    }
    for (const loaded of node.loads) {
      const next = nodes.get(loaded);
      if (seen.has(loaded) || next === undefined) continue;
      seen.add(loaded);
      todo.push(next);
    }
  }
  return {
    root,
    path: first.path,
    nodes: reached,
    asks: [...asks.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    unresolved: reached.flatMap(({ path, unresolved }) => unresolved.map((entry) => ({ ...entry, path }))),
    charts: reached.flatMap((node) => node.charts.map((one) => ({ node, ...one }))),
  };
}

/** The roots among some kustomizations: not a Component, and not loaded by another one. Of a cycle that nothing else loads, the first is a root. */
export function kustomizeRoots(directories: readonly string[], nodes: KustomizationNodes): readonly string[] {
  const candidates = directories.filter((directory) => nodes.get(directory) !== undefined);
  const loaded = new Set(candidates.flatMap((directory) => nodes.get(directory)?.loads ?? []));
  const isComponent = (directory: string): boolean => nodes.get(directory)?.content.component === true;
  const roots = candidates.filter((directory) => !loaded.has(directory) && !isComponent(directory));
  const reached = new Set<string>();
  const reach = (directory: string): void => {
    const todo = [directory];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      todo.push(...(nodes.get(at)?.loads ?? []));
    }
  };
  for (const directory of candidates) if (!loaded.has(directory)) reach(directory);
  for (const directory of candidates.toSorted()) {
    if (reached.has(directory) || isComponent(directory)) continue;
    roots.push(directory);
    reach(directory);
  }
  return roots.toSorted();
}
