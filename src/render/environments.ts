import type { Config } from "../model/config.ts";
import { cleanPath, directoryOf, matcher } from "./files/scope.ts";

/** What is known of a source that decides which environments its manifests land in. */
export interface Landing {
  /** Where it is declared: kustomization.yaml, Chart.yaml, the file with the GitOps object, or the plain file itself. */
  readonly path: string;
  /** Directories and files that a GitOps object applies (`spec.path`, `spec.source.path`). */
  readonly applies?: readonly string[];
  /** An Argo CD destination, as written. */
  readonly destination?: { readonly name?: string; readonly server?: string };
  /** The directory that the chain of Flux Kustomizations starts in, such as `clusters/production`. */
  readonly clusterFolder?: string;
  /** The environments of the source that yields the GitOps object. */
  readonly parent?: readonly string[];
}

/**
 * The environments that a source's manifests land in, sorted; empty where none is known. The first that answers wins:
 * the configuration's `clusters` for its destination or cluster folder, its `paths` for what it applies, the name of the
 * destination, `paths` for where it is declared, the cluster folder's name, the environments of its parent.
 */
export function environmentsOf(landing: Landing, config: Config): readonly string[] {
  const environments = environmentsIn(config);
  const clusters = clustersOf(landing, config);
  const byCluster = environments.filter((one) => clusters.some((cluster) => one.clusters.has(cluster)));
  if (byCluster.length > 0) return namesOf(byCluster);
  const byApplied = environments.filter(({ holds }) => (landing.applies ?? []).some((path) => holds(cleanPath(path))));
  if (byApplied.length > 0) return namesOf(byApplied);
  const destination = destinationName(landing, config);
  if (destination !== undefined) return [destination];
  const byPath = environments.filter(({ holds }) => holds(landing.path) || holds(directoryOf(landing.path)));
  if (byPath.length > 0) return namesOf(byPath);
  const folder = folderName(landing);
  if (folder !== undefined) return [folder];
  return [...(landing.parent ?? [])].toSorted();
}

interface Environment {
  readonly name: string;
  readonly clusters: ReadonlySet<string>;
  readonly holds: (path: string) => boolean;
}

const known = new WeakMap<Config, readonly Environment[]>();

function environmentsIn(config: Config): readonly Environment[] {
  let found = known.get(config);
  if (found === undefined) {
    found = Object.entries(config.environments).map(([name, { paths, clusters }]) => ({
      name,
      clusters: new Set(clusters),
      holds: environmentPaths(paths),
    }));
    known.set(config, found);
  }
  return found;
}

/** Makes a matcher for `environments.<name>.paths`: a pattern that names a directory matches everything below it. */
export function environmentPaths(patterns: readonly string[]): (path: string) => boolean {
  const clean = patterns.map(cleanPath);
  return matcher(clean.flatMap((pattern) => (pattern === "" ? ["**"] : [pattern, `${pattern}/**`])));
}

/** The names of the cluster that Argo CD runs in. */
const inCluster = new Set(["in-cluster", "https://kubernetes.default.svc"]);

function clustersOf(landing: Landing, config: Config): readonly string[] {
  const { name, server } = landing.destination ?? {};
  const entry = config.clusters.find((one) => one.server === server || one.name === name);
  const folder = folderName(landing);
  return [name, server, entry?.name, entry?.server, landing.clusterFolder, folder].filter((one) => one !== undefined);
}

function destinationName({ destination }: Landing, config: Config): string | undefined {
  const { name, server } = destination ?? {};
  if (name !== undefined && name !== "" && !inCluster.has(name)) return name;
  if (server === undefined) return undefined;
  return config.clusters.find((one) => one.server === server && !inCluster.has(one.name))?.name;
}

function folderName({ clusterFolder }: Landing): string | undefined {
  return clusterFolder === undefined ? undefined : cleanPath(clusterFolder).split("/").at(-1) || undefined;
}

function namesOf(environments: readonly Environment[]): readonly string[] {
  return environments.map(({ name }) => name).toSorted();
}
