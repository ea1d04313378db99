import { otherRepository, repositoryNamedBy } from "../repository-url.ts";
import { isThisBranch, ungatedBranch } from "../revision.ts";
import type { GitOpsObject, PlanContext, TreeView } from "../gitops.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ArtifactLayout } from "./artifact-files.ts";
import { artifactRoot, type SourceReference } from "./artifact-generator.ts";
import { textAt } from "./fields.ts";
import { findObject } from "./find-object.ts";
import { withIncludes } from "./includes.ts";
import type { PlacedFetch } from "../plan.ts";
import { writtenLine } from "../written-line.ts";
import type { ArtifactOrigin } from "./origin.ts";
import { remoteSource } from "./remote-source.ts";

const sourceGroup = "source.toolkit.fluxcd.io";

/** Follows a `sourceRef` to a directory of the tree, or returns why it does not lead there. */
export async function artifactOrigin(
  near: GitOpsObject,
  reference: SourceReference,
  context: PlanContext,
  seen: readonly string[] = [],
): Promise<ArtifactOrigin> {
  const { kind, namespace, name } = reference;
  const shown = `${kind} ${namespace}/${name}`;
  if (kind === "ExternalArtifact") return generatedOrigin(near, reference, context);
  if (kind !== "GitRepository" && kind !== "OCIRepository" && kind !== "Bucket")
    return { kind: "elsewhere", reason: `sources of kind ${kind} are not supported` };
  const found = findObject(near, { group: sourceGroup, kind, namespace, name }, context);
  if (found.kind !== "several")
    return originOf(near, reference, found.kind === "object" ? found.manifest : undefined, context, seen);
  // Clusters often have a source of the same name that leads to the same place.
  const origins = await Promise.all(
    found.manifests.map((manifest) => originOf(near, reference, manifest, context, seen)),
  );
  const distinct = new Set(origins.map((one) => JSON.stringify({ ...one, manifest: null })));
  const [origin] = origins;
  if (origin !== undefined && distinct.size === 1) return origin;
  return {
    kind: "elsewhere",
    reason: `${shown} is declared differently in ${found.where}, and nothing tells which of them this cluster has`,
  };
}

async function originOf(
  near: GitOpsObject,
  reference: SourceReference,
  manifest: Manifest | undefined,
  context: PlanContext,
  seen: readonly string[],
): Promise<ArtifactOrigin> {
  const origin = await ownOrigin(reference, manifest, context);
  if (origin.kind !== "tree" || manifest === undefined) return origin;
  const follow = (name: string): Promise<ArtifactOrigin> =>
    artifactOrigin(near, { ...reference, name }, context, [...seen, reference.name]);
  return withIncludes(origin, manifest, { follow, seen: [...seen, reference.name], context });
}

/** The origin of a source's own files. */
async function ownOrigin(
  reference: SourceReference,
  manifest: Manifest | undefined,
  context: PlanContext,
): Promise<ArtifactOrigin> {
  const { kind, namespace, name } = reference;
  const shown = `${kind} ${namespace}/${name}`;
  if (manifest === undefined) {
    const reason = `${shown} is not in this repository`;
    if (kind !== "GitRepository") return { kind: "elsewhere", reason };
    return {
      kind: "tree",
      root: "",
      layout: { root: "", includes: [] },
      assumed: reason,
      unseen: isBootstrapped(reference) ? [] : [asIfThis(reason)],
    };
  }
  const url = textAt(manifest.value, "spec", "url") ?? "";
  const named = repositoryNamedBy(url, context.repositories);
  if (kind !== "GitRepository") {
    if (named === "this" && url !== "")
      return { kind: "tree", root: "", ...layoutOf(manifest, ""), manifest, unseen: [] };
    const fetched = await fetchedOrigin(manifest, context);
    if (fetched !== undefined) return fetched;
    const place = url === "" ? "" : ` (${url})`;
    return { kind: "elsewhere", reason: `${shown}${place} is not read: only this repository is read`, manifest };
  }
  const isElsewhere = named === "other" || (named === "this" && !isOwnBranch(manifest, context));
  const fetched = isElsewhere ? await fetchedOrigin(manifest, context) : undefined;
  if (fetched !== undefined) return fetched;
  if (named === "other") return { kind: "elsewhere", reason: `${shown} is ${otherRepository(url)}`, manifest };
  const revision = revisionOf(manifest);
  const pinned = revision.kind === "pin" ? revision.name : undefined;
  const branch =
    revision.kind === "branch" && !isThisBranch(revision.name, context)
      ? `${shown} is the branch ${revision.name} of this repository`
      : undefined;
  const assumed = named === "unknown" ? `${shown} (${url}) may be another repository` : branch;
  return {
    kind: "tree",
    root: "",
    ...layoutOf(manifest, ""),
    manifest,
    ...(pinned === undefined ? {} : { pinned }),
    ...(assumed === undefined ? {} : { assumed }),
    unseen: [
      ...(pinned === undefined
        ? []
        : [`pinned to ${pinned}, which this change does not update: the content of this tree is judged instead`]),
      ...(branch === undefined ? [] : [asIfThis(branch)]),
    ],
  };
}

