import { createHash } from "node:crypto";
import { bundleFromJSON, type Bundle } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import type { KeylessSigner } from "../../model/config.ts";
import type { ArtifactSignature } from "../../model/remotes.ts";

/** What is trusted to have seen who signed: the authority that gave the certificate, and the log with the entry. */
export type Trust =
  | { readonly kind: "trust"; readonly verifier: Verifier }
  | { readonly kind: "unreadable"; readonly message: string };

/** Reads a trusted root of Sigstore, as `cosign trusted-root create` writes it. */
export function readTrust(path: string, bytes: Uint8Array): Trust {
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
    if (root.certificateAuthorities.length === 0 || root.tlogs.length === 0)
      return { kind: "unreadable", message: `${path}: expected certificateAuthorities and tlogs` };
    // A private Fulcio need not have a log of certificates.
    const options = { ctlogThreshold: root.ctlogs.length === 0 ? 0 : 1, tlogThreshold: 1, timestampThreshold: 1 };
    return { kind: "trust", verifier: new Verifier(toTrustMaterial(root), options) };
  } catch (error) {
    return { kind: "unreadable", message: `${path}: is no trusted root: ${textOf(error)}` };
  }
}

/** Why a signature was not made by an identity; undefined where it was. What it is about is not looked at. */
export function keylessProblem(
  signature: ArtifactSignature,
  verifier: Verifier,
  { identity, issuer }: KeylessSigner,
): string | undefined {
  let signed: ReturnType<Verifier["verify"]>;
  try {
    const artifact = signature.kind === "payload" ? Buffer.from(signature.payload, "base64") : undefined;
    signed = verifier.verify(toSignedEntity(bundleOf(signature), artifact));
  } catch (error) {
    return `has a signature that does not hold by the trusted root: ${textOf(error)}`;
  }
  const { subjectAlternativeName: by, extensions } = signed.identity ?? {};
  if (by === identity && extensions?.issuer === issuer) return undefined;
  return `is signed by ${by ?? "nobody"} (${extensions?.issuer ?? "no issuer"}), and signatures: asks for ${identity} (${issuer})`;
}

function bundleOf(signature: ArtifactSignature): Bundle {
  return bundleFromJSON(signature.kind === "bundle" ? JSON.parse(signature.text) : ofAnnotations(signature));
}

const NAMES = {
  signature: "dev.cosignproject.cosign/signature",
  certificate: "dev.sigstore.cosign/certificate",
  entry: "dev.sigstore.cosign/bundle",
} as const;

/** The entry of the log as cosign writes it into an annotation. */
interface LogEntry {
  readonly SignedEntryTimestamp: string;
  readonly Payload: {
    readonly body: string;
    readonly integratedTime: number;
    readonly logIndex: number;
    readonly logID: string;
  };
}

/** What cosign writes into annotations, as a bundle. */
function ofAnnotations({ payload, annotations }: ArtifactSignature & { readonly kind: "payload" }): object {
  const written = (name: string): string => {
    const value = annotations[name];
    if (value === undefined) throw new Error(`it has no ${name}`);
    return value;
  };
  const { SignedEntryTimestamp: promise, Payload: entry } = JSON.parse(written(NAMES.entry)) as LogEntry;
  const { kind, apiVersion: version } = JSON.parse(Buffer.from(entry.body, "base64").toString("utf8")) as {
    readonly kind: string;
    readonly apiVersion: string;
  };
  const certificate = written(NAMES.certificate).replaceAll(/-----[A-Z ]+-----|\s/g, "");
  const digest = createHash("sha256").update(Buffer.from(payload, "base64")).digest("base64");
  return {
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: certificate }] },
      tlogEntries: [
        {
          logIndex: String(entry.logIndex),
          logId: { keyId: Buffer.from(entry.logID, "hex").toString("base64") },
          kindVersion: { kind, version },
          integratedTime: String(entry.integratedTime),
          inclusionPromise: { signedEntryTimestamp: promise },
          canonicalizedBody: entry.body,
        },
      ],
    },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest },
      signature: written(NAMES.signature),
    },
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
