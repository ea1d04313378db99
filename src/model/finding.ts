import type { Level, ResultMetadata } from "./policy.ts";
import type { Precision } from "./violation.ts";
import type { Problem } from "./problem.ts";
import type { UsedWaiver } from "./waiver.ts";

/** The relation of a finding to the change: new, there before, or removed by it. */
export type Status = "introduced" | "existing" | "fixed";

/** The name of the manifest that a finding is about. */
export interface ManifestName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A place in what a server has: no line of the tree holds it. */
export interface FetchedPlace {
  /** What was fetched, as people write it: `podinfo 6.6.0 of https://charts.example.com`. */
  readonly reference: string;
  /** Within it. */
  readonly path: string;
  readonly line: number;
}

/** A place in a file of the tree; for a fixed finding, of the tree before. */
export interface Location {
  readonly path: string;
  readonly line: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly precision: Precision;
  /** Where the value is, if the line is the one that refers to what was fetched. */
  readonly fetched?: FetchedPlace;
}

/** One object that a finding reaches, as it lands in one environment through one source. */
export interface Reach {
  readonly manifest: ManifestName;
  readonly environment?: string;
  readonly source?: string;
  /** Where it is another one than the finding's: it may name the object. */
  readonly message?: string;
  /** Identifies this object's part of the finding, whatever else the finding reaches. */
  readonly fingerprint: string;
}

/** What one policy found wrong at one place, in all objects that come of it. */
export interface Finding {
  readonly policy: string;
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  readonly status: Status;
  /** An introduced finding at a place that had one before, with other values. */
  readonly changed?: boolean;
  /** An existing finding that was not there right before the change: the commit whose state the change restores, which had it. */
  readonly restored?: string;
  /** The first of those that it reaches. */
  readonly manifest: ManifestName;
  /** All that it reaches, sorted by name, environment and source; absent where that is `manifest` alone, in at most one environment and source. */
  readonly reaches?: readonly Reach[];
  /** Where it is exactly one. */
  readonly environment?: string;
  /** All environments that it reaches, sorted; absent where none is known. */
  readonly environments?: readonly string[];
  readonly location: Location;
  /** Where the value stands, if `location` is the changed line that brought it there. */
  readonly related?: { readonly path: string; readonly line: number };
  readonly pointer: string;
  /** The name of the container that the value belongs to. */
  readonly container?: string;
  /** The Kustomize root, chart or GitOps object it came through, where it is exactly one. */
  readonly source?: string;
  /** All sources it came through, sorted; absent for a plain file. */
  readonly sources?: readonly string[];
  /** Identifies the cause: it stays what it is whatever else the cause comes to reach or reaches no longer. */
  readonly fingerprint: string;
  readonly title?: string;
  /** What the policy asks for and how to comply: the description of its METADATA. */
  readonly description?: string;
  readonly docs?: string;
  /** The policy's own word for how bad it is; it decides nothing. */
  readonly severity?: string;
  readonly controls?: readonly string[];
  readonly metadata?: ResultMetadata;
  /** With it the finding does not block. */
  readonly waiver?: UsedWaiver;
  /** Its policy may not be waived. */
  readonly waivable?: false;
  /** Lines that take the place of the line of `location` and fix the finding, together with the other findings of the line that have the same; judging again has confirmed it. */
  readonly suggestion?: readonly string[];
}

/** A problem with its status; `fixed` problems are not reported. */
export interface ReportedProblem extends Problem {
  readonly status: "introduced" | "existing";
  /** With it the problem does not block. */
  readonly waiver?: UsedWaiver;
}
