import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Whether `header` (`X-Hub-Signature-256`) is the signature of `body` with one of the secrets. The time taken does not
 * depend on how a wrong signature differs.
 */
export function signedByOneOf(secrets: readonly string[], body: Uint8Array, header: string | undefined): boolean {
  const claimed = /^sha256=([0-9a-f]{64})$/.exec(header ?? "")?.[1];
  const given = Buffer.from(claimed ?? "0".repeat(64), "hex");
  let valid = false;
  for (const secret of secrets) {
    const right = createHmac("sha256", secret).update(body).digest();
    if (timingSafeEqual(right, given)) valid = true;
  }
  return valid && claimed !== undefined;
}
