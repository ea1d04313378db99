import type { ClusterConfig, Config } from "../../../model/config.ts";
import type { SuggestedCluster, SuggestedClusters } from "../../../model/suggested-clusters.ts";
import { literalPattern } from "../../glob/literal-pattern.ts";
import { knownClusters, secretType } from "../application-set/cluster-secrets.ts";
import { clusterFor, demandOf, type Demand } from "./candidates.ts";
import { noHint } from "./cluster-hint.ts";
import { mergeCandidates, type Draft } from "./drafts.ts";
import { openLabels, type RequiredLabel } from "./required-labels.ts";
import { pathOf, shown, tryCluster, type SeenSet } from "./seen-set.ts";

/**
 * The clusters that ApplicationSets need, where the configuration lists none: those that they name or that their paths
 * lead to, and one stand-in for each selector that leaves the names open.
 */
export async function suggestClusters(sets: readonly SeenSet[], config: Config): Promise<SuggestedClusters> {
  const demands: Demand[] = [];
  if (config.clusters.length === 0) {
    for (const set of sets) {
      const demand = await demandOf(set);
      if (demand !== undefined) demands.push(demand);
    }
  }
  if (demands.length === 0) return { clusters: [], unresolved: [] };
  const groups = groupsOf(demands);
  const drafts = mergeCandidates(demands);
  const secrets = secretClusters(demands, drafts);
  const clusters: SuggestedCluster[] = [];
  for (const draft of drafts) {
    if (!secrets.some(({ cluster }) => cluster.name === draft.cluster.name)) clusters.push(await scoped(draft, groups));
  }
  // A Secret tells all there is to know, but for where Argo CD has it.
  for (const secret of secrets) {
    const one = await scoped(secret, groups);
    if (one.applicationSets !== undefined) clusters.push(one);
  }
  const { standIns, unresolved } = await standInsFor(groups, clusters);
  const ownCluster = await Promise.all(demands.map(ownClusterOf));
  const all = [...clusters, ...standIns];
  // One in the list is enough to tell that there are no others.
  if (all.length === 0) all.push(argoCdsOwn);
  return {
    clusters: all.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    unresolved: [...unresolved, ...ownCluster.flat()],
  };
}

/** ApplicationSets that one root, chart or file yields: those of one Argo CD. */
interface Group {
  readonly path: string;
  readonly demands: readonly Demand[];
  /** Some of their paths are those of single clusters: no others are meant. */
  readonly namesSome: boolean;
}

const argoCdsOwn: SuggestedCluster = {
  name: "in-cluster",
  server: "https://kubernetes.default.svc",
  labels: {},
  annotations: {},
  why: ["Argo CD's own cluster; list those that it knows besides"],
  notes: {},
};

