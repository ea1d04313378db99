import { isSops } from "../../manifest/encrypted.ts";
import type { Manifest } from "../../model/manifest.ts";
import { cleanPath } from "../files/scope.ts";
import type { GitOpsObject, PlanContext } from "../gitops.ts";
import { placesShown } from "../places-shown.ts";
import { secretData } from "../secret-data.ts";
import { textMapAt } from "./fields.ts";

export interface Wanted {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The namespace of an object; `default` where it names none, as in kubectl. */
export function namespaceOf(manifest: Manifest): string {
  return manifest.identity.namespace ?? "default";
}

/** The object that a reference means. */
export type Found =
  | { readonly kind: "object"; readonly manifest: Manifest }
  | { readonly kind: "missing" }
  /** Several that differ, and nothing tells which of them lands in the same cluster. */
  | { readonly kind: "several"; readonly manifests: readonly Manifest[]; readonly where: string };

/** Finds the object that another one references, in the same cluster as far as that is known. */
export function findObject(near: GitOpsObject, wanted: Wanted, context: PlanContext): Found {
  return only(context.find(near, wanted));
}

/** The only one of the objects that may be meant. */
export function only(manifests: readonly Manifest[]): Found {
  const [manifest, ...others] = manifests;
  if (manifest === undefined) return { kind: "missing" };
  if (others.length === 0) return { kind: "object", manifest };
  return { kind: "several", manifests, where: placesShown(manifests) };
}

/** The decoded data of a ConfigMap or Secret, or why the tree does not determine it. */
export type DataReading =
  | { readonly kind: "data"; readonly data: { readonly [key: string]: string }; readonly manifest: Manifest }
  | {
      readonly kind: "unknown";
      /** `Secret flux-system/tokens is encrypted`. */
      readonly reason: string;
      /** Nothing in the tree has it. */
      readonly missing: boolean;
    };

/** Reads the ConfigMap or Secret that an object references in its own namespace. */
export function readData(
  near: GitOpsObject,
  reference: { readonly kind: string; readonly name: string },
  context: PlanContext,
): DataReading {
  const namespace = namespaceOf(near.manifest);
  const shown = `${reference.kind} ${namespace}/${reference.name}`;
  const found = findObject(near, { group: "", namespace, ...reference }, context);
  if (found.kind === "missing") return { kind: "unknown", reason: `${shown} is not in this repository`, missing: true };
  const encrypted: DataReading = { kind: "unknown", reason: `${shown} is encrypted`, missing: false };
  if (found.kind === "several") {
    const reason = `${shown} is declared differently in ${found.where}, and nothing tells which of them this cluster has`;
    return { kind: "unknown", reason, missing: false };
  }
  const { manifest } = found;
  if (isSops(manifest.value)) return encrypted;
  if (reference.kind !== "Secret") return { kind: "data", data: textMapAt(manifest.value, "data"), manifest };
  const data = Object.entries(secretData(manifest.value));
  // A value that is not base64 was encrypted by SOPS, whose metadata a tool dropped.
  const readable = data.flatMap(([key, text]) => (text === undefined ? [] : [[key, text] as const]));
  return readable.length < data.length ? encrypted : { kind: "data", data: Object.fromEntries(readable), manifest };
}

/** Resolves a directory below the artifact's root, where `..` cannot leave it (as in Flux's secure join). */
export function pathBelow(root: string, written: string): string {
  return cleanPath(`${root}/${cleanPath(written)}`);
}
