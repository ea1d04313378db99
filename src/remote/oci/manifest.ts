import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job } from "../job.ts";
import { digestOf, isDigest } from "../store/blobs.ts";
import { askRegistry } from "./registry.ts";
import type { OciRepository } from "./repository.ts";

/** A blob that a manifest names. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** The manifest of an artifact or chart. */
export interface Manifest {
  /** The digest of what the reference named: this manifest, or the index that it was chosen from. */
  readonly digest: string;
  readonly config: Descriptor | undefined;
  readonly layers: readonly Descriptor[];
}

const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
/** What registries must accept, and so the most that one may serve. */
const manifestBytes = 4 * 1_048_576;
/** An index may name another one. */
const mostIndexes = 2;

/** Reads the manifest that a tag or digest names; of an index the one for linux/amd64, as Flux does. */
export async function readManifest(repository: OciRepository, reference: string, job: Job): Promise<Manifest> {
  let asked = reference;
  let named: string | undefined;
  for (let indexes = 0; indexes <= mostIndexes; indexes++) {
    const what = oneLine(`the manifest ${asked} of ${repository.url}`);
    // Two references may name one tag: it must mean the same for both, whatever the registry does between them.
    const question = `manifest ${repository.url} ${asked}`;
    const bytes = await job.once(
      question,
      (
        (tag) => () =>
          manifestBytesOf(repository, tag, what, job)
      )(asked),
    );
    named ??= digestOf(bytes);
    const manifest = parseManifest(bytes, what);
    if (!Array.isArray(manifest.manifests)) {
      const layers = Array.isArray(manifest.layers) ? manifest.layers.flatMap(readDescriptor) : [];
      return { digest: named, config: readDescriptor(manifest.config)[0], layers };
    }
    const child = manifest.manifests.find(isForLinux);
    const [descriptor] = readDescriptor(child);
    if (descriptor === undefined) throw new RemoteFailure("absent", `${what} is an index without linux/amd64`);
    asked = descriptor.digest;
  }
  throw new RemoteFailure("absent", oneLine(`the manifest ${reference} of ${repository.url} is an index of indexes`));
}

/** Reads a manifest or index as it is written. */
export async function readWrittenManifest(repository: OciRepository, reference: string, job: Job): Promise<Written> {
  const what = oneLine(`the manifest ${reference} of ${repository.url}`);
  return parseManifest(await manifestBytesOf(repository, reference, what, job), what);
}

async function manifestBytesOf(
  repository: OciRepository,
  reference: string,
  what: string,
  job: Job,
): Promise<Uint8Array> {
  const isPinned = isDigest(reference);
  const stored = isPinned ? await job.store.blobs.read(reference) : undefined;
  if (stored !== undefined) return stored;
  const headers = { accept: [...manifestTypes, ...indexTypes].join(", ") };
  const { bytes, header } = await askRegistry(
    repository,
    `manifests/${reference}`,
    { what, maxBytes: manifestBytes, headers },
    job,
  );
  const digest = digestOf(bytes);
  const stated = isPinned ? reference : header("docker-content-digest");
  if (stated !== undefined && isDigest(stated) && stated !== digest) {
    throw new RemoteFailure("absent", `${what} has the digest ${digest}, and its server says ${stated}`);
  }
  await job.store.blobs.put(bytes);
  return bytes;
}

/** A manifest or index as it is written. */
export interface Written {
  readonly manifests?: unknown;
  readonly layers?: unknown;
  readonly config?: unknown;
}

/** Reads the JSON of a manifest or index. */
export function parseManifest(bytes: Uint8Array, what: string): Written {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new RemoteFailure("absent", `${what} is not a manifest`);
}

/** One descriptor, or none where it is not one. */
export function readDescriptor(value: unknown): readonly Descriptor[] {
  const { mediaType, digest, size } = (value ?? {}) as { readonly [name: string]: unknown };
  if (typeof mediaType !== "string" || typeof digest !== "string" || typeof size !== "number") return [];
  return [{ mediaType, digest, size }];
}

function isForLinux(value: unknown): boolean {
  const { platform } = (value ?? {}) as {
    readonly platform?: { readonly os?: unknown; readonly architecture?: unknown };
  };
  return platform === undefined || (platform?.os === "linux" && platform.architecture === "amd64");
}
