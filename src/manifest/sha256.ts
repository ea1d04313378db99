import { sha256 as digest } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** SHA-256 of a text in UTF-8, as lower-case hex. In JavaScript, because the core may not import node:crypto. */
export function sha256(text: string): string {
  return bytesToHex(digest(utf8ToBytes(text)));
}

/** SHA-256 of bytes, as lower-case hex. */
export function sha256OfBytes(bytes: Uint8Array): string {
  return bytesToHex(digest(bytes));
}
