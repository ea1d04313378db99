import type { RemoteChart } from "../../model/remotes.ts";
import { unpackChart } from "../archive/unpack-chart.ts";
import { askUnlessKept } from "../ask-unless-kept.ts";
import { authorizationOf } from "../credentials/credential.ts";
import { oneLine, RemoteFailure, shown } from "../failure.ts";
import { readUrl } from "../http/judge-url.ts";
import type { Job, Protocol } from "../job.ts";
import { resolveChart } from "../oci/chart.ts";
import { readRepository } from "../oci/repository.ts";
import { resolve, type Resolved } from "../resolve.ts";
import { digestOf } from "../store/blobs.ts";
import { latestIn, versionRules } from "../versions.ts";
import { fetchIndex } from "./fetch-index.ts";
import type { IndexEntry } from "./read-index.ts";

/** Fetches a chart from a Helm repository: the index says which versions there are, and where. */
export const fetchFromHelmRepository: Protocol<RemoteChart> = async (reference, job) => {
  const repository = readUrl(job.mirrored(reference.repository), job.named);
  const named = oneLine(`${reference.name} ${reference.version}`);
  return resolve(job, {
    question: JSON.stringify(["helm", repository.href, reference.name, reference.version, reference.rules ?? "helm"]),
    what: `chart ${named} of ${shown(repository)}`,
    isPinned: ({ version }) => version === reference.version,
    ask: () => ask(reference, repository, job),
    layout: "chart",
    unpack: (bytes) => unpackChart(bytes, `chart ${named}`, job.limits),
  });
};

async function ask(reference: RemoteChart, repository: URL, job: Job): Promise<Resolved> {
  const { name, version } = reference;
  const index = await job.once(`index ${repository.href}`, () => fetchIndex(repository, job));
  const entries = index.versionsOf(name);
  const what = `the index of ${shown(repository)}`;
  if (entries === undefined) throw new RemoteFailure("absent", `${what} has no chart ${oneLine(name)}`);
  const chosen = entries.find((entry) => entry.version === version) ?? (await chooseLatest(reference, entries, job));
  if (chosen === undefined) {
    throw new RemoteFailure(
      "absent",
      `${what} has no version of ${oneLine(name)} that fits ${oneLine(version) || "*"}`,
    );
  }
  return {
    version: chosen.version,
    ...(chosen.digest === undefined ? {} : { content: chosen.digest }),
    download: () => download(name, chosen, repository, job),
  };
}

async function chooseLatest(
  { version, rules = "helm" }: RemoteChart,
  entries: readonly IndexEntry[],
  job: Job,
): Promise<IndexEntry | undefined> {
  const listed = entries.filter((entry) => versionRules[rules].isInIndex(entry.version));
  // Of versions that differ in their build alone Flux takes the one that was made last, and of those the last.
  const candidates = rules === "flux" ? listed.toReversed().toSorted((a, b) => b.created - a.created) : listed;
  const versions = candidates.map((entry) => entry.version);
  const at = await latestIn(job.versions, version || versionRules[rules].anything, versions);
  return at === undefined ? undefined : candidates[at];
}

async function download(name: string, entry: IndexEntry, repository: URL, job: Job): Promise<Uint8Array> {
  const what = oneLine(`chart ${name} ${entry.version}`);
  if (entry.url === undefined)
    throw new RemoteFailure("absent", `${what} has no URL in the index of ${shown(repository)}`);
  if (entry.url.startsWith("oci://")) return downloadFromRegistry(entry.url, what, job);
  const url = chartUrl(entry.url, repository, job);
  // The repository's credentials are for its own host.
  const credential = url.origin === repository.origin ? await job.credentials(repository.href) : undefined;
  const authorization = authorizationOf(credential);
  const request = {
    url: url.href,
    what,
    maxBytes: job.limits.archiveBytes,
    ...(authorization === undefined ? {} : { authorization }),
  };
  // Without a digest nothing else tells whether it is what the store has.
  return entry.digest === undefined ? askUnlessKept(request, job) : (await job.http.ask(request)).bytes;
}

/** An index may name a tag of a registry, which is asked as anyone: the credentials for it are not the index's to use. */
async function downloadFromRegistry(url: string, what: string, job: Job): Promise<Uint8Array> {
  const [, address = url, tag = ""] = /^(.*):([^:/]*)$/.exec(url) ?? [];
  const credentials = async (): Promise<undefined> => undefined;
  // Nor are answers to who has them, and theirs are not to be had without.
  const anyone: Job = { ...job, credentials, authorizations: new Map(), once: (_, ask) => ask() };
  const chart = await resolveChart(readRepository(address, anyone), tag, what, anyone);
  const bytes = await chart.download();
  if (digestOf(bytes) === chart.content) return bytes;
  throw new RemoteFailure("absent", `${what} is not what its manifest says`);
}

/** A relative URL is relative to the repository, whose query it keeps, as some repositories authenticate by it. */
function chartUrl(url: string, repository: URL, job: Job): URL {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(url)) return readUrl(url, job.named);
  const base = new URL(repository);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  const found = readUrl(url, job.named, base);
  if (found.search === "") found.search = repository.search;
  return found;
}
