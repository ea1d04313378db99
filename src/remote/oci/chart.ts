import type { RemoteChart } from "../../model/remotes.ts";
import { unpackChart } from "../archive/unpack-chart.ts";
import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job, Protocol } from "../job.ts";
import { resolve, type Resolved } from "../resolve.ts";
import { chooseVersion, isExactVersion } from "../versions.ts";
import { downloadLayer } from "./layer.ts";
import { readManifest } from "./manifest.ts";
import { isTag, readRepository, tagOf, type OciRepository } from "./repository.ts";
import { listTags } from "./tags.ts";

const configType = "application/vnd.cncf.helm.config.v1+json";

/** The media type of a chart's layer. */
export const chartType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const chartTypes = [chartType, "application/tar+gzip"];

/** Fetches a chart from a registry: its tag is its version. */
export const fetchFromRegistry: Protocol<RemoteChart> = async (reference, job) => {
  const repository = readRepository(`${reference.repository.replace(/\/+$/, "")}/${reference.name}`, job);
  const what = oneLine(`chart ${reference.name} ${reference.version}`.trim());
  return resolve(job, {
    question: JSON.stringify(["oci-chart", repository.origin, repository.url, reference.version]),
    what: `${what} of ${repository.url}`,
    isPinned: ({ version }) => version === reference.version,
    ask: () => ask(reference.version, repository, what, job),
    layout: "chart",
    unpack: (bytes) => unpackChart(bytes, what, job.limits),
  });
};

async function ask(wanted: string, repository: OciRepository, what: string, job: Job): Promise<Resolved> {
  // The tag of one version need not be looked for, and lists of tags are long.
  const version = isExactVersion(wanted) ? wanted : await chooseTag(wanted, repository, job);
  return resolveChart(repository, version, what, job);
}

/** The chart that a repository has in one version. */
export async function resolveChart(
  repository: OciRepository,
  version: string,
  what: string,
  job: Job,
): Promise<Resolved & { readonly content: string }> {
  const tag = tagOf(version);
  if (!isTag(tag)) throw new RemoteFailure("absent", `${oneLine(version)} cannot be a tag`);
  const { config, layers } = await readManifest(repository, tag, job);
  const layer = layers.findLast(({ mediaType }) => chartTypes.includes(mediaType));
  if (config?.mediaType !== configType || layer === undefined) {
    throw new RemoteFailure("absent", `${repository.url}:${tag} is not a chart`);
  }
  return { version, content: layer.digest, download: () => downloadLayer(repository, layer, what, job) };
}

async function chooseTag(range: string, repository: OciRepository, job: Job): Promise<string> {
  const tags = await listTags(repository, job);
  const versions = tags
    .map((tag) => tag.replaceAll("_", "+"))
    .filter((version) => isExactVersion(version) && !version.startsWith("v"));
  const at = await chooseVersion(job.versions, range, versions);
  const version = at === undefined ? undefined : versions[at];
  if (version === undefined) {
    throw new RemoteFailure("absent", `${repository.url} has no version that fits ${oneLine(range) || "*"}`);
  }
  return version;
}
