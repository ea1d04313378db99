import type { Change } from "./change.ts";
import type { Json } from "./json.ts";
import type { Manifest } from "./manifest.ts";
import type { Policy } from "./policy.ts";
import type { Source } from "./source.ts";
import type { Violation } from "./violation.ts";

/**
 * Policies that need no author. What they say obeys `levels`, is placed, compared with the tree before and grouped as
 * what Rego says. A check has the methods it needs; none of them throws for what stands in a tree.
 */
export interface BuiltinCheck {
  /** What its violations name as `policy`; a violation's own level is the one without configuration. */
  readonly policies: readonly Policy[];
  /** Equal digests, equal answers of `ofManifest`, `factsOf` and `awaits`: part of the key of what is kept. */
  readonly digest: string;
  /** Asked once for each manifest of either tree and environment (`manifest.environment`). */
  readonly ofManifest?: (manifest: Manifest, facts: readonly Fact[]) => readonly Violation[];
  /** What others must know of a manifest: the schemas that a CRD declares. */
  readonly factsOf?: (manifest: Manifest) => readonly Fact[];
  /** The key of the facts that `ofManifest` needs about a manifest: it is asked with them once all of the tree is read. */
  readonly awaits?: (manifest: Manifest) => string | undefined;
  /** Asked once, about everything that the change creates, updates, moves or deletes. What it says is always introduced. */
  readonly ofChange?: (change: StateChange) => readonly BuiltinFinding[];
  /** Asked about each tree as a whole, of the tree after with the one before; what it says is compared as findings are. */
  readonly ofState?: (state: StateOverview, earlier?: StateOverview) => readonly BuiltinFinding[];
}

/** Something one manifest says that others are judged by. */
export interface Fact {
  /** What it is about, such as `example.com/Widget`. */
  readonly key: string;
  /** Equal for equal values. */
  readonly digest: string;
  readonly value: Json;
  /** Set by the gate: the environment of the manifest it comes from. */
  readonly environment?: string;
}

/** What a builtin check says of a manifest (of a deleted one: as it was), or of a source as a whole. */
export type BuiltinFinding =
  | { readonly about: "manifest"; readonly manifest: ManifestHandle; readonly violation: Violation }
  | { readonly about: "source"; readonly source: Source; readonly violation: Violation };

/** One of the very objects that were handed in. */
export type ManifestHandle = Pick<Manifest, "identity" | "apiVersion" | "position" | "environment" | "source">;

/** What a change does to the desired state. */
export interface StateChange {
  /** By environment and identity; nothing unchanged. `Manifest.source` leads to the sources of `before` and `after`. */
  readonly changes: readonly Change[];
  readonly before: StateOverview;
  readonly after: StateOverview;
}

/** Every manifest of one tree, without its content. */
export interface StateOverview {
  readonly manifests: readonly ManifestHandle[];
  /** By id. */
  readonly sources: ReadonlyMap<string, Source>;
}
