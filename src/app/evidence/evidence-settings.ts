import { readFileSync } from "node:fs";
import { commandSigner, keySigner, type Signer } from "./signer.ts";

/** Who signs statements about merged commits: a private key in PEM form, or a command and its public key. */
export type EvidenceSettings =
  | { readonly kind: "key"; readonly pem: string }
  | { readonly kind: "command"; readonly command: string; readonly publicKey: string };

/** The signer that the settings describe. Throws if a key cannot be used. */
export function signerOf(settings: EvidenceSettings): Signer {
  return settings.kind === "key" ? keySigner(settings.pem) : commandSigner(settings.command, settings.publicKey);
}

const KEYS = "of Ed25519, or of ECDSA with the curve P-256, in PEM format";

/** Reads the settings of evidence; undefined if there are none. What is wrong is added to `reasons`. */
export function readEvidenceSettings(
  value: (name: string) => string | undefined,
  reasons: string[],
): EvidenceSettings | undefined {
  const [keyPath, command, publicPath] = [
    value("EVIDENCE_KEY_PATH"),
    value("EVIDENCE_SIGNER"),
    value("EVIDENCE_PUBLIC_KEY_PATH"),
  ];
  if (keyPath !== undefined && command !== undefined) {
    reasons.push("EVIDENCE_KEY_PATH and EVIDENCE_SIGNER are both set: expected one of them.");
    return undefined;
  }
  if (command !== undefined && publicPath === undefined) {
    reasons.push(`EVIDENCE_PUBLIC_KEY_PATH is not set: EVIDENCE_SIGNER needs the file of its public key ${KEYS}.`);
    return undefined;
  }
  const [name, path] =
    command === undefined
      ? (["EVIDENCE_KEY_PATH", keyPath] as const)
      : (["EVIDENCE_PUBLIC_KEY_PATH", publicPath] as const);
  if (path === undefined) return undefined;
  try {
    const pem = readFileSync(path, "utf8");
    const settings: EvidenceSettings =
      command === undefined ? { kind: "key", pem } : { kind: "command", command, publicKey: pem };
    signerOf(settings);
    return settings;
  } catch {
    const which = command === undefined ? "private" : "public";
    reasons.push(`${name} must name a file with a ${which} key ${KEYS}: ${path}`);
    return undefined;
  }
}
