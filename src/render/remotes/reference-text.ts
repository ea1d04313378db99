import type { GitRevision, RemoteReference } from "../../model/remotes.ts";
import { sha256 } from "../../manifest/sha256.ts";
import { withoutUser } from "../repository-url.ts";

/** A reference as people write it: `podinfo 6.5.0 of https://charts.example.com`. */
export function referenceText(reference: RemoteReference): string {
  switch (reference.kind) {
    case "chart":
      return `${reference.name}${reference.version === "" ? "" : ` ${reference.version}`} of ${withoutUser(reference.repository)}`;
    case "artifact":
      return `${reference.url}${artifactRevision(reference)}`;
    case "git":
      return `${withoutUser(reference.url)}${gitRevision(reference.revision)}`;
    case "file":
      return withoutUser(reference.url);
  }
}

/** The same without a version. */
export function nameOf(reference: RemoteReference): string {
  return reference.kind === "chart"
    ? `${reference.name} of ${withoutUser(reference.repository)}`
    : withoutUser(reference.url).replace(/\?.*$/, "");
}

function artifactRevision({ digest, semver, tag }: RemoteReference & { readonly kind: "artifact" }): string {
  if (digest !== undefined) return `@${digest}`;
  if (semver !== undefined) return ` ${semver}`;
  return tag === undefined ? "" : `:${tag}`;
}

function gitRevision(revision: GitRevision): string {
  return revision.kind === "head" ? "" : ` ${revision.value}`;
}

/**
 * A name for the directory of what a reference names, of letters that every file system has. What has the same name has the
 * same files: people write what is in it, so that it must not be possible to find another content with its name.
 */
export function directoryName(reference: RemoteReference, version: string, digest: string): string {
  const url = reference.kind === "chart" ? reference.name : reference.url;
  const last = /([^/:]+?)(?:\.git)?\/*$/.exec(url.replace(/[?#].*$/, ""))?.[1] ?? reference.kind;
  const shown = version.length > 20 ? version.slice(0, 12) : version;
  const mark = sha256(JSON.stringify([reference.kind, partOf(reference), digest])).slice(0, 40);
  return `${last}-${shown}-${mark}`.replaceAll(/[^\w.+-]/g, "_");
}

/** What is taken of the content that a digest tells. */
function partOf(reference: RemoteReference): unknown {
  switch (reference.kind) {
    case "chart":
      return reference.artifact?.layer?.mediaType;
    case "artifact":
      return reference.layer?.mediaType;
    case "git":
      return reference.submodules;
    case "file":
      return undefined;
    default:
      return reference satisfies never;
  }
}
