import type { ManifestName } from "../../model/finding.ts";
import type { ManifestHandle } from "../../model/builtin-check.ts";

/** The name of an object as reports have it. */
export function objectName({ apiVersion, identity }: Pick<ManifestHandle, "apiVersion" | "identity">): ManifestName {
  const { kind, namespace, name } = identity;
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}
