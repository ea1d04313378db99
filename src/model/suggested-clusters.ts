import type { ClusterConfig } from "./config.ts";

/** A cluster for `clusters:` of portcullis.yaml, with what tells of it. */
export interface SuggestedCluster extends ClusterConfig {
  /** Why it is there, and what a person must check. */
  readonly why: readonly string[];
  /** Nothing in the tree tells its name; the one here is made up. */
  readonly isNameUnknown?: true;
  readonly isServerUnknown?: true;
  /** Of labels and annotations, by key. */
  readonly notes: { readonly [key: string]: string };
}

/** What ApplicationSets tell of the clusters that only Argo CD knows. */
export interface SuggestedClusters {
  readonly clusters: readonly SuggestedCluster[];
  /** ApplicationSets for which no cluster could be found, and why. */
  readonly unresolved: readonly string[];
}
