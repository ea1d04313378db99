/** The kinds of sources. */
export type SourceKind =
  | "file"
  | "document"
  | "directory"
  | "kustomize"
  | "helm"
  | "argocd-application"
  | "flux-kustomization"
  | "flux-helmrelease"
  | "flux-resourceset";

/** One source of manifests, as reports and `portcullis graph` show it. */
export interface Source {
  /**
   * Unique in a tree and stable over changes: the directory of a Kustomize root or chart (`overlays/prod`), or kind,
   * namespace and name of a GitOps object (`Application argocd/guestbook`).
   */
  readonly id: string;
  /** The id without what tells it apart from others of that name, which come and go; absent: the id. */
  readonly name?: string;
  readonly kind: SourceKind;
  /** Where it is declared: kustomization.yaml, Chart.yaml, or the file and line of the GitOps object. */
  readonly path: string;
  readonly line: number;
  /** The environments its manifests land in, sorted; empty where none is known. */
  readonly environments: readonly string[];
  /** The Kubernetes version that `apply:` names for it; absent: that of the environment. */
  readonly kubernetes?: string;
  /** The source whose manifests declare this one (app of apps, Flux's tree of Kustomizations). */
  readonly parent?: string;
  /**
   * The plan of the tree before, asked of the tree after a change whose own plan no longer has it: it judges, and applies
   * nothing.
   */
  readonly carriedOver?: true;
  /** Facts of the GitOps object that policies, findings and people need. */
  readonly traits?: SourceTraits;
}

/** How a GitOps controller treats what the source yields. */
export interface SourceTraits {
  /** Objects that leave the desired state are deleted from the cluster. */
  readonly prune?: boolean;
  /** Reconciliation stands still, so that nothing of it takes effect. */
  readonly suspended?: boolean;
  /** Applied without a person's doing (Argo CD `automated`; Flux always). */
  readonly automated?: boolean;
  /** Removing the object itself deletes what it applied (Argo CD's finalizer, also of an ApplicationSet's Applications; Flux with prune; Helm's uninstall). */
  readonly cascades?: boolean;
  /** What cannot be updated is deleted and created anew (Flux `force`). */
  readonly recreates?: boolean;
  /** Ids of the sources that must be ready before this one is applied (Flux `dependsOn`). */
  readonly dependsOn?: readonly string[];
  /** Argo CD's `syncOptions`, as written. */
  readonly syncOptions?: readonly string[];
  /** Sync windows of the AppProject that hold for this source, such as `deny 0 22 * * * for 8h`. */
  readonly syncWindows?: readonly string[];
}

/** A source, or a part of one, that was not rendered and so not judged, with the reason. Every report lists it. */
export interface Gap {
  readonly source: string;
  readonly path: string;
  readonly line: number;
  readonly reason: string;
  /** Digest of all that what is missing depends on, as far as the tree tells: a change that leaves it equal does not touch the gap. */
  readonly inputs?: string;
  /** What may not be fetched, where that is the reason. */
  readonly unpermitted?: UnpermittedRemote;
}

/** A reference that the trusted configuration does not permit to follow. */
export interface UnpermittedRemote {
  /** As people write it: `podinfo 6.5.0 of https://charts.example.com`. */
  readonly reference: string;
  /** The same without its version. */
  readonly name: string;
  /** The pattern that would permit it under `remotes.allow`; absent where none can be named. */
  readonly allow?: string;
}

/** One source in the graph, with the files it reads and its number of manifests. */
export interface SourceNode extends Source {
  /** Files of the tree, sorted. */
  readonly reads: readonly string[];
  /** How many manifests it yielded; absent where it was not rendered. */
  readonly manifests?: number;
}

/** All sources of a tree, rendered or not, with all gaps. */
export interface SourceGraph {
  readonly sources: readonly SourceNode[];
  readonly gaps: readonly Gap[];
}

/** Something that a server has and a source renders. */
export interface UsedRemote {
  readonly source: string;
  /** As people write it: `podinfo 6.5.0 of https://charts.example.com`. */
  readonly reference: string;
  /** The same without its version. */
  readonly name: string;
  /** The version of a chart, the tag of an artifact, or the commit. */
  readonly version: string;
  /** `sha256:…`, or the commit. */
  readonly digest: string;
  /** Its server was not asked or did not answer: this is what it answered last. */
  readonly stale?: true;
  /** It belongs to a chart, and says nothing that the chart's version does not. */
  readonly isPart?: true;
}
