import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { cosignPayload, envelopeOf } from "./cosign.ts";

/** A value in DER. */
function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
const integer = (value: number): Buffer => tlv(0x02, Buffer.from([value]));
const octets = (content: Uint8Array): Buffer => tlv(0x04, content);
const boolean = (): Buffer => tlv(0x01, Buffer.from([0xff]));

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}

const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));
const nameOf = (text: string): Buffer => sequence(tlv(0x31, sequence(oid("2.5.4.3"), tlv(0x0c, Buffer.from(text)))));
const extension = (id: string, value: Uint8Array, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [boolean()] : []), octets(value));

interface CertificateRequest {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly by: KeyObject;
  readonly extensions: readonly Uint8Array[];
}

function certificate({ subject, issuer, key, by, extensions }: CertificateRequest): Buffer {
  const time = (year: string): Buffer => tlv(0x17, Buffer.from(`${year}0101000000Z`));
  const content = sequence(
    tlv(0xa0, integer(2)),
    integer(7),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time("26"), time("36")),
    nameOf(subject),
    key.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(...extensions)),
  );
  return sequence(content, ecdsaWithSha256, tlv(0x03, Buffer.from([0]), sign("sha256", content, by)));
}

const pair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });

/** A certificate authority and a log, as Fulcio and Rekor are. */
export interface Sigstore {
  /** `trusted_root.json`. */
  readonly trustedRoot: string;
  /** Signs a digest as an identity, as cosign does with annotations. */
  signed(
    digest: string,
    identity: string,
    issuer: string,
  ): {
    readonly payload: Buffer;
    readonly annotations: { readonly [name: string]: string };
  };
  /** The same as a bundle. */
  bundled(
    statement: Buffer,
    identity: string,
    issuer: string,
  ): { readonly dsseEnvelope: object; readonly verificationMaterial: object };
}

/** Makes an authority and a log with keys of their own. */
export function startSigstore(): Sigstore {
  const [authority, log] = [pair(), pair()];
  const isAuthority = extension("2.5.29.19", sequence(boolean()), true);
  const root = certificate({
    subject: "authority",
    issuer: "authority",
    key: authority.publicKey,
    by: authority.privateKey,
    extensions: [isAuthority],
  });
  const logKey = log.publicKey.export({ type: "spki", format: "der" });
  const logId = createHash("sha256").update(logKey).digest();
  const validFor = { start: "2026-01-01T00:00:00Z" };
  const certified = (identity: string, issuer: string) => {
    const { publicKey, privateKey } = pair();
    const names = extension("2.5.29.17", sequence(tlv(0x86, Buffer.from(identity))), true);
    const purpose = extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.3")));
    const vouching = extension("1.3.6.1.4.1.57264.1.1", Buffer.from(issuer));
    const der = certificate({
      subject: "",
      issuer: "authority",
      key: publicKey,
      by: authority.privateKey,
      extensions: [purpose, names, vouching],
    });
    return { der, privateKey };
  };
  const entered = (body: object) => {
    const encoded = Buffer.from(JSON.stringify(body)).toString("base64");
    const entry = { body: encoded, integratedTime: 1_780_000_000, logID: logId.toString("hex"), logIndex: 0 };
    return { ...entry, promise: sign("sha256", Buffer.from(JSON.stringify(entry)), log.privateKey).toString("base64") };
  };
  return {
    trustedRoot: JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [
        {
          baseUrl: "https://log.example.com",
          hashAlgorithm: "SHA2_256",
          publicKey: { rawBytes: logKey.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
          logId: { keyId: logId.toString("base64") },
        },
      ],
      certificateAuthorities: [
        {
          uri: "https://ca.example.com",
          certChain: { certificates: [{ rawBytes: root.toString("base64") }] },
          validFor,
        },
      ],
      ctlogs: [],
      timestampAuthorities: [],
    }),
    signed: (digest, identity, issuer) => {
      const { der, privateKey } = certified(identity, issuer);
      const payload = cosignPayload(digest);
      const signature = sign("sha256", payload, privateKey).toString("base64");
      const hash = { algorithm: "sha256", value: createHash("sha256").update(payload).digest("hex") };
      const { promise, ...entry } = entered({
        apiVersion: "0.0.1",
        kind: "hashedrekord",
        spec: { data: { hash }, signature: { content: signature } },
      });
      const pem = `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
      return {
        payload,
        annotations: {
          "dev.cosignproject.cosign/signature": signature,
          "dev.sigstore.cosign/certificate": pem,
          "dev.sigstore.cosign/bundle": JSON.stringify({ SignedEntryTimestamp: promise, Payload: entry }),
        },
      };
    },
    bundled: (statement, identity, issuer) => {
      const { der, privateKey } = certified(identity, issuer);
      const dsseEnvelope = envelopeOf(statement, privateKey);
      const payloadHash = { algorithm: "sha256", value: createHash("sha256").update(statement).digest("hex") };
      const signatures = dsseEnvelope.signatures.map(({ sig }) => ({ signature: sig }));
      const { promise, body } = entered({ apiVersion: "0.0.1", kind: "dsse", spec: { payloadHash, signatures } });
      // A log with this entry alone: its root is the hash of the entry.
      const content = Buffer.from(body, "base64");
      const rootHash = createHash("sha256")
        .update(Buffer.from([0]))
        .update(content)
        .digest("base64");
      const note = `log.example.com\n1\n${rootHash}\n`;
      const noted = Buffer.concat([logId.subarray(0, 4), sign("sha256", Buffer.from(note), log.privateKey)]);
      const checkpoint = { envelope: `${note}\n— log.example.com ${noted.toString("base64")}\n` };
      return {
        dsseEnvelope,
        verificationMaterial: {
          certificate: { rawBytes: der.toString("base64") },
          tlogEntries: [
            {
              logIndex: "0",
              logId: { keyId: logId.toString("base64") },
              kindVersion: { kind: "dsse", version: "0.0.1" },
              integratedTime: "1780000000",
              inclusionPromise: { signedEntryTimestamp: promise },
              inclusionProof: { logIndex: "0", rootHash, treeSize: "1", hashes: [], checkpoint },
              canonicalizedBody: body,
            },
          ],
        },
      };
    },
  };
}
