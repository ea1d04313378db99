import type { Config } from "../model/config.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { RemoteReference, Remotes } from "../model/remotes.ts";
import type { Renderer } from "../model/renderer.ts";
import type { UsedRemote } from "../model/source.ts";
import type { Source, SourceGraph } from "../model/source.ts";
import type { Violation } from "../model/violation.ts";
import type { ScopedFile } from "./files/role.ts";
import type { TreeFiles } from "./files/tree-files.ts";
import type { Baseline, GitOpsObject, PlanContext } from "./gitops.ts";
import type { Standalone } from "./standalone.ts";
import type { Scope } from "./files/scope.ts";
import type { SourcePlace, Unit } from "./unit.ts";

/** The options for finding the desired state of a tree. */
export interface DesiredStateRequest {
  readonly scope: Scope;
  readonly config: Config;
  readonly renderer: Renderer;
  /** If false, GitOps objects are not followed: only roots and charts are found. */
  readonly follow?: false;
  /** URLs under which this repository is known; empty: unknown, then a path that exists here is taken to be meant. */
  readonly repositories: readonly string[];
  /** Names of the branch that the tree belongs to; empty: unknown, then the gated branches, `main` and `master` are taken for it. */
  readonly branches: readonly string[];
  /** What servers have; absent: nothing is fetched. */
  readonly remotes?: Remotes;
  /** What judged the tree before, where a change is judged: it judges this tree as well. */
  readonly baseline?: Baseline;
  /** Told of every GitOps object that is planned, and of what with. */
  readonly onPlanned?: (object: GitOpsObject, context: PlanContext) => void;
  /** Told of every source once it is rendered, also where the rendering was known; what it throws ends the search. */
  readonly onRendered?: (source: { readonly key: string; readonly id: string; readonly bytes: number }) => void;
  /** Renderings and readings by what they were made of, over trees and jobs. */
  readonly cache: { get(key: string): unknown; set(key: string, value: unknown, bytes: number): void };
}

/** A source of the tree before. */
export interface UnjudgedSource {
  readonly source: Source;
  /** The first of the files that it reads and the change adds or alters. */
  readonly file: string;
  /** Why its plan cannot be asked of this tree. */
  readonly reason: string;
}

/** What could not be planned, with a digest of all that planning it depends on. */
export interface PlanningProblem extends Problem {
  readonly inputs: string;
}

/** What a server has for a reference. */
export interface FetchedContent {
  readonly reference: RemoteReference;
  readonly version: string;
  readonly digest: string;
  readonly files: Pick<TreeFiles, "filesBelow" | "read">;
}

/** What a tree makes of the clusters: every file in scope is in `files`, every source that is rendered in `units`. */
export interface DesiredState {
  /** In scope, sorted by path. The role `rendered` stands for files that units account for. */
  readonly files: readonly ScopedFile[];
  readonly units: readonly Unit[];
  readonly graph: SourceGraph;
  /** What sources render that only servers have. */
  readonly remotes: readonly UsedRemote[];
  /** The same with its files, each once. */
  readonly fetched: readonly FetchedContent[];
  /** What judges this tree by its own plan: the baseline of the tree after it. */
  readonly baseline: Baseline;
  /** Roots and charts that are taken to be applied by themselves, since nothing in the tree applies them. */
  readonly starts: readonly Standalone[];
  /** The files of sources that yield less than all they should: what no source accounts for is judged as it is written. */
  readonly incomplete: ReadonlySet<string>;
  /** Whether a kind is cluster-scoped, by Kubernetes and by the CRDs of the tree; undefined where it is not known. */
  readonly isClusterScoped: (group: string, kind: string) => boolean | undefined;
  /** Equal where `isClusterScoped` answers alike. */
  readonly scopes: string;
  /** Ids of the sources that GitOps objects would be, had they been planned: problems tell why they were not. */
  readonly unplanned: readonly string[];
  /** What the tree before judged and nothing judges here, though files that it reads are not what they were. */
  readonly unjudged: readonly UnjudgedSource[];
  /** Those that belong to no unit. */
  readonly problems: readonly PlanningProblem[];
  /** What planning found wrong with GitOps objects themselves; each manifest has the position it is to be reported at. */
  readonly violations: readonly {
    readonly manifest: Manifest;
    readonly place: SourcePlace;
    readonly violation: Violation;
  }[];
}
