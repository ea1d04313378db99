import type { Tree } from "./tree.ts";

/** What a tree refers to and does not hold. */
export type RemoteReference = RemoteChart | RemoteArtifact | RemoteRepository | RemoteFile;

/** A chart of a Helm repository (`https://…`, with an index.yaml) or of an OCI registry (`oci://…`, without the chart's name). */
export interface RemoteChart {
  readonly kind: "chart";
  readonly repository: string;
  readonly name: string;
  /** A version, a range, or empty: the latest that is not a pre-release. */
  readonly version: string;
  /** Absent: `helm`. */
  readonly rules?: VersionRules;
  /** Says in place of the version what is taken, where an OCIRepository of Flux names the chart. */
  readonly artifact?: ArtifactChoice;
}

/** Whose rules say what is a version, and which of several is taken. Helm, Flux and Argo CD differ in both. */
export type VersionRules = "helm" | "flux" | "argocd";

/** An OCI artifact: Flux's OCIRepository. */
export interface RemoteArtifact extends ArtifactChoice {
  readonly kind: "artifact";
  /** `oci://registry/repository`, without a tag. */
  readonly url: string;
  /** In place of its files its signatures by cosign: a tree with one file, `signatures.json`, that lists ArtifactSignature. */
  readonly signatures?: true;
}

/** What a registry has of one signature of an artifact. */
export type ArtifactSignature =
  /** A payload and its signature, certificate and entry in the log as annotations (`sha256-….sig`). */
  | {
      readonly kind: "payload";
      /** Base64. */
      readonly payload: string;
      readonly annotations: { readonly [name: string]: string };
    }
  /** A Sigstore bundle that refers to the artifact. */
  | { readonly kind: "bundle"; readonly text: string };

/** What is taken of a repository of artifacts: by digest, else by range, else by tag, else `latest`. */
export interface ArtifactChoice {
  readonly tag?: string;
  readonly semver?: string;
  /** With `semver`: a regular expression that tags must match (RE2). */
  readonly semverFilter?: string;
  readonly digest?: string;
  /** The layer to take; absent: the first. */
  readonly layer?: { readonly mediaType: string; readonly operation: "extract" | "copy" };
}

/** A Git repository at one revision. */
export interface RemoteRepository {
  readonly kind: "git";
  /** `https://`, `ssh://`, or scp-like. */
  readonly url: string;
  readonly revision: GitRevision;
  /** With the content of its submodules. */
  readonly submodules?: boolean;
}

/**
 * `any`: a branch, a tag, a full reference or a commit, as `git fetch` finds it. `semver`: the latest tag in a range, as Flux
 * chooses it. `range`: the same as Argo CD does, which takes it for the name of a branch or tag where no version fits.
 * `abbreviated`: the start of a commit's id, where no branch or tag has that name, as Argo CD takes it.
 */
export type GitRevision =
  | {
      readonly kind: "any" | "branch" | "tag" | "name" | "commit" | "semver" | "range" | "abbreviated";
      readonly value: string;
    }
  | { readonly kind: "head" };

/** A file that a URL names. */
export interface RemoteFile {
  readonly kind: "file";
  readonly url: string;
  /** What was fetched once stands: it belongs to something that is pinned. */
  readonly once?: true;
  /** `sha256:…` that its content must have. */
  readonly digest?: string;
}

/** What a reference named at the time of the judgement. */
export interface RemoteContent {
  /** The version of a chart, the tag of an artifact, or the commit. */
  readonly version: string;
  /** `sha256:…` of the archive, artifact or file, or the commit id. */
  readonly digest: string;
  /** Its files: of a chart those below its own directory, of a file itself, under the last part of its URL's path. */
  readonly tree: Tree;
  /** Its server did not answer: this is what the reference named when it was last asked. */
  readonly stale?: true;
}

/**
 * - `absent`: its server has no such version, refuses the credentials, or its content is not what the digest says. What
 *   applies the tree would fail as well.
 * - `unanswered`: its server did not answer, so that nothing is known.
 * - `refused`: the configuration does not let it be fetched.
 */
export type RemoteOutcome =
  | { readonly kind: "found"; readonly content: RemoteContent }
  | { readonly kind: "absent" | "refused"; readonly message: string }
  /** `after`: milliseconds that the server wants not to be asked. */
  | { readonly kind: "unanswered"; readonly message: string; readonly after?: number };

/** What servers have. */
export interface Remotes {
  /**
   * Finds what a reference names. Within one judgement the same reference always names the same, whatever its server
   * does. Never rejects.
   */
  fetch(reference: RemoteReference): Promise<RemoteOutcome>;
  /**
   * Whether credentials that are not the author's open a URL. Permission to fetch anything is then not enough: what
   * they open could be shown to who may not read it. Absent: none do.
   */
  isGuarded?(url: string): Promise<boolean>;
}

/** Tells which versions fulfil a range, in the language of Helm, Flux and Argo CD. */
export interface VersionMatcher {
  /** Indexes of the versions that fulfil the range, latest first; versions of equal precedence keep their order. */
  matching(
    range: string,
    versions: readonly string[],
  ): Promise<
    | { readonly kind: "matching"; readonly indexes: readonly number[] }
    /** It is no range. */
    | { readonly kind: "invalid"; readonly message: string }
    /** It could not be worked out: nothing is known of the range. */
    | { readonly kind: "failed"; readonly message: string }
  >;
}
