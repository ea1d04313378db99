import { isSops } from "../../manifest/encrypted.ts";
import type { Manifest } from "../../model/manifest.ts";
import { cleanPath } from "../files/scope.ts";
import type { GitOpsObject, PlanContext } from "../gitops.ts";
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

/**
 * Finds the object that another one references, in the same cluster as far as that is known. One without a namespace
 * counts where none has the right namespace: the tool that applies it may set it.
 */
export function findObject(near: GitOpsObject, wanted: Wanted, context: PlanContext): Manifest | undefined {
  const { namespace, ...anywhere } = wanted;
  const found = context.find(near, anywhere);
  const exact = found.filter((one) => one.identity.namespace === namespace);
  const fitting = exact.length > 0 ? exact : found.filter((one) => one.identity.namespace === undefined);
  // An object in a plain file has no source: the copy for its own cluster is the one nearest in the tree.
  return near.parent === undefined ? nearest(near.manifest.position.path, fitting) : fitting[0];
}

/** The manifest whose file shares the longest path prefix with `path`. */
export function nearest(path: string, manifests: readonly Manifest[]): Manifest | undefined {
  const shared = ({ position }: Manifest): number => {
    const [one, other] = [path.split("/"), position.path.split("/")];
    const differs = one.findIndex((part, index) => part !== other[index]);
    return differs === -1 ? one.length : differs;
  };
  return manifests.toSorted((a, b) => shared(b) - shared(a))[0];
}

/** The decoded data of a ConfigMap or Secret, or why the tree does not determine it. */
export type DataReading =
  | { readonly kind: "data"; readonly data: { readonly [key: string]: string }; readonly manifest: Manifest }
  | { readonly kind: "encrypted" | "missing" };

/** Reads the ConfigMap or Secret that an object references in its own namespace. */
export function readData(
  near: GitOpsObject,
  reference: { readonly kind: string; readonly name: string },
  context: PlanContext,
): DataReading {
  const manifest = findObject(near, { group: "", namespace: namespaceOf(near.manifest), ...reference }, context);
  if (manifest === undefined) return { kind: "missing" };
  if (isSops(manifest.value)) return { kind: "encrypted" };
  const data = textMapAt(manifest.value, "data");
  if (reference.kind !== "Secret") return { kind: "data", data, manifest };
  const decoded = Object.entries(data).map(([key, value]) => [key, decodeBase64(value)] as const);
  // A value that is not base64 was encrypted by SOPS, whose metadata a tool dropped.
  const readable = decoded.flatMap(([key, text]) => (text === undefined ? [] : [[key, text] as const]));
  if (readable.length < decoded.length) return { kind: "encrypted" };
  const plain = Object.entries(textMapAt(manifest.value, "stringData"));
  return { kind: "data", data: Object.fromEntries([...readable, ...plain]), manifest };
}

function decodeBase64(value: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** Resolves a directory below the artifact's root, where `..` cannot leave it (as in Flux's secure join). */
export function pathBelow(root: string, written: string): string {
  return cleanPath(`${root}/${cleanPath(written)}`);
}
