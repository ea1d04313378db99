import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";
import type { Envelope } from "../../model/evidence.ts";

/** The bytes that are signed for a payload: its type and its content with their lengths. */
export function signedBytes(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  const head = Buffer.from(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  return Buffer.concat([head, payload]);
}

/** The id of a public key: SHA-256 of its DER form (SubjectPublicKeyInfo). */
export function keyId(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** Reads a public key, or that of a private one. Throws if it is neither Ed25519 nor ECDSA with the curve P-256. */
export function readPublicKey(pem: string): KeyObject {
  const key = createPublicKey(pem);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ed25519" || (type === "ec" && details?.namedCurve === "prime256v1")) return key;
  throw new Error("expected a key of Ed25519, or of ECDSA with the curve P-256");
}

/** Whether a signature is that of a key over a payload. */
export function isSignedBy(key: KeyObject, payloadType: string, payload: Uint8Array, signature: Uint8Array): boolean {
  const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return verify(algorithm, signedBytes(payloadType, payload), key, signature);
}

/** The payload of an envelope that one of the keys has signed, and the id of that key; undefined if none has. */
export function openEnvelope(
  { payloadType, payload, signatures }: Envelope,
  keys: readonly KeyObject[],
): { readonly payload: Buffer; readonly key: string } | undefined {
  const bytes = Buffer.from(payload, "base64");
  for (const key of keys)
    for (const { sig } of signatures)
      if (isSignedBy(key, payloadType, bytes, Buffer.from(sig, "base64"))) return { payload: bytes, key: keyId(key) };
  return undefined;
}
