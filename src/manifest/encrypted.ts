import type { Json, Pointer } from "../model/json.ts";
import { isObject } from "./identity.ts";
import { below } from "./pointer.ts";

/** How a file is encrypted: SOPS leaves the structure readable, git-crypt nothing. */
export interface Encrypted {
  readonly kind: "sops" | "git-crypt";
  readonly reason: string;
}

export const GIT_CRYPT: Encrypted = {
  kind: "git-crypt",
  reason: "encrypted by git-crypt: it cannot be judged without the key",
};

export const SOPS: Encrypted = {
  kind: "sops",
  reason: "encrypted by SOPS: its structure is judged, its encrypted values are not",
};

/** Whether SOPS encrypted a document: its metadata is under `sops`, beside the values. */
export function isSops(value: Json): boolean {
  if (!isObject(value) || !Object.hasOwn(value, "sops")) return false;
  const metadata = value["sops"];
  return isObject(metadata) && Object.hasOwn(metadata, "mac");
}

/** Whether a text is a value that SOPS encrypted. */
export function isEncryptedValue(text: string): boolean {
  return /^ENC\[[A-Z0-9_]+,data:[^\]]*\]$/.test(text);
}

/** The fields of a value that SOPS encrypted, in order. Its own metadata is left out. */
export function encryptedFields(value: Json, pointer: Pointer = ""): readonly Pointer[] {
  if (typeof value === "string") return isEncryptedValue(value) ? [pointer] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => encryptedFields(item, below(pointer, index)));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (pointer === "" && key === "sops") return [];
    return encryptedFields(item, below(pointer, key));
  });
}
