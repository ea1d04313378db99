import type { Place, SourcePosition, Identity } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { Violation } from "../model/violation.ts";

/** A violation with its place in the file, so that the file's text need not be kept. */
export interface LocatedViolation {
  readonly violation: Violation;
  readonly place: Place;
}

/** What is kept of one manifest: enough to match and report it, not its content. */
export interface JudgedManifest {
  readonly identity: Identity;
  readonly apiVersion: string;
  readonly position: SourcePosition;
  /** Digest of the value: equal for equal content. */
  readonly digest: string;
  /** Judged as CREATE. */
  readonly violations: readonly LocatedViolation[];
}

/** One file, read and judged as if it were new. Depends on its path, bytes, role and the policies, and on nothing else of the tree. */
export interface JudgedFile {
  readonly manifests: readonly JudgedManifest[];
  /** Documents that hold no Kubernetes object. */
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
  readonly problems: readonly Problem[];
}

/** Keeps judged files between checks, so that a small change of a large tree costs what the change costs. */
export interface JudgedFileCache {
  get(key: string): JudgedFile | undefined;
  set(key: string, file: JudgedFile): void;
}
