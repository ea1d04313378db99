import type { Change } from "./change.ts";
import type { Fact } from "./fact.ts";
import type { FieldRead, PolicyWarning } from "./judge.ts";
import type { Manifest } from "./manifest.ts";
import type { Policy } from "./policy.ts";
import type { Gap, Source } from "./source.ts";
import type { Violation } from "./violation.ts";

/**
 * A check that ships with its policies. Its findings obey `levels`, are placed, compared with the tree before and grouped like
 * those of Rego. A check implements the methods it needs; none of them throws because of a tree's content.
 */
export interface BuiltinCheck {
  /** The policies that its violations name. A violation's level is the default, which the configuration may change. */
  readonly policies: readonly Policy[];
  /** Equal digests mean equal results of `ofManifest`, `factsOf` and `awaits`: part of cache keys. */
  readonly digest: string;
  /** Called once for each manifest of either tree and environment (`manifest.environment`). */
  readonly ofManifest?: (manifest: Manifest, facts: readonly Fact[]) => readonly Violation[];
  /** The facts that a manifest provides about others, such as the schemas of a CRD. */
  readonly factsOf?: (manifest: Manifest) => readonly Fact[];
  /** The key of the facts that `ofManifest` needs for a manifest. It is then called once the whole tree is read. */
  readonly awaits?: (manifest: Manifest) => string | undefined;
  /** Called once with everything that the change creates, updates, moves or deletes. Its findings are always introduced. */
  readonly ofChange?: (change: StateChange) => readonly BuiltinFinding[];
  /** What in the policies probably has no effect, since no manifest has the fields that they read. */
  readonly ofPolicies?: (reads: readonly FieldRead[]) => readonly PolicyWarning[];
  /** Called for each tree as a whole, for the tree after together with the one before. Its findings are compared like others. */
  readonly ofState?: (state: StateOverview, earlier?: StateOverview) => readonly BuiltinFinding[];
}

/** A violation that a builtin check found in a manifest (a deleted one as it was), or in a source as a whole. */
export type BuiltinFinding =
  | { readonly about: "manifest"; readonly manifest: ManifestHandle; readonly violation: Violation }
  | {
      readonly about: "source";
      readonly source: DeclaredSource;
      /** The line that it is about; absent: that of the source. */
      readonly at?: { readonly path: string; readonly line: number };
      readonly violation: Violation;
    };

/** A source, or what is known of an object that would yield sources: its id alone. */
export type DeclaredSource = Source | Pick<Source, "id" | "environments">;

/** A reference to one of the manifest objects that were handed in (compared by identity). */
export type ManifestHandle = Pick<Manifest, "identity" | "apiVersion" | "position" | "environment" | "source">;

/** What a change does to the desired state. */
export interface StateChange {
  /** By environment and identity; nothing unchanged. `Manifest.source` leads to the sources of `before` and `after`. */
  readonly changes: readonly Change[];
  readonly before: StateOverview;
  readonly after: StateOverview;
  /** Sources of the tree before that nothing judges any more, though a file that they read changes. */
  readonly unjudged: readonly { readonly source: Source; readonly file: string; readonly reason: string }[];
}

/** Every manifest of one tree, without its content. */
export interface StateOverview {
  readonly manifests: readonly ManifestHandle[];
  /** What sources yield and their tools neither apply nor delete. */
  readonly notApplied?: readonly ManifestHandle[];
  /** By id. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly gaps: readonly Gap[];
}
