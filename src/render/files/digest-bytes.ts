import { sha256 } from "../../manifest/sha256.ts";

/** A digest of bytes that are not in a tree and so have no blob id. */
export function digestOfBytes(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return sha256(text);
}
