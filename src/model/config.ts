import type { Json } from "./json.ts";
import type { LevelSetting } from "./policy.ts";

/** portcullis.yaml as typed values, with every default filled in. */
export interface Config {
  readonly version: 1;
  /** Empty where none is named: then ./policies or ./policy where it holds Rego, else the library that ships. */
  readonly policies: readonly string[];
  readonly data: readonly string[];
  readonly manifests: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  /** Gated branches; empty: the default branch. */
  readonly branches: readonly string[];
  readonly mode: "enforce" | "report";
  readonly block: "introduced" | "all";
  readonly levels: Levels;
  readonly comments: "on" | "off";
  /** By name. */
  readonly environments: { readonly [name: string]: EnvironmentConfig };
  /** Clusters that Argo CD knows: destinations by name or server, and the ApplicationSet cluster generator. */
  readonly clusters: readonly ClusterConfig[];
  /** URLs under which GitOps objects name this repository, besides its own; compared without protocol, user and `.git`. */
  readonly repositories: readonly string[];
  /** Charts that only a registry has: directory with `<name>/` or `<name>-<version>.tgz`. */
  readonly helm: { readonly vendor?: string };
  /** Remote resources of kustomizations, by URL as written there, and the directory or file that stands in for each. */
  readonly kustomize: { readonly vendored: { readonly [url: string]: string } };
  readonly remotes: RemotesConfig;
  readonly schemas: SchemaConfig;
  /** What clusters apply; absent: everything that the tree may hold a source of is judged. */
  readonly apply?: readonly ApplyEntry[];
  /**
   * Whether what is named as not rendered (a gap) blocks. `touched`, the default: where the change brings or alters it;
   * `block`: also where no change is judged.
   */
  readonly gaps: "allow" | "touched" | "block";
}

export type Levels = { readonly [policy: string]: LevelSetting | DatedLevel };

/** A level that is replaced by another one when a day begins (UTC, `2027-01-15`). */
export interface DatedLevel {
  readonly level: LevelSetting;
  readonly until: string;
  readonly then: LevelSetting;
}

/** A cluster and stage: the paths and objects that feed it, and its own settings. */
export interface EnvironmentConfig {
  /** Globs of source paths: plain files, Kustomize roots, charts and files with GitOps objects. */
  readonly paths: readonly string[];
  /** Names or servers of Argo CD destinations, and names of Flux cluster folders. */
  readonly clusters: readonly string[];
  /** Kubernetes version, such as `1.34`; default: that of `schemas`. */
  readonly kubernetes?: string;
  /** API versions that its clusters serve besides Kubernetes' own and those of CRDs in the tree: `group/version`. */
  readonly apiVersions?: readonly string[];
  /** Variables of Flux's postBuild that only its clusters have. */
  readonly substitutions?: { readonly [name: string]: string };
  /** Over the levels of all environments. */
  readonly levels: Levels;
  /** Over `data.parameters`, by policy id. */
  readonly parameters: { readonly [policy: string]: Json };
}

export interface ClusterConfig {
  readonly name: string;
  readonly server: string;
  readonly labels: { readonly [name: string]: string };
  readonly annotations: { readonly [name: string]: string };
  /** Globs of files and directories: the ApplicationSets of the Argo CD that knows it; absent: every one does. */
  readonly applicationSets?: readonly string[];
}

/** Files, Kustomize roots or charts that something outside the tree applies: a pipeline, or an object that only the cluster has. */
export interface ApplyEntry {
  /** A glob: of files and directories (`raw`), or of the directories of roots or charts. */
  readonly path: string;
  readonly as: "raw" | "kustomize" | "helm";
  /** Values files of a chart, by path in the repository, merged in order. */
  readonly values?: readonly string[];
  /** Of namespaced objects without one; a chart's release namespace. */
  readonly namespace?: string;
  /** One of `environments`; absent: as for any other source. */
  readonly environment?: string;
  /** Kubernetes version; absent: that of the environment. */
  readonly kubernetes?: string;
}

/** What may be fetched from servers. */
export interface RemotesConfig {
  /** `known`: what `allow` names, and what the tree before a change already refers to; `any`: everything. */
  readonly fetch: "known" | "any" | "off";
  /** Globs of URLs. Only a server that is named here by its host may have an address that is not public. */
  readonly allow: readonly string[];
  /** Servers to use in place of others, by the start of the URLs that they replace. */
  readonly mirrors: { readonly [start: string]: string };
}

/** Validation against Kubernetes' own schemas and CRDs of the tree. */
export interface SchemaConfig {
  readonly enabled: boolean;
  /** Kubernetes version, such as `1.34`; absent: the newest that ships. */
  readonly kubernetes?: string;
}
