import type { ClusterConfig, Config } from "../model/config.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { RemoteReference } from "../model/remotes.ts";
import type { Renderer } from "../model/renderer.ts";
import type { Gap, Source } from "../model/source.ts";
import type { Violation } from "../model/violation.ts";
import type { VendoredCopy } from "./charts/vendored-chart.ts";
import type { VendorLock } from "./charts/vendor-lock.ts";
import type { Fields } from "./argocd/fields.ts";
import type { Plan, Step } from "./plan.ts";
import type { TreeFiles } from "./files/tree-files.ts";
import type { ArtifactLayout } from "./flux/artifact-files.ts";
import type { RemoteDirectories } from "./remotes/remote-directories.ts";
import type { Role } from "./files/role.ts";
import type { Standalone } from "./standalone.ts";

/** An object that tells a GitOps controller what to apply, in the form that a source yields it. */
export interface GitOpsObject {
  readonly manifest: Manifest;
  /** The id of the source that yields it; absent where it is in a plain file. */
  readonly parent?: string;
  /** The directories of the sources that led to it, its own first; absent where it is in a plain file. */
  readonly directories?: readonly string[];
  /** The environments of that source. */
  readonly environments: readonly string[];
  /** Of a generated object: see `GeneratedObject`. */
  readonly origin?: FileLine;
}

/**
 * What judged a tree. The search in the tree after a change takes it along, so that a change alone never decides what is
 * judged: whatever judged the tree before judges the tree after too, wherever its files still exist.
 */
export interface Baseline {
  /** Files judged as they are written, by path, with their role. */
  readonly files: ReadonlyMap<string, Role>;
  /** Directories in which, and below which, every file was judged as it is written. */
  readonly directories: ReadonlySet<string>;
  /** Roots and charts that were sources by themselves. */
  readonly standalone: readonly Standalone[];
  /** GitOps objects that were planned, generated ones included. */
  readonly objects: readonly GitOpsObject[];
  /** AppProjects that limited Applications. */
  readonly projects: readonly Manifest[];
  /** What GitOps objects applied and was judged. */
  readonly applied: readonly AppliedSource[];
  /** What was rendered in place of something that only a server has. */
  readonly copies: readonly KnownCopy[];
  /** What its sources refer to on servers. */
  readonly references: readonly RemoteReference[];
  /** The files of these, by the directory that they were put into. */
  readonly fetched: ReadonlyMap<string, TreeFiles>;
  /** The lock of the vendored charts. */
  readonly lock?: VendorLock;
}

/** A vendored copy with a digest of its content. */
export interface KnownCopy extends VendoredCopy {
  readonly content: string;
}

/** A source as the tree before rendered it, with the content of what it read. */
export interface AppliedSource {
  readonly source: Source;
  readonly steps: readonly Step[];
  readonly reads: readonly { readonly path: string; readonly id: string | undefined }[];
}

/** A line that people know an object by. */
export interface FileLine {
  readonly path: string;
  readonly line: number;
}

/** An object that another one generates (an ApplicationSet's Application). */
export interface GeneratedObject {
  /** Its position is that of the template in the object that generates it. */
  readonly manifest: Manifest;
  /** What it owes its values to: the list element, or the file or directory that a git generator found. */
  readonly origin?: FileLine;
}

/** The view of a tree that planners read. */
export interface TreeView {
  has(path: string): boolean;
  isDirectory(path: string): boolean;
  /** The submodule that a path is or lies in. */
  submoduleOf(path: string): string | undefined;
  /** All files below a directory, sorted. */
  filesBelow(directory: string): readonly string[];
  /** The bytes of a file; undefined where there is none. Links are followed within the tree. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** Objects that are searched for. */
export interface Wanted {
  readonly group: string;
  readonly kind: string;
  /** Objects without a namespace count where none has this one: the tool that applies them may set it. */
  readonly namespace?: string;
  readonly name?: string;
  /** All objects that have this label, each name searched by itself: a set of them, and not one that a name refers to. */
  readonly labelled?: string;
}

/** What planners need besides the object. */
export interface PlanContext {
  readonly tree: TreeView;
  readonly config: Config;
  /** See `DesiredStateRequest.repositories`. */
  readonly repositories: readonly string[];
  /** See `DesiredStateRequest.branches`. */
  readonly branches: readonly string[];
  readonly renderer: Renderer;
  readonly remotes: RemoteDirectories;
  /** The files of an artifact, by the paths that they have in the tree, with the `.sourceignore` files that decide. */
  artifact(layout: ArtifactLayout): Promise<{ readonly tree: TreeView; readonly ignoreFiles: readonly string[] }>;
  /** What judged the tree before, where a change is judged. */
  readonly baseline?: Baseline;
  /**
   * The objects that may be meant by a reference, among those that land in the same cluster. Several with different content
   * only where nothing tells which of them does.
   */
  find(near: GitOpsObject, wanted: Wanted): readonly Manifest[];
  /** What a cluster generator of an ApplicationSet yields in place of the clusters that are known, to try what it would do. */
  readonly suppose?: (generator: Fields) => readonly ClusterConfig[];
}

/** The result of planning one GitOps object. */
export interface Planned {
  readonly plans: readonly Plan[];
  /** Objects it generates, to be planned in turn with this one as their parent. */
  readonly children: readonly GeneratedObject[];
  readonly gaps: readonly Gap[];
  readonly problems: readonly Problem[];
  /** What is wrong with the object itself by the tool's own rules (an AppProject that does not allow the destination). */
  readonly violations: readonly { readonly manifest: Manifest; readonly violation: Violation }[];
  /** Paths and directories whose content the plan depends on, besides the object. */
  readonly reads: readonly string[];
  /** Objects that it depends on; of the files that hold them nothing else matters. */
  readonly objects?: readonly Manifest[];
}

/** Plans one object; undefined for a kind that the planner does not know. Never rejects because of the tree's content. */
export type Planner = (object: GitOpsObject, context: PlanContext) => Promise<Planned | undefined>;
