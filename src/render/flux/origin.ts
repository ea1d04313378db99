import type { Manifest } from "../../model/manifest.ts";
import type { UnpermittedRemote } from "../../model/source.ts";
import type { FileLine } from "../gitops.ts";
import type { PlacedFetch } from "../plan.ts";
import type { ArtifactLayout } from "./artifact-files.ts";

/** Where the content of a Flux source object comes from. */
export type ArtifactOrigin =
  | {
      readonly kind: "tree";
      /** The directory of the tree that is the artifact's root. */
      readonly root: string;
      /** What was fetched, which the root is in; absent: this tree is meant. */
      readonly fetched?: PlacedFetch;
      /** What Flux makes of the files below the root; absent: nothing. */
      readonly layout?: ArtifactLayout;
      /** What was fetched for what it includes. */
      readonly included?: readonly PlacedFetch[];
      /** A tag or commit that the source is tied to. */
      readonly pinned?: string;
      /** Why it is not sure that this tree is meant; then a path that does not exist here is not missing. */
      readonly assumed?: string;
      /** Content of it that is not that of this tree: a gap each, in whatever is judged in its place. */
      readonly unseen: readonly string[];
      /** The source objects that say which content that is, where the reasons do not. */
      readonly away?: readonly Manifest[];
      /** The source object, where the tree holds it. */
      readonly manifest?: Manifest;
    }
  | {
      readonly kind: "elsewhere";
      readonly reason: string;
      readonly manifest?: Manifest;
      /** Why it is not at hand, where it would have to be fetched. */
      readonly unfetched?: Unfetched;
    }
  /** Its server does not have it, or did not answer. */
  | { readonly kind: "failed"; readonly message: string; readonly manifest: Manifest; readonly at: FileLine };

/** What may not be fetched, and the line that refers to it. */
export interface Unfetched {
  readonly unpermitted?: UnpermittedRemote;
  readonly at: FileLine;
}
