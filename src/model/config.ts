import type { ParserName } from "./document-parser.ts";
import type { Json } from "./json.ts";
import type { LintRule } from "./lint.ts";
import type { LevelSetting } from "./policy.ts";

/** portcullis.yaml as typed values, with every default filled in. */
export interface Config {
  readonly version: 1;
  /** What this configuration extends, as it is written: the nearest first, each extending the next. */
  readonly extends: readonly string[];
  /** Keys that no configuration that extends this one may have: `mode`, `levels.images/registry`. */
  readonly locked: readonly string[];
  /** Empty where none is named: then ./policies or ./policy where it holds Rego, else the library that ships. */
  readonly policies: readonly string[];
  /** Files and directories of policies whose `input` is the list of all manifests. */
  readonly combine: readonly string[];
  readonly data: readonly string[];
  readonly manifests: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  /** Branches that are gated besides the default branch. */
  readonly branches: readonly GatedBranches[];
  readonly mode: "enforce" | "report";
  readonly block: "introduced" | "all";
  readonly levels: Levels;
  /** Review comments on what blocks, also on what warns, or none. */
  readonly comments: "on" | "all" | "off";
  /** People and teams by patterns of policy ids, in their order: of those that match, the last one decides. */
  readonly owners: Owners;
  /** Whether a change that loosens rules blocks until an owner has approved it. */
  readonly approvals: "on" | "off";
  /** Who may let through what blocks; absent: nobody. */
  readonly override?: OverrideConfig;
  /** How many days old a state may be that a change restores; 0: none. */
  readonly rollback: { readonly days: number };
  /** What becomes of the nightly judgement; `issue`: the App keeps an issue about it. */
  readonly compliance: { readonly issue: boolean };
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
  /** Which policies and shared configurations from elsewhere must be signed, and by whom. */
  readonly signatures: readonly RequiredSignature[];
  /** Rules of `portcullis lint` that are off, and those whose issues block a change of policies; absent: `blockingLintRules`. */
  readonly lint?: { readonly off?: readonly LintRule[]; readonly block?: readonly LintRule[] };
  /** What a change of policies must reach: percent of all lines, and of the lines of each file. */
  readonly tests?: { readonly coverage?: number; readonly coveragePerPolicy?: number };
  /** What clusters apply; absent: everything that the tree may hold a source of is judged. */
  readonly apply?: readonly ApplyEntry[];
  /**
   * Whether what is named as not rendered (a gap) blocks. `touched`, the default: where the change brings or alters it;
   * `block`: also where no change is judged.
   */
  readonly gaps: "allow" | "touched" | "block";
  /** Files that are no manifests, and the policies that judge them. */
  readonly documents: readonly DocumentsEntry[];
  readonly waivers: WaiversConfig;
}

/** Where waivers are, and what they may be. */
export interface WaiversConfig {
  /** Files and directories; what is not there holds none. */
  readonly files: readonly string[];
  /** Days from the day of the judgement to the day on which a waiver expires, at most. */
  readonly maxDays: number;
  /** Days before a waiver expires from which checks warn. */
  readonly warnDays: number;
  /** Ids and globs of policies that an annotation of a manifest may waive. */
  readonly annotations: readonly string[];
}

/** Files of other formats than manifests, judged by policies of their own. */
export interface DocumentsEntry {
  /** Globs. */
  readonly files: readonly string[];
  /** Absent: by the name of each file. */
  readonly parser?: ParserName;
  /** Files and directories of the repository. */
  readonly policies: readonly string[];
  /** As for `data` of the configuration, for these policies alone. */
  readonly data: readonly string[];
  /** Rego packages to run, with `*` for any characters; absent: `main` and every package with METADATA. */
  readonly namespaces?: readonly string[];
}

/** Who may let a change through that blocks, and for how long. */
export interface OverrideConfig {
  /** `@org/team`. */
  readonly teams: readonly string[];
  readonly minutes: number;
}

/** `@login` and `@org/team` by glob pattern. */
export type Owners = { readonly [policies: string]: readonly string[] };

export type Levels = { readonly [policy: string]: LevelSetting | DatedLevel };

/** A level that is replaced by another one when a day begins (UTC, `2027-01-15`). */
export interface DatedLevel {
  readonly level: LevelSetting;
  readonly until: string;
  readonly then: LevelSetting;
}

/** A branch by its name, or those that a pattern matches, which are gated. */
export interface GatedBranches {
  /** A glob, unless `check` is there: then the name of one branch. */
  readonly branch: string;
  /** The name of its check; absent: made of the branch's name. */
  readonly check?: string;
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

/** Who must have signed what is elsewhere: either `key` or `cosign`. */
export interface RequiredSignature {
  /** A pattern of addresses without protocol. */
  readonly policies: string;
  /** The public key (PEM) of a signature within the bundle, as `opa sign` makes it. */
  readonly key?: string;
  /** A signature by cosign, which the registry has beside the artifact. */
  readonly cosign?: CosignSigner;
}

/** Who signs with cosign: a key, or an identity. */
export type CosignSigner = KeySigner | KeylessSigner;

/** Who has the private key. */
export interface KeySigner {
  /** The public key (PEM). */
  readonly key: string;
}

/** Who proves to be an identity. */
export interface KeylessSigner {
  /** The subject of the certificate: the URI of a workflow, or an address. */
  readonly identity: string;
  /** Who vouches for the identity: the URL of an OpenID Connect issuer. */
  readonly issuer: string;
  /** The file with the authorities and logs that are trusted. */
  readonly trustedRoot: string;
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
