import type { Manifest } from "../../model/manifest.ts";
import type { GitRevision, RemoteReference } from "../../model/remotes.ts";
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
  const field = (["commit", "name", "semver", "tag", "branch"] as const).find((one) => ref(one) !== undefined);
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
  // A digest wins over a range, and a range over a tag.
  const field = (["digest", "semver", "tag"] as const).find((one) => ref(one) !== undefined);
  const filter = ref("semverFilter");
  const mediaType = textAt(value, "spec", "layerSelector", "mediaType");
  const operation = textAt(value, "spec", "layerSelector", "operation") === "copy" ? "copy" : "extract";
  return {
    reference: {
      kind: "artifact",
      url,
      ...(field === undefined ? {} : { [field]: ref(field) ?? "" }),
      ...(field === "semver" && filter !== undefined ? { semverFilter: filter } : {}),
      ...(mediaType === undefined ? {} : { layer: { mediaType, operation } }),
    },
    pointer: field === undefined ? "/spec/url" : `/spec/ref/${field}`,
  };
}
