import { textAt } from "./fields.ts";
import { namespaceOf } from "./find-object.ts";
import type { Manifest } from "../../model/manifest.ts";

/** The release name of a HelmRelease: `spec.releaseName`, else `[targetNamespace-]name`, shortened with a digest to Helm's 53 characters as in helm-controller. */
export async function releaseNameOf(manifest: Manifest): Promise<string> {
  const target = textAt(manifest.value, "spec", "targetNamespace");
  const { name } = manifest.identity;
  const whole = textAt(manifest.value, "spec", "releaseName") ?? (target === undefined ? name : `${target}-${name}`);
  if (whole.length <= 53) return whole;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(whole));
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${whole.slice(0, 40)}-${hex.slice(0, 12)}`;
}

/** The namespace that a HelmRelease installs into. */
export function releaseNamespaceOf(manifest: Manifest): string {
  return textAt(manifest.value, "spec", "targetNamespace") ?? namespaceOf(manifest);
}
