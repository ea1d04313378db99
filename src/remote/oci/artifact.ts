import type { ArtifactChoice, RemoteArtifact } from "../../model/remotes.ts";
import { unpackArtifact } from "../archive/unpack-artifact.ts";
import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job, Protocol } from "../job.ts";
import { resolve, type Resolved } from "../resolve.ts";
import { isDigest } from "../store/blobs.ts";
import { isFluxVersion, latestIn } from "../versions.ts";
import { chartType, downloadLayer } from "./layer.ts";
import { readManifest, type Descriptor, type Manifest } from "./manifest.ts";
import { isTag, readRepository, tagOf, type OciRepository } from "./repository.ts";
import { fetchSignatures } from "./signatures.ts";
import { listTags } from "./tags.ts";

/**
 * Fetches what an OCIRepository of Flux names: by digest, else by range, else by tag, else `latest`. The files of its
 * layer are the same whether Flux unpacks it (`extract`) or leaves that to who applies it (`copy`).
 */
export const fetchArtifact: Protocol<RemoteArtifact> = async (reference, job) => {
  if (reference.signatures === true) return fetchSignatures(reference, job);
  const repository = readRepository(reference.url, job);
  const { digest, semver, semverFilter, tag, layer } = reference;
  const what = `the artifact of ${repository.url}`;
  return resolve(job, {
    question: JSON.stringify(["artifact", repository.origin, repository.url, digest, semver, semverFilter, tag, layer]),
    what,
    isPinned: (answer) => answer.digest === digest,
    ask: () => resolveArtifact(reference, repository, what, job),
    layout: "artifact",
    unpack: (bytes) => unpackArtifact(bytes, what, job.limits),
  });
};

/** The layer of the artifact that a choice takes. */
export async function resolveArtifact(
  choice: ArtifactChoice,
  repository: OciRepository,
  what: string,
  job: Job,
): Promise<Resolved> {
  const version = await chooseReference(choice, repository, job);
  const manifest = await readManifest(repository, version, job);
  const layer = chooseLayer(manifest, choice.layer?.mediaType, `${repository.url} ${version}`);
  return {
    version,
    digest: manifest.digest,
    content: layer.digest,
    download: () => downloadLayer(repository, layer, what, job),
  };
}

async function chooseReference(choice: ArtifactChoice, repository: OciRepository, job: Job): Promise<string> {
  const { digest, semver, tag = "latest" } = choice;
  if (digest !== undefined) {
    if (isDigest(digest)) return digest;
    throw new RemoteFailure("absent", `${oneLine(digest)} is not a SHA-256 digest`);
  }
  if (semver !== undefined) return chooseTag(semver, choice, repository, job);
  if (isTag(tag)) return tag;
  throw new RemoteFailure("absent", `${oneLine(tag)} cannot be a tag`);
}

async function chooseTag(range: string, choice: ArtifactChoice, repository: OciRepository, job: Job): Promise<string> {
  const isChart = choice.layer?.mediaType === chartType;
  const tags = await filter(await listTags(repository, job), choice.semverFilter);
  const versions = tags.map((tag) => (isChart ? tag.replaceAll("_", "+") : tag)).filter(isFluxVersion);
  const at = await latestIn(job.versions, range, versions);
  const version = at === undefined ? undefined : versions[at];
  if (version === undefined) {
    throw new RemoteFailure("absent", `${repository.url} has no tag that fits ${oneLine(range)}`);
  }
  return isChart ? tagOf(version) : version;
}

async function filter(tags: readonly string[], pattern: string | undefined): Promise<readonly string[]> {
  if (pattern === undefined || pattern === "") return tags;
  const { RE2JS } = await import("re2js");
  try {
    const compiled = RE2JS.compile(pattern);
    return tags.filter((tag) => compiled.matcher(tag).find());
  } catch (error) {
    const why = oneLine(error instanceof Error ? error.message : String(error));
    throw new RemoteFailure("absent", `semverFilter ${oneLine(pattern)} is not a regular expression: ${why}`);
  }
}

function chooseLayer({ layers }: Manifest, mediaType: string | undefined, what: string): Descriptor {
  const layer = mediaType === undefined ? layers[0] : layers.find((each) => each.mediaType === mediaType);
  if (layer !== undefined) return layer;
  const which = mediaType === undefined ? "" : ` of type ${oneLine(mediaType)}`;
  throw new RemoteFailure("absent", `${what} has no layer${which}`);
}
