import type { ManifestName } from "./finding.ts";
import type { Verdict } from "./report.ts";

/** A commit of the gated branch, as people know it. */
export interface RollbackCommit {
  readonly commit: string;
  /** When it came to be, RFC 3339. */
  readonly date: string;
  readonly author: string;
  readonly subject: string;
}

/** What the gate said about the tree of a commit; `unknown` with the reason, never a guess. */
export type CommitCheck =
  | { readonly state: "passed" | "failed"; readonly url?: string }
  | { readonly state: "unknown"; readonly reason: string };

/** A state that an environment had, named by the commit that brought it about. */
export interface PastState extends RollbackCommit {
  readonly check: CommitCheck;
  /** Objects that differ from those of now. */
  readonly objects: number;
  /** Sources that could not be rendered there or now: what they yield is not compared. */
  readonly unknown: readonly string[];
}

/** The last states of one environment. */
export interface EnvironmentHistory {
  /** Absent: what lands in no environment that has a name. */
  readonly environment?: string;
  /** The state of now first. */
  readonly states: readonly PastState[];
  /** Why there are no more. */
  readonly end: HistoryEnd;
}

/** Why a history has no more states: as many as were asked for, the environment or the branch began, or the rest is not there. */
export type HistoryEnd = "limit" | "began" | "commits" | "shallow";

/** What `portcullis rollback` prints without an environment. Schema: schema/rollback.schema.json. */
export interface RollbackList {
  readonly version: 1;
  readonly base: string;
  readonly environments: readonly EnvironmentHistory[];
}

/** The image of one container, now and after going back. */
export interface ImageChange {
  readonly manifest: ManifestName;
  readonly container: string;
  readonly before: string;
  readonly after: string;
}

/** What going back does to one object. */
export interface RollbackObject {
  readonly kind: "created" | "updated" | "deleted";
  readonly manifest: ManifestName;
  /** Of a deleted object: what applies it leaves it in the cluster. */
  readonly stays?: true;
}

/**
 * What going back does not bring back: an update that Kubernetes refuses, an object that is replaced, what goes with a
 * deleted object, what a new object lacks that the old one had, a version in which objects are stored, a volume that does
 * not shrink, a Job that has run, or a Secret that Git does not have.
 */
export interface Loss {
  readonly kind:
    | "refused"
    | "replaced"
    | "deleted"
    | "empty"
    | "stored-version"
    | "volume"
    | "ran"
    | "secret"
    | "prune";
  readonly manifest?: ManifestName;
  readonly message: string;
}

/** A finding or problem that blocks the change back. */
export interface RollbackBlock {
  /** Absent: a problem. */
  readonly policy?: string;
  readonly message: string;
  readonly manifest?: ManifestName;
  readonly path?: string;
  readonly line?: number;
}

/** What the gate would say to the change that goes back, by the rules of now. */
export interface RollbackVerdict {
  readonly verdict: Verdict;
  readonly blocking: readonly RollbackBlock[];
  readonly warnings: number;
}

/** Another environment that the files to go back change too. */
export interface SharedEnvironment {
  readonly environment?: string;
  readonly objects: number;
  readonly paths: readonly string[];
}

/** One file to go back: taken from the old commit, or removed since that has none. */
export interface RollbackPath {
  readonly path: string;
  readonly kind: "restored" | "removed";
}

/** A way back to one state. */
export interface Rollback extends PastState {
  readonly images: readonly ImageChange[];
  readonly changes: readonly RollbackObject[];
  readonly losses: readonly Loss[];
  readonly gate: RollbackVerdict;
  readonly shared: readonly SharedEnvironment[];
  readonly paths: readonly RollbackPath[];
  readonly commands: readonly string[];
}

/** A state that no files bring back, with the reason. */
export interface NoRollback extends PastState {
  readonly problem: string;
}

/** What `portcullis rollback ENVIRONMENT` prints. Schema: schema/rollback.schema.json. */
export interface RollbackReport {
  readonly version: 1;
  readonly base: string;
  readonly environment?: string;
  readonly now: RollbackCommit & { readonly check: CommitCheck };
  readonly rollbacks: readonly (Rollback | NoRollback)[];
  readonly end: HistoryEnd;
  /** The commit whose state the work tree has now, where that was asked for. */
  readonly written?: string;
}
