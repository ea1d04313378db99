import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readConfig } from "../../src/config/read-config.ts";
import { PoliciesUnanswered } from "../../src/engine/policies/open-reference.ts";
import { referencedPolicies } from "../../src/engine/policies/referenced-policies.ts";
import type { RemoteReference } from "../../src/model/remotes.ts";
import { createRemotes } from "../../src/remote/create-remotes.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { tgz } from "../support/remote-servers/archives.ts";
import {
  cosignPayload,
  cosignStatement,
  envelopeOf,
  pushBundle,
  pushPayloads,
  signedPayload,
} from "../support/remote-servers/cosign.ts";
import { startSigstore } from "../support/remote-servers/sigstore.ts";
import { startOciRegistry, type OciRegistry } from "../support/remote-servers/oci-registry.ts";

let registry: OciRegistry;
beforeAll(async () => {
  registry = await startOciRegistry();
});
afterAll(() => registry.close());

const ours = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const edwards = generateKeyPairSync("ed25519");
const theirs = generateKeyPairSync("ec", { namedCurve: "P-256" });

let pushed = 0;
/** A new artifact with policies: its repository and digest. */
function artifact(): { readonly name: string; readonly digest: string } {
  const name = `acme/policies-${(pushed += 1)}`;
  const content = tgz([{ path: "a.rego", content: "package main\n" }]);
  return {
    name,
    digest: registry.push(name, "1", [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", content }]),
  };
}

const host = (): string => new URL(registry.origin).host;
const pem = (key: KeyObject): string =>
  key.export({ type: "spki", format: "pem" }).toString().trim().replaceAll("\n", "\n        ");

/** What is wrong with an artifact whose signature is asked for, as `PATH:LINE: message`. */
function problems(name: string, digest: string, key = ours.publicKey, pattern = "**"): Promise<readonly string[]> {
  return problemsBy(name, digest, `key: |\n        ${pem(key)}`, pattern);
}

const sigstore = startSigstore();
const identity = "https://github.com/acme/policies/.github/workflows/release.yml@refs/heads/main";
const issuer = "https://token.example.com";
const keyless = (trustedRoot = "trust.json"): string =>
  `identity: "${identity}"\n      issuer: ${issuer}\n      trustedRoot: ${trustedRoot}`;

async function problemsBy(name: string, digest: string, signer: string, pattern = "**"): Promise<readonly string[]> {
  const url = `oci+http://${host()}/${name}`;
  const text = `version: 1
policies:
  - "${url}@${digest}"
signatures:
  - policies: "${pattern}"
    cosign:
      ${signer}
`;
  const { config, source, problems: unread } = readConfig("portcullis.yaml", text);
  expect(unread).toEqual([]);
  const remotes = createRemotes({
    directory: mkdtempSync(join(tmpdir(), "portcullis-cosign-")),
    versions: { matching: async () => ({ kind: "failed", message: "none" }) },
    credentials: async () => undefined,
    hosts: [`oci+http://${host()}/**`],
    mirrors: {},
    tries: 1,
  });
  const means = {
    source,
    signatures: config.signatures,
    fetch: (reference: RemoteReference) => remotes.fetch(reference),
  };
  const tree = memoryTree({ "trust.json": sigstore.trustedRoot, "broken.json": "{}" });
  const found = await referencedPolicies(tree, config.policies, means);
  // Nothing of what is not signed is judged by.
  expect(found.unavailable.size).toBe(found.problems.length);
  return found.problems.map(
    ({ path, line, message }) => `${path}:${line}: ${message.replace(/^.*?@sha256:\w+: /, "")}`,
  );
}

test.each([
  ["an ECDSA key", ours],
  ["an RSA key", rsa],
  ["an Ed25519 key", edwards],
])("an artifact that %s signed judges", async (_, { privateKey, publicKey }) => {
  const { name, digest } = artifact();
  pushPayloads(registry, name, digest, [signedPayload(cosignPayload(digest), privateKey)]);
  expect(await problems(name, digest, publicKey)).toEqual([]);
});

test.each([true, false])("a bundle that refers to it counts as well (referrers API: %s)", async (hasReferrers) => {
  registry.hasReferrers = hasReferrers;
  const { name, digest } = artifact();
  pushBundle(registry, name, digest, { dsseEnvelope: envelopeOf(cosignStatement(digest), ours.privateKey) });
  expect(await problems(name, digest)).toEqual([]);
  expect(await problems(name, digest, theirs.publicKey)).toEqual([
    "portcullis.yaml:3: is not signed by the key that signatures: names",
  ]);
  registry.hasReferrers = true;
});

test("one signature by the key is enough beside those of others", async () => {
  const { name, digest } = artifact();
  pushPayloads(registry, name, digest, [
    signedPayload(cosignPayload(digest), theirs.privateKey),
    signedPayload(cosignPayload(digest), ours.privateKey),
  ]);
  expect(await problems(name, digest)).toEqual([]);
});

test("what no pattern matches need not be signed", async () => {
  const { name, digest } = artifact();
  expect(await problems(name, digest, ours.publicKey, "ghcr.io/**")).toEqual([]);
});

const other = `sha256:${"0".repeat(64)}`;
const tampered = signedPayload(cosignPayload(other), ours.privateKey);
test.each<[string, (name: string, digest: string) => void, string]>([
  ["is not signed", () => {}, "is not signed: the registry has no signature by cosign of this digest"],
  [
    "is signed by another key",
    (name, digest) => pushPayloads(registry, name, digest, [signedPayload(cosignPayload(digest), theirs.privateKey)]),
    "is not signed by the key that signatures: names",
  ],
  [
    "has the signature of another artifact",
    (name, digest) => pushPayloads(registry, name, digest, [tampered]),
    "has a signature of another digest",
  ],
  [
    "has the signature of another payload",
    (name, digest) => pushPayloads(registry, name, digest, [{ ...tampered, payload: cosignPayload(digest) }]),
    "is not signed by the key that signatures: names",
  ],
  [
    "has a payload of another type",
    (name, digest) =>
      pushPayloads(registry, name, digest, [signedPayload(cosignPayload(digest, "x"), ours.privateKey)]),
    "has a signature that is none of an artifact: expected a statement that cosign sign makes",
  ],
  [
    "has a payload without a signature",
    (name, digest) => pushPayloads(registry, name, digest, [{ payload: cosignPayload(digest), annotations: {} }]),
    "is not signed by the key that signatures: names",
  ],
  [
    "has a bundle of another artifact",
    (name, digest) =>
      pushBundle(registry, name, digest, { dsseEnvelope: envelopeOf(cosignStatement(other), ours.privateKey) }),
    "has a signature of another digest",
  ],
  [
    "has nothing but an attestation by the key",
    (name, digest) =>
      pushBundle(registry, name, digest, {
        dsseEnvelope: envelopeOf(cosignStatement(digest, "https://slsa.dev/provenance/v1"), ours.privateKey),
      }),
    "has a signature that is none of an artifact: expected a statement that cosign sign makes",
  ],
])("an artifact that %s is a problem at its line", async (_, push, message) => {
  const { name, digest } = artifact();
  push(name, digest);
  expect(await problems(name, digest)).toEqual([`portcullis.yaml:3: ${message}`]);
});

test("where the registry does not tell whether it is signed, nothing is known", async () => {
  const { name, digest } = artifact();
  registry.intercept = (request, response) => {
    if (request.url?.includes(".sig") !== true) return false;
    response.writeHead(503).end();
    return true;
  };
  await expect(problems(name, digest)).rejects.toThrow(PoliciesUnanswered);
  delete registry.intercept;
});

test("an artifact that an identity signed judges", async () => {
  const { name, digest } = artifact();
  pushPayloads(registry, name, digest, [sigstore.signed(digest, identity, issuer)]);
  expect(await problemsBy(name, digest, keyless())).toEqual([]);
});

test("so does one whose bundle an identity signed", async () => {
  const { name, digest } = artifact();
  pushBundle(registry, name, digest, sigstore.bundled(cosignStatement(digest), identity, issuer));
  expect(await problemsBy(name, digest, keyless())).toEqual([]);
});

const stranger = "https://github.com/evil/policies/.github/workflows/release.yml@refs/heads/main";
test.each<[string, (digest: string) => ReturnType<typeof sigstore.signed>, RegExp]>([
  [
    "by another identity",
    (digest) => sigstore.signed(digest, stranger, issuer),
    /is signed by https:\/\/github\.com\/evil\/.* and signatures: asks for https:\/\/github\.com\/acme\//,
  ],
  [
    "by an identity that only begins alike",
    (digest) => sigstore.signed(digest, `${identity}-other`, issuer),
    /is signed by .*main-other \(/,
  ],
  [
    "by an identity of another issuer",
    (digest) => sigstore.signed(digest, identity, "https://evil.example.com"),
    /is signed by .* \(https:\/\/evil\.example\.com\), and signatures: asks for/,
  ],
  [
    "with a certificate of another authority",
    (digest) => startSigstore().signed(digest, identity, issuer),
    /does not hold by the trusted root/,
  ],
  [
    "by a key without a certificate",
    (digest) => signedPayload(cosignPayload(digest), ours.privateKey),
    /does not hold by the trusted root: it has no dev\.sigstore\.cosign\/bundle/,
  ],
  ["for another artifact", () => sigstore.signed(other, identity, issuer), /has a signature of another digest/],
  [
    "with another payload than the log has",
    (digest) => ({ ...sigstore.signed(other, identity, issuer), payload: cosignPayload(digest) }),
    /does not hold by the trusted root/,
  ],
])("a signature %s is a problem at its line", async (_, made, message) => {
  const { name, digest } = artifact();
  pushPayloads(registry, name, digest, [made(digest)]);
  const [problem = ""] = await problemsBy(name, digest, keyless());
  expect(problem).toMatch(message);
  expect(problem).toMatch(/^portcullis\.yaml:3: /);
});

test.each([
  ["that is not there", "gone.json", /trusted root that signatures: names cannot be read: gone\.json/],
  ["that trusts nobody", "broken.json", /broken\.json: expected certificateAuthorities and tlogs/],
])("a trusted root %s is a problem", async (_, path, message) => {
  const { name, digest } = artifact();
  pushPayloads(registry, name, digest, [sigstore.signed(digest, identity, issuer)]);
  expect((await problemsBy(name, digest, keyless(path))).join()).toMatch(message);
});
