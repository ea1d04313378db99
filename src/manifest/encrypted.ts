import type { Json } from "../model/json.ts";
import { isObject } from "./identity.ts";

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
