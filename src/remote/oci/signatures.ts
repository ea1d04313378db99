import type { ArtifactSignature, RemoteArtifact } from "../../model/remotes.ts";
import { memoryTree } from "../../tree/memory-tree.ts";
import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job, Protocol } from "../job.ts";
import { resolve } from "../resolve.ts";
import { digestOf, isDigest } from "../store/blobs.ts";
import { downloadLayer } from "./layer.ts";
import { parseManifest, readDescriptor, readWrittenManifest, type Written } from "./manifest.ts";
import { askRegistry } from "./registry.ts";
import { readRepository, type OciRepository } from "./repository.ts";

const payloadType = "application/vnd.dev.cosign.simplesigning.v1+json";
const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";
/** Of one artifact: whoever may push could add any number. */
const most = 50;
const signatureBytes = 1_048_576;
const indexBytes = 4 * 1_048_576;

/**
 * Fetches the signatures by cosign of the artifact with a digest: those under the tag `sha256-….sig`, and the bundles that
 * refer to it, by the referrers API or, where the registry has none, under the tag `sha256-…`. None is an empty list.
 */
export const fetchSignatures: Protocol<RemoteArtifact> = async ({ url, digest = "" }, job) => {
  const repository = readRepository(url, job);
  const what = `the signatures of ${repository.url}@${oneLine(digest)}`;
  if (!isDigest(digest)) throw new RemoteFailure("absent", `${what}: expected a SHA-256 digest`);
  return resolve(job, {
    question: JSON.stringify(["signatures", repository.origin, repository.url, digest]),
    what,
    // Others may sign it later.
    isPinned: () => false,
    ask: async () => ({
      version: digest,
      download: async () => Buffer.from(JSON.stringify(await allSignatures(repository, digest, what, job))),
    }),
    layout: "signatures",
    unpack: async (bytes) => memoryTree({ "signatures.json": bytes }),
  });
};

async function allSignatures(
  repository: OciRepository,
  digest: string,
  what: string,
  job: Job,
): Promise<readonly ArtifactSignature[]> {
  const tag = digest.replace(":", "-");
  const tagged = await unlessAbsent(readWrittenManifest(repository, `${tag}.sig`, job));
  const referring =
    (await unlessAbsent(referrers(repository, digest, what, job))) ??
    (await unlessAbsent(readWrittenManifest(repository, tag, job)));
  const payloads = listOf(tagged?.layers).filter(({ mediaType }) => mediaType === payloadType);
  const bundles = listOf(referring?.manifests).filter(({ artifactType }) => artifactType === bundleType);
  if (payloads.length + bundles.length > most)
    throw new RemoteFailure("refused", `${what} are more than ${most}, and no more are read`);
  const found: ArtifactSignature[] = [];
  for (const layer of payloads) {
    const bytes = await blobOf(layer, repository, what, job);
    const payload = Buffer.from(bytes).toString("base64");
    found.push({ kind: "payload", payload, annotations: textsOf(layer["annotations"]) });
  }
  for (const entry of bundles) {
    const [descriptor] = readDescriptor(entry);
    if (descriptor === undefined || !isDigest(descriptor.digest)) continue;
    const manifest = await readWrittenManifest(repository, descriptor.digest, job);
    const layer = listOf(manifest.layers).find(({ mediaType }) => mediaType === bundleType);
    if (layer === undefined) continue;
    found.push({ kind: "bundle", text: new TextDecoder().decode(await blobOf(layer, repository, what, job)) });
  }
  return found;
}

/** What refers to an artifact, as the distribution specification 1.1 lists it. */
async function referrers(repository: OciRepository, digest: string, what: string, job: Job): Promise<Written> {
  const path = `referrers/${digest}?artifactType=${encodeURIComponent(bundleType)}`;
  const headers = { accept: "application/vnd.oci.image.index.v1+json" };
  const { bytes } = await askRegistry(repository, path, { what, maxBytes: indexBytes, headers }, job);
  return parseManifest(bytes, what);
}

type Entry = { readonly [name: string]: unknown };

async function blobOf(layer: Entry, repository: OciRepository, what: string, job: Job): Promise<Uint8Array> {
  const [descriptor] = readDescriptor(layer);
  if (descriptor === undefined || descriptor.size > signatureBytes)
    throw new RemoteFailure("absent", `${what}: one is not described, or larger than ${signatureBytes} bytes`);
  const bytes = await downloadLayer(repository, descriptor, what, job);
  if (digestOf(bytes) === descriptor.digest) return bytes;
  throw new RemoteFailure("absent", `${what}: one has another digest than ${oneLine(descriptor.digest)}`);
}

function listOf(value: unknown): readonly Entry[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
}

function textsOf(value: unknown): { readonly [name: string]: string } {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

async function unlessAbsent<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof RemoteFailure && error.kind === "absent") return undefined;
    throw error;
  }
}
