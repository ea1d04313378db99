import type { TreeEntry } from "../../model/tree.ts";

/** How a file in scope is judged, as determined by the rest of the tree. */
export type Role =
  | { readonly kind: "plain" }
  /**
   * A file below a Helm chart that no source accounts for; `template`: one that Helm renders. It yields nothing where the
   * chart is a `library`, or was rendered and the file left `unread`.
   */
  | {
      readonly kind: "chart";
      readonly chart: string;
      readonly template: boolean;
      readonly because?: "library" | "unread";
    }
  /** What a kustomization uses for anything but a resource: judged where it could be applied by itself. */
  | { readonly kind: "used"; readonly as: string }
  /** Read by sources that were rendered (their ids, sorted): what comes of it is judged there. */
  | { readonly kind: "rendered"; readonly sources: readonly string[] }
  /** `unrendered`: manifests come of it that are not judged. */
  | { readonly kind: "skip"; readonly reason: string; readonly unrendered?: true }
  | { readonly kind: "problem"; readonly message: string };

/** Where what a file holds lands, by an entry of `apply:`. */
export interface Target {
  readonly environment?: string;
  /** Of namespaced objects without one. */
  readonly namespace?: string;
  /** The Kubernetes version there; absent: that of the environment. */
  readonly kubernetes?: string;
}

/** A file in scope with its role. Equal entries with equal roles are judged equally. */
export interface ScopedFile {
  readonly entry: TreeEntry;
  readonly role: Role;
  /** Where `apply:` lands it; absent: the environments of its path. */
  readonly targets?: readonly Target[];
  /** The paths at which links in scope hold it too. */
  readonly linkedAt?: readonly string[];
  /** A source of the tree's own plan reads it, and it is judged as written only because the tree before did so. */
  readonly carriedOver?: true;
}
