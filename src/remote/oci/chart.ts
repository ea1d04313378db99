import type { RemoteChart, VersionRules } from "../../model/remotes.ts";
import { unpackChart } from "../archive/unpack-chart.ts";
import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job, Protocol } from "../job.ts";
import { resolve, type Resolved } from "../resolve.ts";
import { isFluxVersion, latestIn, versionRules } from "../versions.ts";
import type { Answer } from "../store/answers.ts";
import { resolveArtifact } from "./artifact.ts";
import { chartType, downloadLayer } from "./layer.ts";
import { readManifest } from "./manifest.ts";
import { isTag, readRepository, tagOf, type OciRepository } from "./repository.ts";
import { listTags } from "./tags.ts";

const configType = "application/vnd.cncf.helm.config.v1+json";

const chartTypes = [chartType, "application/tar+gzip"];

/** Fetches a chart from a registry: its tag is its version. */
export const fetchFromRegistry: Protocol<RemoteChart> = async (reference, job) => {
  const repository = readRepository(`${reference.repository.replace(/\/+$/, "")}/${reference.name}`, job);
  const what = oneLine(`chart ${reference.name} ${reference.version}`.trim());
  const { version, rules, artifact } = reference;
  return resolve(job, {
    question: JSON.stringify(["oci-chart", repository.origin, repository.url, version, rules ?? "helm", artifact]),
    what: `${what} of ${repository.url}`,
    isPinned: (answer) => isPinned(reference, answer),
    ask: () =>
      artifact === undefined
        ? ask(reference, repository, what, job)
        : resolveArtifact(artifact, repository, `${what} of ${repository.url}`, job),
    layout: "chart",
    unpack: (bytes) => unpackChart(bytes, what, job.limits),
  });
};

/** Named by a digest, or by a version: that of a chart is published once, while other tags move. */
function isPinned({ version, artifact }: RemoteChart, answer: Answer): boolean {
  if (artifact === undefined) return answer.version === version;
  const { digest, semver, tag = "" } = artifact;
  if (digest !== undefined) return answer.digest === digest;
  return semver === undefined && isFluxVersion(tag) && answer.version === tag;
}

async function ask(reference: RemoteChart, repository: OciRepository, what: string, job: Job): Promise<Resolved> {
  const { version: wanted, rules = "helm" } = reference;
  // The tag of one version need not be looked for, and lists of tags are long.
  const isOne = versionRules[rules].isVersion(wanted);
  return resolveChart(repository, isOne ? wanted : await chooseTag(wanted, rules, repository, job), what, job);
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

async function chooseTag(range: string, rules: VersionRules, repository: OciRepository, job: Job): Promise<string> {
  const tags = await listTags(repository, job);
  const versions = tags.map((tag) => tag.replaceAll("_", "+")).filter(versionRules[rules].isTag);
  const at = await latestIn(job.versions, range || versionRules[rules].anything, versions);
  const version = at === undefined ? undefined : versions[at];
  if (version === undefined) {
    throw new RemoteFailure("absent", `${repository.url} has no version that fits ${oneLine(range) || "*"}`);
  }
  return version;
}
