import type { Pointer } from "../model/json.ts";
import type { FetchedPlace } from "../model/finding.ts";
import type { Manifest, Place } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { Gap, Source } from "../model/source.ts";
import type { Precision, Violation } from "../model/violation.ts";

/** One source as the gate judges it: compared by key, rendered on demand. */
export interface Unit {
  readonly source: Source;
  /**
   * Equal keys mean equal manifests at equal places: a digest of everything that rendering reads (contents, options,
   * renderer). Known without rendering.
   */
  readonly key: string;
  /** The same without what the source is called and where it is declared. */
  readonly inputs: string;
  /** Files of the tree in scope that this source accounts for, so that none of them is judged by itself. */
  readonly covers: readonly string[];
  /** Renders; answered from the cache where the same was rendered before. Never rejects because of the tree's content. */
  render(): Promise<UnitReading>;
}

/**
 * What is known of a source: its manifests, that its own tool refuses it (problems tell why), or nothing, since it has
 * content that is not in the tree (gaps tell which).
 */
export type RenderState = "rendered" | "failed" | "unknown";

export interface UnitReading {
  readonly state: RenderState;
  /**
   * The manifests that the cluster would get. `position.path` and `line`: the object's own text as far as it is known, else the
   * source's declaration.
   */
  readonly manifests: readonly Manifest[];
  /** What the source yields and its tool neither applies nor deletes, with the reason: not among `manifests`. */
  readonly notApplied?: readonly { readonly manifest: Manifest; readonly reason: string }[];
  readonly problems: readonly Problem[];
  readonly gaps: readonly Gap[];
  /** What is wrong with manifests by the GitOps tool's own rules (an AppProject's resource lists); of the very objects in `manifests`. */
  readonly violations?: readonly { readonly manifest: Manifest; readonly violation: Violation }[];
  /** As the tools printed it: for a Kustomize root byte for byte what `kustomize build` prints; several steps one after the other. */
  readonly yaml: string;
  /**
   * Makes `place` as precise as it gets: call it once, before the first. Until then only the objects' own texts are known.
   * `transient`: a limit ended it, so that places may be known better next time.
   */
  prepare(): Promise<{ readonly transient?: true }>;
  /** The place in the tree that a value of a manifest comes from, or of the deepest value on the way to it. */
  place(manifest: Manifest, pointer: Pointer): SourcePlace;
}

/** A place in a file of the tree. `precision` is `source` where only the source's entry is known. */
export interface SourcePlace {
  readonly path: string;
  readonly place: Place;
  /** Absent: as precise as the pointer itself. */
  readonly precision?: Precision;
  /** Where the value is, if the place is the one that refers to what was fetched. */
  readonly fetched?: FetchedPlace;
}
