import type { Identity, Place, SourcePosition } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { Violation } from "../model/violation.ts";
import type { KustomizationCache } from "../render/kustomize.ts";

/** A violation with its place in the file, so that the file's text need not be kept. */
export interface LocatedViolation {
  readonly violation: Violation;
  readonly place: Place;
  readonly fingerprint: string;
}

/** What is kept of one manifest: enough to match and report it, not its content. */
export interface JudgedManifest {
  readonly identity: Identity;
  readonly apiVersion: string;
  readonly position: SourcePosition;
  readonly environment?: string;
  readonly source?: string;
  readonly violations: readonly LocatedViolation[];
  /** How many results an `exception` rule excused. */
  readonly excepted: number;
}

/** One file, read and judged as if it were new. Depends on its path, bytes, role and the policies, and on nothing else of the tree. */
export interface JudgedFile {
  /** Why the file as a whole is not judged. */
  readonly skippedAs?: string;
  /** With `skippedAs`: manifests come of the file that are not judged. */
  readonly unrendered?: true;
  readonly manifests: readonly JudgedManifest[];
  /** Parts of a judged file that are not judged. */
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
  readonly problems: readonly Problem[];
}

/** Keeps what was read and judged between checks, so that a small change of a large tree costs what the change costs. */
export interface CheckCache {
  readonly files: { get(key: string): JudgedFile | undefined; set(key: string, file: JudgedFile): void };
  readonly kustomizations: KustomizationCache;
}
