import type { Level, ResultMetadata } from "./policy.ts";
import type { Precision } from "./violation.ts";
import type { Problem } from "./problem.ts";

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

/** What one policy found wrong with one manifest at one place. */
export interface Finding {
  readonly policy: string;
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  readonly status: Status;
  /** An introduced finding at a place that had one before, with other values. */
  readonly changed?: boolean;
  readonly manifest: ManifestName;
  /** Where it is exactly one. */
  readonly environment?: string;
  /** All environments that the manifest violates the policy in alike, sorted; absent where none is known. */
  readonly environments?: readonly string[];
  readonly location: Location;
  /** Where the value stands, if `location` is the changed line that brought it there. */
  readonly related?: { readonly path: string; readonly line: number };
  readonly pointer: string;
  /** The Kustomize root, chart or GitOps object it came through, where it is exactly one. */
  readonly source?: string;
  /** All sources it came through, sorted; absent for a plain file. */
  readonly sources?: readonly string[];
  readonly fingerprint: string;
  readonly title?: string;
  /** What the policy asks for and how to comply: the description of its METADATA. */
  readonly description?: string;
  readonly docs?: string;
  /** The policy's own word for how bad it is; it decides nothing. */
  readonly severity?: string;
  readonly controls?: readonly string[];
  readonly metadata?: ResultMetadata;
}

/** A problem with its status; `fixed` problems are not reported. */
export interface ReportedProblem extends Problem {
  readonly status: "introduced" | "existing";
}
