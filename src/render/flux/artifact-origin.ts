import { repositoryNamedBy } from "../repository-url.ts";
import type { GitOpsObject, PlanContext } from "../gitops.ts";
import type { Manifest } from "../../model/manifest.ts";
import { artifactRoot, type SourceReference } from "./artifact-generator.ts";
import { textAt } from "./fields.ts";
import { findObject } from "./find-object.ts";
import { readIgnorePatterns, type IgnorePattern } from "./source-ignore.ts";

/** Where the content of a Flux source object comes from. */
export type ArtifactOrigin =
  | {
      readonly kind: "tree";
      /** The directory of the tree that is the artifact's root. */
      readonly root: string;
      /** Patterns of `spec.ignore`. */
      readonly ignore: readonly IgnorePattern[];
      /** A tag or commit that the source is tied to. */
      readonly pinned?: string;
      /** Why it is not sure that this tree is meant; then a path that does not exist here is not missing. */
      readonly assumed?: string;
      /** The source object, where the tree holds it. */
      readonly manifest?: Manifest;
    }
  | { readonly kind: "elsewhere"; readonly reason: string; readonly manifest?: Manifest };

const sourceGroup = "source.toolkit.fluxcd.io";

/** Follows a `sourceRef` to a directory of the tree, or returns why it does not lead there. */
export function artifactOrigin(near: GitOpsObject, reference: SourceReference, context: PlanContext): ArtifactOrigin {
  const { kind, namespace, name } = reference;
  const shown = `${kind} ${namespace}/${name}`;
  if (kind === "ExternalArtifact") return generatedOrigin(near, reference, context);
  if (kind !== "GitRepository" && kind !== "OCIRepository" && kind !== "Bucket")
    return { kind: "elsewhere", reason: `sources of kind ${kind} are not supported` };
  const manifest = findObject(near, { group: sourceGroup, kind, namespace, name }, context);
  if (manifest === undefined) {
    // Bootstrap and the Flux operator create the repository's own GitRepository outside the tree.
    if (kind === "GitRepository")
      return { kind: "tree", root: "", ignore: [], assumed: `${shown} is not in this repository` };
    return { kind: "elsewhere", reason: `${shown} is not in this repository` };
  }
  const url = textAt(manifest.value, "spec", "url") ?? "";
  const named = repositoryNamedBy(url, context.repositories);
  if (kind !== "GitRepository") {
    if (named === "this" && url !== "") return { kind: "tree", root: "", ignore: ignoreOf(manifest), manifest };
    const place = url === "" ? "" : ` (${url})`;
    return { kind: "elsewhere", reason: `${shown}${place} is not read: only this repository is read`, manifest };
  }
  if (named === "other") return { kind: "elsewhere", reason: `${shown} is another repository: ${url}`, manifest };
  const pinned = pinOf(manifest);
  const branch = otherBranch(manifest, context);
  const assumed =
    named === "unknown"
      ? `${shown} (${url}) may be another repository`
      : branch === undefined
        ? undefined
        : `${shown} is the branch ${branch} of this repository`;
  return {
    kind: "tree",
    root: "",
    ignore: ignoreOf(manifest),
    manifest,
    ...(pinned === undefined ? {} : { pinned }),
    ...(assumed === undefined ? {} : { assumed }),
  };
}

function ignoreOf(manifest: Manifest): readonly IgnorePattern[] {
  return readIgnorePatterns(textAt(manifest.value, "spec", "ignore") ?? "", "");
}

/** The revision that a GitRepository is pinned to, in source-controller's order: commit, ref name, semver, tag. */
function pinOf(manifest: Manifest): string | undefined {
  const at = (field: string): string | undefined => textAt(manifest.value, "spec", "ref", field);
  const commit = at("commit");
  if (commit !== undefined) return commit;
  const name = at("name");
  if (name !== undefined) return name.startsWith("refs/heads/") ? undefined : name;
  return at("semver") ?? at("tag");
}

function otherBranch(manifest: Manifest, { config }: PlanContext): string | undefined {
  const name = textAt(manifest.value, "spec", "ref", "name");
  const branch = name?.startsWith("refs/heads/")
    ? name.slice("refs/heads/".length)
    : textAt(manifest.value, "spec", "ref", "branch");
  if (branch === undefined) return undefined;
  return ["main", "master", ...config.branches].includes(branch) ? undefined : branch;
}

function generatedOrigin(near: GitOpsObject, reference: SourceReference, context: PlanContext): ArtifactOrigin {
  const { namespace, name } = reference;
  const shown = `ExternalArtifact ${namespace}/${name}`;
  const found = artifactRoot(near, { namespace, name }, context);
  switch (found.kind) {
    case "missing":
      return { kind: "elsewhere", reason: `no ArtifactGenerator in this repository creates ${shown}` };
    case "mixed":
      return { kind: "elsewhere", reason: `${shown} is assembled from ${found.what}`, manifest: found.generator };
    case "copy": {
      // Not followed further: artifacts made of artifacts could form a cycle.
      if (found.from.kind === "ExternalArtifact")
        return {
          kind: "elsewhere",
          reason: `${shown} is made from another ExternalArtifact`,
          manifest: found.generator,
        };
      const origin = artifactOrigin(near, found.from, context);
      if (origin.kind === "elsewhere") return { ...origin, manifest: found.generator };
      return { ...origin, root: found.root, manifest: found.generator };
    }
  }
}