function asIfThis(reason: string): string {
  return `${reason}: the content of this tree is judged instead`;
}

/** `flux bootstrap` and the Flux operator create the repository's own GitRepository outside the tree, by this name. */
function isBootstrapped({ namespace, name }: SourceReference): boolean {
  return namespace === "flux-system" && name === "flux-system";
}

/** The layout without includes; none where the layer of an OCI artifact is taken as it is. */
function layoutOf({ value }: Manifest, root: string): { readonly layout?: ArtifactLayout } {
  if (textAt(value, "spec", "layerSelector", "operation") === "copy") return {};
  const ignore = textAt(value, "spec", "ignore");
  return { layout: { root, ...(ignore === undefined ? {} : { ignore }), includes: [] } };
}

/** The artifact's files as planners read them, by the paths that they have in the tree. */
export async function artifactTree(
  { layout }: ArtifactOrigin & { readonly kind: "tree" },
  context: PlanContext,
): Promise<{ readonly tree: TreeView; readonly ignoreFiles: readonly string[] }> {
  return layout === undefined ? { tree: context.tree, ignoreFiles: [] } : context.artifact(layout);
}

/** All that was fetched for an artifact. */
export function fetchedBy({
  fetched,
  included = [],
}: ArtifactOrigin & { readonly kind: "tree" }): readonly PlacedFetch[] {
  return [...(fetched === undefined ? [] : [fetched]), ...included];
}

/** Whether a GitRepository follows the branch that the tree belongs to. */
function isOwnBranch(manifest: Manifest, context: PlanContext): boolean {
  const revision = revisionOf(manifest);
  return revision.kind === "branch" && isThisBranch(revision.name, context);
}

/** The content that a source object names on a server; undefined where nothing is fetched, or not this. */
async function fetchedOrigin(manifest: Manifest, context: PlanContext): Promise<ArtifactOrigin | undefined> {
  const found = remoteSource(manifest);
  const fetched = found === undefined ? undefined : await context.remotes.fetch(found.reference);
  if (found === undefined || fetched === undefined) return undefined;
  const { kind, namespace, name } = manifest.identity;
  const shown = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
  if (fetched.kind !== "found") {
    const { unpermitted } = fetched.kind === "refused" ? fetched : {};
    const at = await writtenLine(manifest, unpermitted === undefined ? found.pointer : "/spec/url", context.tree);
    const message = `${shown}: ${fetched.message}`;
    if (fetched.kind !== "refused") return { kind: "failed", message, manifest, at };
    const unfetched = { at, ...(unpermitted === undefined ? {} : { unpermitted }) };
    return { kind: "elsewhere", reason: message, manifest, unfetched };
  }
  const { path, line, pointer } = manifest.position;
  const revision = revisionOf(manifest);
  const isOwn = repositoryNamedBy(textAt(manifest.value, "spec", "url") ?? "", context.repositories) === "this";
  const ungated = isOwn && revision.kind === "branch" ? ungatedBranch(revision.name, context) : undefined;
  return {
    kind: "tree",
    root: fetched.directory,
    fetched: { fetched, at: { path, line, pointer: pointer + found.pointer } },
    ...layoutOf(manifest, fetched.directory),
    manifest,
    unseen: ungated === undefined ? [] : [`${shown} ${ungated}`],
  };
}

/** What a GitRepository follows, in source-controller's order: commit, ref name, semver, tag, branch, and `master` where it names none. */
function revisionOf(manifest: Manifest): { readonly kind: "pin" | "branch"; readonly name: string } {
  const at = (field: string): string | undefined => textAt(manifest.value, "spec", "ref", field);
  const commit = at("commit");
  if (commit !== undefined) return { kind: "pin", name: commit };
  const ref = at("name");
  if (ref !== undefined)
    return ref.startsWith("refs/heads/")
      ? { kind: "branch", name: ref.slice("refs/heads/".length) }
      : { kind: "pin", name: ref };
  const tag = at("semver") ?? at("tag");
  return tag === undefined ? { kind: "branch", name: at("branch") ?? "master" } : { kind: "pin", name: tag };
}

async function generatedOrigin(
  near: GitOpsObject,
  reference: SourceReference,
  context: PlanContext,
): Promise<ArtifactOrigin> {
  const { namespace, name } = reference;
  const shown = `ExternalArtifact ${namespace}/${name}`;
  const found = artifactRoot(near, { namespace, name }, context);
  switch (found.kind) {
    case "missing":
      return { kind: "elsewhere", reason: `no ArtifactGenerator in this repository creates ${shown}` };
    case "several":
      return {
        kind: "elsewhere",
        reason: `${shown} is made in ${found.where}, and nothing tells which of them this cluster has`,
      };
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
      const origin = await artifactOrigin(near, found.from, context);
      if (origin.kind === "elsewhere") return { ...origin, manifest: found.generator };
      if (origin.kind === "failed") return origin;
      // Its directories were looked for in this tree.
      if (origin.fetched !== undefined)
        return { kind: "elsewhere", reason: `${shown} is made from what a server has`, manifest: found.generator };
      return { ...origin, root: found.root, manifest: found.generator };
    }
  }
}
