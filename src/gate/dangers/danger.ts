import type { Change } from "../../model/change.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Policy } from "../../model/policy.ts";
import type { Source } from "../../model/source.ts";
import type { Violation } from "../../model/violation.ts";

/** A policy without Rego: it looks at the change of the whole desired state, not at one manifest. */
export interface Danger {
  readonly policy: Policy;
  find(change: DesiredChange): readonly DangerFound[];
}

/** What a change makes of the desired state. Manifests carry their environment and their source. */
export interface DesiredChange {
  /** Of the sources and files that the change touches, within their environments; `unchanged` ones may be left out. */
  readonly changes: readonly Change[];
  /** Every manifest of each tree, touched or not, with its environment and source; `before` is absent without a tree before. */
  readonly before?: DesiredSide;
  readonly after: DesiredSide;
  /** The Kubernetes version of an environment, such as `1.34`; undefined: the newest. */
  readonly kubernetes: (environment: string | undefined) => string | undefined;
}

export interface DesiredSide {
  readonly manifests: readonly OwnedManifest[];
  /** By `Source.id`, as `Manifest.source` names them. */
  readonly sources: ReadonlyMap<string, Source>;
}

/** What is kept of a manifest that nothing touched. */
export type OwnedManifest = Omit<Manifest, "value">;

/** A violation of the manifest as it stands in one of the trees. */
export interface DangerFound {
  readonly tree: "before" | "after";
  readonly manifest: OwnedManifest;
  readonly violation: Violation;
}
