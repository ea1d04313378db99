import { sign, type KeyObject } from "node:crypto";
import type { OciRegistry } from "./oci-registry.ts";

const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** What cosign signs of an image: its digest, in a payload of its own. */
export function cosignPayload(digest: string, type = "cosign container image signature"): Buffer {
  const image = { "docker-manifest-digest": digest };
  return Buffer.from(
    JSON.stringify({ critical: { identity: { "docker-reference": "" }, image, type }, optional: null }),
  );
}

/** Adds signatures of a digest under the tag that cosign uses, as `cosign sign --key` does without bundles. */
export function pushPayloads(
  registry: OciRegistry,
  repository: string,
  digest: string,
  signatures: readonly { readonly payload: Buffer; readonly annotations: { readonly [name: string]: string } }[],
): void {
  registry.push(
    repository,
    `${digest.replace(":", "-")}.sig`,
    signatures.map(({ payload, annotations }) => ({
      mediaType: "application/vnd.dev.cosign.simplesigning.v1+json",
      content: payload,
      annotations,
    })),
  );
}

/** A signature by key as an annotation. */
export function signedPayload(payload: Buffer, key: KeyObject) {
  const signature = sign(key.asymmetricKeyType === "ed25519" ? undefined : "sha256", payload, key);
  return { payload, annotations: { "dev.cosignproject.cosign/signature": signature.toString("base64") } };
}

/** What cosign's bundles are about. */
export function cosignStatement(digest: string, predicateType = "https://sigstore.dev/cosign/sign/v1"): Buffer {
  const subject = [{ digest: { sha256: digest.replace("sha256:", "") } }];
  return Buffer.from(
    JSON.stringify({ _type: "https://in-toto.io/Statement/v1", subject, predicateType, predicate: {} }),
  );
}

/** A DSSE envelope of a statement. */
export function envelopeOf(statement: Buffer, key: KeyObject, payloadType = "application/vnd.in-toto+json") {
  const encoded = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${statement.length} `),
    statement,
  ]);
  const hash = key.asymmetricKeyType === "ed25519" ? undefined : "sha256";
  return {
    payload: statement.toString("base64"),
    payloadType,
    signatures: [{ sig: sign(hash, encoded, key).toString("base64") }],
  };
}

/** Adds a bundle that refers to a digest, as cosign does by default since version 3. */
export function pushBundle(
  registry: OciRegistry,
  repository: string,
  digest: string,
  {
    dsseEnvelope,
    verificationMaterial = { publicKey: { hint: "" } },
  }: {
    readonly dsseEnvelope: object;
    readonly verificationMaterial?: object;
  },
): void {
  const content = Buffer.from(JSON.stringify({ mediaType: bundleType, verificationMaterial, dsseEnvelope }));
  registry.pushReferrer(repository, digest, bundleType, [{ mediaType: bundleType, content }]);
}
