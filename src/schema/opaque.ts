import { isEncryptedValue, isSops } from "../manifest/encrypted.ts";
import type { Manifest } from "../model/manifest.ts";
import type { JsonObject } from "../model/json.ts";

/** Placeholders: `${name}` and its other forms of Flux's postBuild, `<path:…#key>` of Argo CD's Vault plugin. */
const placeholder = /\$\{[^{}]+\}|<path:[^<>]+>/;

/**
 * Tells which texts of an object are placeholders for values that are not known here: placeholders that something fills later, and
 * in an object that SOPS encrypted its encrypted values. They are accepted wherever they are.
 */
export function opaqueIn(object: JsonObject): (text: string) => boolean {
  const sealed = isSops(object);
  return (text) => placeholder.test(text) || (sealed && isEncryptedValue(text));
}

/** The object without the metadata of SOPS, which never reaches a cluster. */
export function withoutSops(object: JsonObject): JsonObject {
  if (!isSops(object)) return object;
  const { sops: _, ...rest } = object;
  return rest;
}

const patchPath = /(?:^|[/._-])patch(?:es)?(?:\/|(?:[._-][^/]*)?$)/i;

/**
 * Whether a manifest is a part of one: a file that no source renders, in a place for
 * patches, is one that nothing uses. It need not be complete and may use `$patch`; what it sets must be right.
 */
export function isFragment({ source, position }: Manifest): boolean {
  return source === undefined && patchPath.test(position.path);
}
