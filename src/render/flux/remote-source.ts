import type { Manifest } from "../../model/manifest.ts";
import type { ArtifactChoice, GitRevision, RemoteReference } from "../../model/remotes.ts";
import { flagAt, textAt } from "./fields.ts";

/** What a source object names on a server, with the pointer of the field that decides its version. */
export interface RemoteSource {
  readonly reference: RemoteReference;
  readonly pointer: string;
}

/** Reads a GitRepository or OCIRepository; undefined for other kinds and without a URL. */
export function remoteSource({ identity: { kind }, value }: Manifest): RemoteSource | undefined {
  const url = textAt(value, "spec", "url");
  const ref = (field: string): string | undefined => textAt(value, "spec", "ref", field);
  if (url === undefined || url === "") return undefined;
  if (kind === "OCIRepository") return artifactSource(url, ref, value);
  if (kind !== "GitRepository") return undefined;
  // In source-controller's order; `master` where nothing is named.
  const field = (["commit", "name", "semver", "tag", "branch"] as const).find((one) => (ref(one) ?? "") !== "");
  const revision: GitRevision =
    field === undefined ? { kind: "branch", value: "master" } : { kind: field, value: ref(field) ?? "" };
  const submodules = flagAt(value, "spec", "recurseSubmodules");
  return {
    reference: { kind: "git", url, revision, ...(submodules ? { submodules } : {}) },
    pointer: field === undefined ? "/spec/url" : `/spec/ref/${field}`,
  };
}

function artifactSource(
  url: string,
  ref: (field: string) => string | undefined,
  value: Manifest["value"],
): RemoteSource {
  const { choice, pointer } = artifactChoice(ref, value);
  return { reference: { kind: "artifact", url, ...choice }, pointer };
}

/** What an OCIRepository takes of its repository, with the pointer of the field that decides it and what that says. */
export function artifactChoice(
  ref: (field: string) => string | undefined,
  value: Manifest["value"],
): { readonly choice: ArtifactChoice; readonly pointer: string; readonly version?: string } {
  // A digest wins over a range, and a range over a tag.
  const field = (["digest", "semver", "tag"] as const).find((one) => (ref(one) ?? "") !== "");
  const filter = ref("semverFilter");
  const mediaType = textAt(value, "spec", "layerSelector", "mediaType");
  const operation = textAt(value, "spec", "layerSelector", "operation") === "copy" ? "copy" : "extract";
  const version = field === undefined ? undefined : ref(field);
  return {
    choice: {
      ...(field === undefined || version === undefined ? {} : { [field]: version }),
      ...(field === "semver" && filter !== undefined ? { semverFilter: filter } : {}),
      ...(mediaType === undefined ? {} : { layer: { mediaType, operation } }),
    },
    pointer: field === undefined ? "/spec/url" : `/spec/ref/${field}`,
    ...(version === undefined ? {} : { version }),
  };
}
