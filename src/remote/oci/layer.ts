import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job } from "../job.ts";
import { megabytes } from "../limits.ts";
import { isDigest } from "../store/blobs.ts";
import type { Descriptor } from "./manifest.ts";
import { askRegistry } from "./registry.ts";
import type { OciRepository } from "./repository.ts";

/** The media type of a chart's layer. */
export const chartType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/** Downloads a layer. Who resolves it checks its digest. */
export async function downloadLayer(
  repository: OciRepository,
  { digest, size }: Descriptor,
  what: string,
  job: Job,
): Promise<Uint8Array> {
  if (!isDigest(digest))
    throw new RemoteFailure("absent", `${what} has a layer without a digest of SHA-256: ${oneLine(digest)}`);
  const maxBytes = job.limits.archiveBytes;
  if (size > maxBytes) throw new RemoteFailure("refused", `${what} is larger than ${megabytes(maxBytes)}`);
  return (await askRegistry(repository, `blobs/${digest}`, { what, maxBytes }, job)).bytes;
}
