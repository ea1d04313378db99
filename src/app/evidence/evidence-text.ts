import { createHash } from "node:crypto";
import type { Envelope } from "../../model/evidence.ts";
import { utf8Length } from "../../report/utf8.ts";

/** GitHub's limit, counted in bytes, which is stricter. */
const LONGEST_TEXT = 65_535;

/** SHA-256 of the statement in an envelope. */
export function statementDigest({ payload }: Envelope): string {
  return createHash("sha256").update(Buffer.from(payload, "base64")).digest("hex");
}

/**
 * The text of a check with the evidence about a merged commit added, as `envelopesIn` reads it again. Undefined where it is
 * there already. One that is too long for GitHub is only named.
 */
export function textWithEvidence(text: string, commit: string, envelope: Envelope, result: string): string | undefined {
  const digest = statementDigest(envelope);
  if (text.includes(digest)) return undefined;
  const said = `Evidence about the merged commit \`${commit}\`: ${result}, statement SHA-256 \`${digest}\``;
  const whole = [text, said, `\`\`\`json\n${JSON.stringify(envelope)}\n\`\`\``]
    .filter((part) => part !== "")
    .join("\n\n");
  if (utf8Length(whole) <= LONGEST_TEXT) return whole;
  return [text, `${said} (too long to be shown here: it is in the table portcullis.evidence of the server)`]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** An envelope as a bundle of Sigstore, for tools that take no other form; who verifies it brings the public key. */
export function sigstoreBundle(envelope: Envelope): object {
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: envelope.signatures[0]?.keyid ?? "" } },
    dsseEnvelope: envelope,
  };
}

/** The envelopes in the text of a check. */
export function envelopesIn(text: string): readonly Envelope[] {
  return [...text.matchAll(/^```json\n(\{.*\})\n```$/gm)].flatMap(([, json = ""]) => readEnvelope(json) ?? []);
}

/** Reads an envelope; undefined if the text is none. */
export function readEnvelope(json: string): Envelope | undefined {
  try {
    const value = JSON.parse(json) as Partial<Envelope> | null;
    const { payloadType, payload, signatures } = value ?? {};
    if (typeof payloadType !== "string" || typeof payload !== "string" || !Array.isArray(signatures)) return undefined;
    const all = signatures as readonly unknown[];
    const read = all.flatMap((one) => {
      const { keyid = "", sig } = (one ?? {}) as { readonly keyid?: unknown; readonly sig?: unknown };
      return typeof sig === "string" ? [{ keyid: String(keyid), sig }] : [];
    });
    return { payloadType, payload, signatures: read };
  } catch {
    return undefined;
  }
}