function groupsOf(demands: readonly Demand[]): readonly Group[] {
  const groups = new Map<string, Demand[]>();
  for (const demand of demands) {
    const path = pathOf(demand.set);
    groups.set(path, [...(groups.get(path) ?? []), demand]);
  }
  return [...groups]
    .map(([path, of]) => ({
      path,
      demands: of,
      namesSome: of.some(({ candidates }) => candidates.some(({ isDistinct }) => isDistinct)),
    }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** Restricts a cluster to the groups that have paths for it, where paths for it are missing in others. */
async function scoped(draft: Draft, groups: readonly Group[]): Promise<SuggestedCluster> {
  const knownIn: string[] = [];
  const notIn: string[] = [];
  const doubtful: string[] = [];
  for (const { path, demands, namesSome } of groups) {
    const trials = await Promise.all(demands.map(({ set }) => tryCluster(set, draft.cluster)));
    const missing = trials.flatMap((trial) => (trial.kind === "missing" ? [trial.path] : []));
    const isFound = !namesSome && missing.length === 0 && trials.some(({ kind }) => kind === "found");
    if (isFound || (draft.paths.get(path) ?? 0) > missing.length) {
      knownIn.push(path);
      doubtful.push(...missing);
    } else notIn.push(...missing);
  }
  const { cluster, why, notes, isNameUnknown, isServerUnknown } = draft;
  const isScoped = notIn.length > 0 && knownIn.length > 0;
  return {
    ...cluster,
    ...(isScoped ? { applicationSets: knownIn.map(literalPattern) } : {}),
    why: [
      ...why,
      ...(isScoped ? [`other ApplicationSets have no path for it: ${some(notIn)}`] : []),
      ...(doubtful.length > 0 ? [`check: these paths for it are not in the tree: ${some(doubtful)}`] : []),
    ],
    notes,
    ...(isNameUnknown ? { isNameUnknown } : {}),
    ...(isServerUnknown ? { isServerUnknown } : {}),
  };
}

const shownPaths = 3;

function some(paths: readonly string[]): string {
  const all = [...new Set(paths)].toSorted();
  const more = all.length - shownPaths;
  return `${all.slice(0, shownPaths).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The clusters that Secrets of the tree declare, with the labels of all Secrets of one name. */
function secretClusters(demands: readonly Demand[], named: readonly Draft[]): readonly Draft[] {
  const found = new Map<string, Draft>();
  for (const { set } of demands) {
    for (const { name, server, labels, annotations, secret } of knownClusters(set.object, set.context).clusters) {
      if (secret === undefined) continue;
      const { [secretType]: _, ...own } = labels;
      const known = found.get(name)?.cluster;
      found.set(name, {
        cluster: {
          name,
          server,
          labels: { ...known?.labels, ...own },
          annotations: { ...known?.annotations, ...annotations },
        },
        paths: named.find(({ cluster }) => cluster.name === name)?.paths ?? new Map(),
        why: [`the Secret at ${secret.path}:${secret.line} declares it`],
        notes: {},
      });
    }
  }
  return [...found.values()];
}

/** Clusters for the ApplicationSets that those found so far leave without any Application. */
async function standInsFor(
  groups: readonly Group[],
  clusters: readonly SuggestedCluster[],
): Promise<{ readonly standIns: readonly SuggestedCluster[]; readonly unresolved: readonly string[] }> {
  const standIns = new Map<string, Draft>();
  const unresolved: string[] = [];
  for (const { path, demands } of groups) {
    for (const { set, required } of demands) {
      const visible = clusters.filter(({ applicationSets }) => applicationSets?.includes(literalPattern(path)) ?? true);
      const known = knownClusters(set.object, set.context).clusters.filter(
        ({ name }) => !clusters.some((one) => one.name === name),
      );
      if (await servesAny(set, [...visible, ...known])) continue;
      for (const labels of required) {
        const cluster = labels.length === 0 ? argoCdsOwn : clusterFor(noHint, labels);
        const trial = await tryCluster(set, cluster);
        if (trial.kind === "missing")
          unresolved.push(`${shown(set)}: no cluster leads to a path that is in the tree, such as ${trial.path}`);
        if (trial.kind !== "found") continue;
        const key = JSON.stringify(cluster.labels);
        const draft = standIns.get(key) ?? standInOf(cluster, set, labels);
        standIns.set(key, { ...draft, paths: new Map([...draft.paths, [path, Number.POSITIVE_INFINITY]]) });
      }
    }
  }
  const scopedOnes: SuggestedCluster[] = [];
  for (const draft of standIns.values()) scopedOnes.push(await scoped(draft, groups));
  return { standIns: scopedOnes, unresolved };
}

function standInOf(cluster: ClusterConfig, set: SeenSet, required: readonly RequiredLabel[]): Draft {
  if (required.length === 0) return { cluster, paths: new Map(), why: argoCdsOwn.why, notes: {} };
  return {
    cluster,
    paths: new Map(),
    why: [`stands for every cluster that the selector of ${shown(set)} finds: nothing tells which these are`],
    notes: openLabels(required),
    isNameUnknown: true,
    isServerUnknown: true,
  };
}

/** A generator without a selector generates for Argo CD's own cluster too, by whatever name that has. */
async function ownClusterOf({ set, required }: Demand): Promise<readonly string[]> {
  if (required.every((labels) => labels.length > 0)) return [];
  const trial = await tryCluster(set, argoCdsOwn);
  return trial.kind === "missing"
    ? [
        `${shown(set)}: Argo CD's own cluster leads to ${trial.path}, which is not in the tree: if it has another name, list it by that with the server ${argoCdsOwn.server}`,
      ]
    : [];
}

async function servesAny(set: SeenSet, clusters: readonly ClusterConfig[]): Promise<boolean> {
  for (const cluster of clusters) {
    if ((await tryCluster(set, cluster)).kind === "found") return true;
  }
  return false;
}
