import { createPublicKey, verify, type KeyObject } from "node:crypto";
import type { CosignSigner, KeylessSigner } from "../../model/config.ts";
import type { ArtifactSignature, RemoteReference } from "../../model/remotes.ts";
import { PoliciesUnanswered, type FetchReference } from "./open-reference.ts";

const SIGNATURE = "dev.cosignproject.cosign/signature";
/** How cosign calls what it signs: in payloads, and in the statements of bundles. */
const PAYLOAD_TYPE = "cosign container image signature";
const PREDICATE = "https://sigstore.dev/cosign/sign/v1";
const STATEMENT = "application/vnd.in-toto+json";

/**
 * Why an OCI artifact is not signed by cosign as asked; undefined where one of its signatures is. Throws PoliciesUnanswered
 * where the registry does not answer.
 */
export async function cosignProblem(
  { written, remote }: { readonly written: string; readonly remote?: RemoteReference },
  signer: CosignSigner,
  { fetch, read }: { readonly fetch: FetchReference; readonly read: (path: string) => Promise<Uint8Array> },
): Promise<string | undefined> {
  if (remote?.kind !== "artifact" || remote.digest === undefined)
    return "signatures: asks for a signature by cosign, and only an artifact of a registry (oci://) has those";
  const { url, digest } = remote;
  const check = "key" in signer ? checkByKey(signer.key) : await checkByIdentity(signer, read);
  if (typeof check === "string") return check;
  const outcome = await fetch({ kind: "artifact", url, digest, signatures: true });
  if (outcome.kind === "unanswered") throw new PoliciesUnanswered(`${written}: ${outcome.message}`);
  if (outcome.kind !== "found") return outcome.message;
  const text = new TextDecoder().decode(await outcome.content.tree.read("signatures.json"));
  const signatures = JSON.parse(text) as readonly ArtifactSignature[];
  if (signatures.length === 0) return "is not signed: the registry has no signature by cosign of this digest";
  const problems = signatures.map((one) => check(one) ?? subjectProblem(one, digest));
  return problems.includes(undefined) ? undefined : problems[0];
}

/** Tells why a signature is not made by who is asked for. */
type Check = (signature: ArtifactSignature) => string | undefined;

function checkByKey(pem: string): Check | string {
  try {
    const key = createPublicKey(pem);
    return (signature) => (isByKey(signature, key) ? undefined : OTHER_KEY);
  } catch (error) {
    return `the key that signatures: names cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function checkByIdentity(
  signer: KeylessSigner,
  read: (path: string) => Promise<Uint8Array>,
): Promise<Check | string> {
  // Few ask for it, and it is a tenth of a megabyte.
  const { keylessProblem, readTrust } = await import("./keyless-signature.ts");
  let bytes: Uint8Array;
  try {
    bytes = await read(signer.trustedRoot);
  } catch {
    return `the trusted root that signatures: names cannot be read: ${signer.trustedRoot}`;
  }
  const trust = readTrust(signer.trustedRoot, bytes);
  if (trust.kind === "unreadable") return trust.message;
  return (signature) => keylessProblem(signature, trust.verifier, signer);
}

const OTHER_KEY = "is not signed by the key that signatures: names";

function isByKey(signature: ArtifactSignature, key: KeyObject): boolean {
  if (signature.kind === "payload") {
    const mark = Buffer.from(signature.annotations[SIGNATURE] ?? "", "base64");
    return isSigned(Buffer.from(signature.payload, "base64"), mark, key);
  }
  const { payload, payloadType, signatures } = envelopeOf(signature.text);
  if (typeof payload !== "string" || typeof payloadType !== "string" || !Array.isArray(signatures)) return false;
  const encoded = dsseEncoding(payloadType, Buffer.from(payload, "base64"));
  return signatures.some((one: unknown) => {
    const { sig } = recordOf(one);
    return typeof sig === "string" && isSigned(encoded, Buffer.from(sig, "base64"), key);
  });
}

function envelopeOf(text: string): { readonly [key: string]: unknown } {
  return recordOf(recordOf(parsed(text))["dsseEnvelope"]);
}

/** Why what is signed is not the digest; undefined where it is. */
function subjectProblem(signature: ArtifactSignature, digest: string): string | undefined {
  if (signature.kind === "payload") return payloadProblem(Buffer.from(signature.payload, "base64"), digest);
  const { payload, payloadType } = envelopeOf(signature.text);
  if (typeof payload !== "string" || typeof payloadType !== "string") return NO_STATEMENT;
  return statementProblem(payloadType, Buffer.from(payload, "base64"), digest);
}

/** cosign hashes by SHA-256 whatever the key; bundles of larger curves also by the curve's own size. */
function isSigned(content: Buffer, signature: Buffer, key: KeyObject): boolean {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const own = curve === "secp384r1" ? ["sha384"] : curve === "secp521r1" ? ["sha512"] : [];
  const hashes = key.asymmetricKeyType === "ed25519" ? [undefined] : ["sha256", ...own];
  return hashes.some((hash) => verify(hash, content, key, signature));
}

/** What a signature of a DSSE envelope is over (the protocol's "pre-authentication encoding"). */
function dsseEncoding(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

const NO_STATEMENT = "has a signature that is none of an artifact: expected a statement that cosign sign makes";

/** Why a payload that is signed is not about the digest; undefined where it is. */
function payloadProblem(payload: Buffer, digest: string): string | undefined {
  const { image, type } = recordOf(recordOf(parsed(payload.toString("utf8")))["critical"]);
  if (type !== PAYLOAD_TYPE) return NO_STATEMENT;
  return recordOf(image)["docker-manifest-digest"] === digest ? undefined : OTHER_DIGEST;
}

/** Why a statement that is signed is not about the digest; undefined where it is. */
function statementProblem(type: string, statement: Buffer, digest: string): string | undefined {
  const { predicateType, subject } = recordOf(parsed(statement.toString("utf8")));
  if (type !== STATEMENT || predicateType !== PREDICATE || !Array.isArray(subject)) return NO_STATEMENT;
  const hex = digest.slice("sha256:".length);
  const names = (one: unknown): boolean => recordOf(recordOf(one)["digest"])["sha256"] === hex;
  return subject.some(names) ? undefined : OTHER_DIGEST;
}

const OTHER_DIGEST = "has a signature of another digest";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null ? (value as { readonly [key: string]: unknown }) : {};
}
